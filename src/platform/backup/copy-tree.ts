import { constants } from 'node:fs'
import { chmod, chown, copyFile, link, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from '../database/infrastructure-error.ts'

export type Entry = { path: string; sizeBytes: number; modifiedMs: number }

/** Every file below a directory by its path from there with `/`, sorted by name; none when the directory is not there. */
export async function* filesBelow(directory: string, below = ''): AsyncGenerator<Entry> {
  const entries = await unlessGone(readdir(path.join(directory, below), { withFileTypes: true }))
  for (const entry of (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = path.posix.join(below, entry.name)
    if (entry.isDirectory()) yield* filesBelow(directory, name)
    else if (entry.isFile()) {
      const found = await unlessGone(stat(path.join(directory, name)))
      if (found !== undefined) yield { path: name, sizeBytes: found.size, modifiedMs: found.mtimeMs }
    } else throw new Error(`${path.join(directory, name)} is no file and no directory`)
  }
}

/** Copies a whole directory, for `account` or us alone to read; without a copy of the bytes where the file system can. */
export const copyTree = async (
  from: string,
  to: string,
  { account, signal }: { account?: { uid: number; gid: number } | undefined; signal: AbortSignal },
): Promise<void> => {
  await mkdir(to, { recursive: true, mode: 0o700 })
  if (account !== undefined) await chown(to, account.uid, account.gid)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    signal.throwIfAborted()
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (entry.isDirectory()) await copyTree(source, target, { account, signal })
    else {
      await copyOne(source, target)
      if (account !== undefined) await chown(target, account.uid, account.gid)
    }
  }
}

/** @returns false when the file is gone */
export const copyOne = async (from: string, to: string): Promise<boolean> => {
  const copied = await unlessGone(copyFile(from, to, constants.COPYFILE_FICLONE).then(() => true))
  if (copied) await chmod(to, 0o600)
  return copied ?? false
}

/** A second name for a file that never changes, or a copy where that is not possible. @returns false when the file is gone */
export const linkOrCopy = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(codeOf(error) ?? '')) return copyOne(from, to)
    throw error
  }
}

/** Waits until every file and every name below a directory is on the disk. */
export const syncTree = async (directory: string, signal: AbortSignal): Promise<void> => {
  const entries = await readdir(directory, { withFileTypes: true })
  signal.throwIfAborted()
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(directory, name))
  for (let at = 0; at < files.length; at += filesAtOnce)
    await Promise.all(files.slice(at, at + filesAtOnce).map(sync))
  for (const entry of entries)
    if (entry.isDirectory()) await syncTree(path.join(directory, entry.name), signal)
  await sync(directory)
}

/** The disk puts those that wait together into one write of its journal. */
const filesAtOnce = 16

const sync = async (file: string) => {
  await using handle = await open(file, 'r')
  await handle.sync()
}

export const removeTree = (directory: string): Promise<void> =>
  rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })

const unlessGone = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
