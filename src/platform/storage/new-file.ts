import { createHash } from 'node:crypto'
import { link, mkdir, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from '../database/infrastructure-error.ts'
import { AppError, insufficientStorage, tooLarge } from '../errors.ts'
import type { PutOptions } from './storage.ts'
import { checksumMismatch, objectExists } from './storage-faults.ts'

type Content = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * Writes `content` to `target`, which must not exist. It grows under `draft`, on the same file system, and appears under
 * its name when it is whole and on the disk; a draft that did not get there is removed.
 */
export const writeNewFile = async (target: string, draft: string, content: Content, options: PutOptions) => {
  try {
    const written = await writeDraft(draft, content, options)
    await makeDirectory(path.dirname(target))
    // A link, unlike a rename, never replaces what is there.
    await link(draft, target)
    await syncDirectory(path.dirname(target))
    return written
  } catch (error) {
    throw toDiskFault(error)
  } finally {
    await rm(draft, { force: true })
  }
}

/** So much is left for the last wait for the disk; what came before is on it by then. */
const syncedBytes = 16 * 1024 ** 2

const writeDraft = async (draft: string, content: Content, { maxBytes, sha256, signal }: PutOptions) => {
  const hash = createHash('sha256')
  let sizeBytes = 0
  let unsyncedBytes = 0
  let syncing: Promise<unknown> = Promise.resolve()
  await using file = await open(draft, 'wx', 0o600)
  for await (const chunk of content) {
    signal?.throwIfAborted()
    sizeBytes += chunk.byteLength
    if (sizeBytes > maxBytes) throw tooLarge(`At most ${maxBytes} bytes can be stored here.`)
    hash.update(chunk)
    await file.writeFile(chunk)
    unsyncedBytes += chunk.byteLength
    if (unsyncedBytes < syncedBytes) continue
    unsyncedBytes = 0
    await syncing
    syncing = file.datasync()
    // A fault of the disk is told once, so it is awaited; where something else fails first, nobody does.
    syncing.catch(() => undefined)
  }
  await syncing
  const actual = hash.digest('hex')
  if (sha256 !== undefined && sha256 !== actual) throw checksumMismatch()
  await file.sync()
  return { sizeBytes, sha256: actual }
}

/** What clients may know of what the disk refused. */
export const toDiskFault = (error: unknown): unknown => {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  if (code === 'EEXIST') return objectExists()
  if (code === 'ENOSPC' || code === 'EDQUOT') return insufficientStorage(error)
  return error
}

/** Makes a directory with those above it, so that they survive a power cut. */
export const makeDirectory = async (directory: string): Promise<void> => {
  const firstMade = await mkdir(directory, { recursive: true, mode: 0o700 })
  if (firstMade === undefined) return
  for (let made = directory; ; made = path.dirname(made)) {
    await syncDirectory(path.dirname(made))
    if (made === firstMade || made === path.dirname(made)) return
  }
}

/** A new or removed name is on the disk only when its directory is (fsync(2)). */
export const syncDirectory = async (directory: string): Promise<void> => {
  await using handle = await open(directory, 'r')
  await handle.sync()
}
