import { backslash, lineFeed, tab } from './copy-text.ts'

/**
 * Finds the cells of COPY text byte by byte, for where so much passes that a string a cell would be too slow. While it looks
 * for a cell's end it gathers what the cell holds: each format says which bytes it minds.
 */

const endsCell = 0x80
/** A mark of every cell that is null or has an escape. */
export const hasBackslash = 0x40

/** For each byte value the marks that it leaves on its cell. Marks are bits from 0x01 to 0x20. */
export type ByteMarks = Uint8Array

/** @param marked which bytes leave which mark, each mark one bit from 0x01 to 0x20 */
export const byteMarks = (marked: { mark: number; bytes: Iterable<number> }[] = []): ByteMarks => {
  const marks = new Uint8Array(256)
  for (const { mark, bytes } of marked) {
    for (const byte of bytes) marks[byte] = (marks[byte] as number) | mark
  }
  return marks
}

/** The rows found last, cell by cell: where each ends, and the marks of its bytes. A cell begins one byte after the last end. */
export type RowScan = {
  readonly columnCount: number
  readonly byteMarks: ByteMarks
  readonly ends: Int32Array
  readonly marks: Uint8Array
  rowCount: number
}

const cellsOfScan = 4096

export const newRowScan = (columnCount: number, bytes: ByteMarks): RowScan => {
  if (columnCount < 1) throw new Error('A table has at least one column')
  const rows = Math.max(1, Math.floor(cellsOfScan / columnCount))
  const scanned = bytes.slice()
  scanned[backslash] = (bytes[backslash] as number) | hasBackslash
  // What these two leave is known only once escapes are read: here they stand between cells.
  scanned[tab] = endsCell
  scanned[lineFeed] = endsCell
  return {
    columnCount,
    byteMarks: scanned,
    ends: new Int32Array(rows * columnCount),
    marks: new Uint8Array(rows * columnCount),
    rowCount: 0,
  }
}

/**
 * Scans rows from `start` on, as many as fit into `scan` and `mostRows` allows.
 * @param bytes ends with a row
 * @returns where the row after the last one found begins
 * @throws Error for a row with another number of cells
 */
export const scanRows = (scan: RowScan, bytes: Buffer, start: number, mostRows: number): number => {
  const { byteMarks, columnCount, ends, marks } = scan
  // The line feed at the end stops the inner loop.
  if (bytes[bytes.length - 1] !== lineFeed) throw new Error('The rows break off within a row')
  const length = bytes.length
  const mostCells = Math.min(ends.length, mostRows * columnCount)
  let cell = 0
  let cellsLeft = columnCount
  let mark = 0
  let at = start
  while (cell < mostCells && at < length) {
    let byteMark = byteMarks[bytes[at] as number] as number
    while (byteMark === 0) {
      at += 1
      byteMark = byteMarks[bytes[at] as number] as number
    }
    at += 1
    if (byteMark !== endsCell) {
      mark |= byteMark
      continue
    }
    ends[cell] = at - 1
    marks[cell] = mark
    mark = 0
    cell += 1
    cellsLeft -= 1
    if ((bytes[at - 1] === lineFeed) !== (cellsLeft === 0)) {
      throw new Error('A row has not as many cells as the table has columns')
    }
    if (cellsLeft === 0) cellsLeft = columnCount
  }
  scan.rowCount = cell / columnCount
  return at
}

const letterN = 0x4e

export const isNullCell = (bytes: Buffer, start: number, end: number): boolean =>
  end - start === 2 && bytes[start] === backslash && bytes[start + 1] === letterN

/** What stands for a byte after a backslash: itself, but for the letters of control characters. */
const unescapedBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
for (const [letter, byte] of Object.entries({ b: 0x08, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09, v: 0x0b })) {
  unescapedBytes[letter.charCodeAt(0)] = byte
}

/** Reads the escapes of one cell in place, as `readCell` does. Returns where the cell now ends. */
export const unescapeCell = (bytes: Buffer, start: number, end: number): number => {
  let to = start
  for (let from = start; from < end; from += 1) {
    const byte = bytes[from] as number
    if (byte === backslash && from + 1 < end) {
      from += 1
      bytes[to] = unescapedBytes[bytes[from] as number] as number
    } else {
      bytes[to] = byte
    }
    to += 1
  }
  return to
}

const [markByte0, markByte1, markByte2] = Buffer.from('\uf8ff')
const digitZero = 0x30
const digitOne = 0x31

/** Gives one cell its U+0000 back, in place, as `showNuls` does. Returns where the cell now ends. */
export const showNulBytes = (bytes: Buffer, start: number, end: number): number => {
  let to = start
  for (let from = start; from < end; from += 1) {
    const byte = bytes[from] as number
    const digit = bytes[from + 3]
    const hidden =
      byte === markByte0 &&
      from + 3 < end &&
      bytes[from + 1] === markByte1 &&
      bytes[from + 2] === markByte2 &&
      (digit === digitZero || digit === digitOne)
    if (!hidden) {
      bytes[to] = byte
      to += 1
      continue
    }
    if (digit === digitZero) {
      bytes[to] = 0
      to += 1
    } else {
      bytes.copyWithin(to, from, from + 3)
      to += 3
    }
    from += 3
  }
  return to
}

/** The marks of a cell whose escapes are read. */
export const marksOf = (marks: ByteMarks, bytes: Buffer, start: number, end: number): number => {
  let mark = 0
  for (let index = start; index < end; index += 1) mark |= marks[bytes[index] as number] as number
  return mark
}
