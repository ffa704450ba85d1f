import { type ByteSink, newSink, writeBytes } from '../../../platform/rows/byte-sink.ts'
import type { Column } from '../../../platform/rows/column.ts'
import {
  type ByteMarks,
  hasBackslash,
  isNullCell,
  marksOf,
  newRowScan,
  type RowScan,
  scanRows,
  showNulBytes,
  unescapeCell,
} from '../../../platform/rows/scan-cells.ts'
import type { TableRows } from './format.ts'

/** Writes one cell that is not null. Its bytes are plain text, escapes read; `mark` tells which bytes are among them. */
export type CellWriter = (sink: ByteSink, bytes: Buffer, start: number, end: number, mark: number) => void

/** How one format writes the rows of one table. Called row by row and cell by cell, in order. */
export type RowWriter = {
  byteMarks: ByteMarks
  /** What stands before each column's cell. */
  before: Buffer[]
  cells: CellWriter[]
  /** What stands for null. */
  null: Buffer
  startRow: (sink: ByteSink, row: number) => void
  endRow: (sink: ByteSink) => void
  /** The most bytes that one byte of a cell becomes. */
  bytesPerByte: number
  /** The most bytes that a row of empty cells becomes, all of the above included. */
  bytesPerRow: number
}

/** Large enough that the cost of passing a piece on is small. */
const pieceBytes = 64 * 1024
/** A row larger than this gets a buffer of its own, which goes when it is written. */
const keptSinkBytes = 1024 ** 2

/** `rowCount`: of the rows up to the end of this piece. */
type Piece = { bytes: Buffer; rowCount: number }

/**
 * The rows as `writer` writes them, in pieces with memory of their own. Changes the chunks that it reads.
 * @param cutRows no piece has rows from both sides of a multiple of this
 */
export async function* encodeRows(
  { columns, rows }: Pick<TableRows, 'columns' | 'rows'>,
  writer: RowWriter,
  cutRows = Number.POSITIVE_INFINITY,
): AsyncGenerator<Piece> {
  const scan = newRowScan(columns.length, writer.byteMarks)
  const writeScanned = scannedRowsWriter(columns, writer, scan)
  let sink = newSink(0)
  let rowCount = 0
  const takePiece = (): Piece => {
    const bytes = Buffer.from(sink.bytes.subarray(0, sink.at))
    if (sink.bytes.length > keptSinkBytes) sink = newSink(0)
    sink.at = 0
    return { bytes, rowCount }
  }
  for await (const chunk of rows) {
    for (let start = 0; start < chunk.length; ) {
      const end = scanRows(scan, chunk, start, cutRows - (rowCount % cutRows))
      sink = withRoom(sink, (end - start) * writer.bytesPerByte + scan.rowCount * writer.bytesPerRow)
      writeScanned(sink, chunk, start, rowCount)
      rowCount += scan.rowCount
      start = end
      if (sink.at >= pieceBytes || rowCount % cutRows === 0) yield takePiece()
    }
  }
  if (sink.at > 0) yield takePiece()
}

const withRoom = (sink: ByteSink, moreBytes: number): ByteSink => {
  if (sink.bytes.length - sink.at >= moreBytes) return sink
  const larger = newSink(sink.at + Math.max(moreBytes, 2 * pieceBytes))
  writeBytes(larger, sink.bytes, 0, sink.at)
  return larger
}

const scannedRowsWriter = (columns: Column[], writer: RowWriter, scan: RowScan) => {
  const { ends, marks } = scan
  const { before, byteMarks, cells } = writer
  const hasNuls = columns.map(({ nuls }) => nuls === true)
  const writeUnplain = (sink: ByteSink, bytes: Buffer, start: number, end: number, column: number): void => {
    if (isNullCell(bytes, start, end)) {
      writeBytes(sink, writer.null)
      return
    }
    let plainEnd = unescapeCell(bytes, start, end)
    if (hasNuls[column]) plainEnd = showNulBytes(bytes, start, plainEnd)
    const mark = marksOf(byteMarks, bytes, start, plainEnd)
    ;(cells[column] as CellWriter)(sink, bytes, start, plainEnd, mark)
  }
  return (sink: ByteSink, bytes: Buffer, from: number, firstRow: number): void => {
    let start = from
    let cell = 0
    for (let row = 0; row < scan.rowCount; row += 1) {
      writer.startRow(sink, firstRow + row)
      for (let column = 0; column < columns.length; column += 1) {
        const end = ends[cell] as number
        const mark = marks[cell] as number
        writeBytes(sink, before[column] as Buffer)
        if ((mark & hasBackslash) !== 0 || hasNuls[column]) writeUnplain(sink, bytes, start, end, column)
        else (cells[column] as CellWriter)(sink, bytes, start, end, mark)
        start = end + 1
        cell += 1
      }
      writer.endRow(sink)
    }
  }
}

/** For formats that take one table a file. */
export const onlyTable = (tables: TableRows[]): TableRows => {
  const [table, ...more] = tables
  if (table === undefined || more.length > 0) throw new Error(`One table a file, not ${tables.length}`)
  return table
}
