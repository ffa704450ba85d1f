import { chown, mkdir, open } from 'node:fs/promises'
import path from 'node:path'

export type UnpackOptions = {
  /** Who gets the files, when not we ourselves. */
  account: { uid: number; gid: number } | undefined
  onBytes: (bytes: number) => void
}

const blockBytes = 512

/**
 * Writes the files and directories of a tar archive (POSIX.1-1988 ustar, as PostgreSQL makes it) below `directory`, readable by
 * their owner only. Of the content no more than one chunk is held in memory.
 */
export const unpackTar = async (chunks: AsyncIterable<Buffer>, directory: string, options: UnpackOptions) => {
  const { account, onBytes } = options
  const archive = readBytes(chunks)
  const own = async (made: string) => account && (await chown(made, account.uid, account.gid))
  for (;;) {
    const header = await archive.block()
    // Two blocks of zeros end the archive; what follows them is not ours to read.
    if (header === undefined || header.every((byte) => byte === 0)) break
    const { name, sizeBytes, kind } = parseHeader(header)
    const target = path.join(directory, name)
    if (kind === 'directory') {
      await mkdir(target, { recursive: true, mode: 0o700 })
      await own(target)
      continue
    }
    await using file = await open(target, 'wx', 0o600)
    for await (const piece of archive.pieces(sizeBytes)) {
      await file.writeFile(piece)
      onBytes(piece.length)
    }
    await archive.skip((blockBytes - (sizeBytes % blockBytes)) % blockBytes)
    await own(target)
  }
  await archive.drain()
}

const parseHeader = (header: Buffer) => {
  const prefix = text(header, 345, 155)
  const name = path.posix.join(prefix, text(header, 0, 100))
  if (path.isAbsolute(name) || name.split('/').includes('..')) throw new Error(`The archive names ${name}`)
  const type = String.fromCharCode(header[156] ?? 0)
  if (type !== '0' && type !== '\0' && type !== '5') throw new Error(`${name} is no file and no directory`)
  return {
    name: name.replace(/\/$/, ''),
    sizeBytes: Number.parseInt(text(header, 124, 12).trim() || '0', 8),
    kind: type === '5' ? ('directory' as const) : ('file' as const),
  }
}

const text = (header: Buffer, start: number, length: number): string => {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? length : end)
}

/** Reads a stream of chunks by counts of bytes. */
const readBytes = (chunks: AsyncIterable<Buffer>) => {
  const iterator = chunks[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  const more = async (): Promise<boolean> => {
    const { value, done } = await iterator.next()
    if (done) return false
    rest = rest.length === 0 ? value : Buffer.concat([rest, value])
    return true
  }
  async function* pieces(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      if (rest.length === 0 && !(await more())) throw new Error('The archive ends within a file')
      const piece = rest.subarray(0, left)
      rest = rest.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }
  return {
    pieces,
    block: async (): Promise<Buffer | undefined> => {
      while (rest.length < blockBytes) {
        if (await more()) continue
        if (rest.length === 0) return undefined
        throw new Error('The archive ends within a header')
      }
      const block = rest.subarray(0, blockBytes)
      rest = rest.subarray(blockBytes)
      return block
    },
    skip: async (count: number) => {
      for await (const _ of pieces(count));
    },
    drain: async () => {
      do rest = Buffer.alloc(0)
      while (await more())
    },
  }
}
