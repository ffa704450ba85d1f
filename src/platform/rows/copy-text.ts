import type { ByteSink } from './byte-sink.ts'

/**
 * Rows travel between the generator, PostgreSQL, imports and exports as the text format of COPY: cells separated by tabs, a
 * line feed after each row, `\N` for null, and a backslash before what would be taken for those.
 * Source: PostgreSQL documentation, COPY, "Text Format".
 */
export const tab = 0x09
export const lineFeed = 0x0a
export const backslash = 0x5c
const carriageReturn = 0x0d
const letterN = 0x4e

export const writeNull = (sink: ByteSink): void => {
  sink.bytes[sink.at] = backslash
  sink.bytes[sink.at + 1] = letterN
  sink.at += 2
}

/** Escapes what was written since `start`, in place. It becomes twice as long at most. */
export const escapeSince = (sink: ByteSink, start: number): void => {
  const { bytes, at } = sink
  let specials = 0
  for (let index = start; index < at; index += 1) {
    const byte = bytes[index] as number
    if (byte === backslash || byte === tab || byte === lineFeed || byte === carriageReturn) specials += 1
  }
  if (specials === 0) return
  let to = at + specials
  sink.at = to
  for (let from = at - 1; from >= start; from -= 1) {
    const byte = bytes[from] as number
    to -= 1
    if (byte === backslash) bytes[to] = backslash
    else if (byte === tab) bytes[to] = 0x74
    else if (byte === lineFeed) bytes[to] = 0x6e
    else if (byte === carriageReturn) bytes[to] = 0x72
    else {
      bytes[to] = byte
      continue
    }
    to -= 1
    bytes[to] = backslash
  }
}

const unescaped: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** The text of one cell of PostgreSQL's or our own making, null for `\N`. */
export const readCell = (bytes: Buffer, start: number, end: number): string | null => {
  const text = bytes.toString('utf8', start, end)
  if (!text.includes('\\')) return text
  if (text === '\\N') return null
  return text.replaceAll(/\\(.)/gs, (_, letter: string) => unescaped[letter] ?? letter)
}

/**
 * The cells of whole rows, for little data: where much passes, scan the bytes.
 * @param chunk as yielded by `wholeRows`
 */
export const readRows = (chunk: Buffer): (string | null)[][] => {
  const rows: (string | null)[][] = []
  let cells: (string | null)[] = []
  let start = 0
  for (let index = 0; index < chunk.length; index += 1) {
    const byte = chunk[index]
    if (byte !== tab && byte !== lineFeed) continue
    cells.push(readCell(chunk, start, index))
    start = index + 1
    if (byte === tab) continue
    rows.push(cells)
    cells = []
  }
  return rows
}

/** A row with more bytes is a fault: no value that is stored is that long. */
const longestRowBytes = 64 * 1024 ** 2

/** The same bytes, cut so that each chunk ends with a row. */
export async function* wholeRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const end = bytes.lastIndexOf(lineFeed) + 1
    if (end === 0) {
      rest = Buffer.concat([rest, bytes])
      if (rest.length > longestRowBytes) throw new Error('A row is too long')
      continue
    }
    let start = 0
    if (rest.length > 0) {
      // Only the broken row is copied.
      start = bytes.indexOf(lineFeed) + 1
      yield Buffer.concat([rest, bytes.subarray(0, start)])
    }
    if (end > start) yield bytes.subarray(start, end)
    rest = Buffer.from(bytes.subarray(end))
  }
  if (rest.length > 0) throw new Error('The rows break off within a row')
}
