import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { codeOf } from '../database/infrastructure-error.ts'
import { filesBelow } from './copy-tree.ts'

/** In the format of sha256sum(1), so that `sha256sum -c SHA256SUMS` checks a backup without Backlot. */
export const checksumFile = 'SHA256SUMS'

export type Checksums = { files: number; bytes: number; listSha256: string }

const readChunkBytes = 1024 ** 2
const linePattern = /^([0-9a-f]{64}) {2}(.+)$/

/** Writes the list of everything in `folders` of a backup, with the SHA-256 of each file as it can be read back. */
export const writeChecksums = async (
  directory: string,
  folders: readonly string[],
  { signal, onBytes }: { signal: AbortSignal; onBytes: (bytes: number) => void },
): Promise<Checksums> => {
  const listFile = path.join(directory, checksumFile)
  const list = createWriteStream(listFile, { flags: 'wx', mode: 0o600 })
  const closed = finished(list)
  closed.catch(() => undefined)
  const total = { files: 0, bytes: 0 }
  try {
    for (const folder of folders) {
      for await (const { path: name, sizeBytes } of filesBelow(directory, folder)) {
        signal.throwIfAborted()
        if (/[\n\r\\]/.test(name)) throw new Error(`${name} cannot stand in a list of files`)
        if (!list.write(`${await sha256Of(path.join(directory, name))}  ${name}\n`))
          await new Promise((resolve) => list.once('drain', resolve).once('close', resolve))
        total.files += 1
        total.bytes += sizeBytes
        onBytes(sizeBytes)
      }
    }
  } finally {
    list.end()
  }
  await closed
  return { ...total, listSha256: await sha256Of(listFile) }
}

/** Reads every file again. Yields a sentence for each that is not what it was, and tells how many bytes were read. */
export async function* faultyFiles(
  directory: string,
  folders: readonly string[],
  expected: Checksums,
  { signal, onBytes }: { signal: AbortSignal; onBytes: (bytes: number) => void },
): AsyncGenerator<string> {
  const listFile = path.join(directory, checksumFile)
  if ((await readableSha256(listFile)) !== expected.listSha256) {
    yield `${checksumFile} was changed or is missing`
    return
  }
  const input = createReadStream(listFile)
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    signal.throwIfAborted()
    const [, sha256, name = ''] = linePattern.exec(line) ?? []
    const file = path.join(directory, name)
    const actual = await readableSha256(file)
    if (actual === undefined) yield `${name} is missing or cannot be read`
    else if (actual !== sha256) yield `${name} was changed`
    else onBytes((await stat(file)).size)
  }
  let present = 0
  for (const folder of folders) for await (const _ of filesBelow(directory, folder)) present += 1
  if (present > expected.files)
    yield `there are ${present - expected.files} files that the backup does not name`
}

/** Undefined when it is not there, or the disk cannot read it. */
const readableSha256 = async (file: string): Promise<string | undefined> => {
  try {
    return await sha256Of(file)
  } catch (error) {
    if (['ENOENT', 'EIO', 'EISDIR', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}

/** Most files are small, and a stream for each would take longer than their bytes. */
const sha256Of = async (file: string): Promise<string> => {
  await using handle = await open(file, 'r')
  const sha256 = createHash('sha256')
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min((await handle.stat()).size, readChunkBytes)))
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length)
    if (bytesRead === 0) return sha256.digest('hex')
    sha256.update(buffer.subarray(0, bytesRead))
  }
}
