import { type ByteSink, writeByte, writeBytes } from '../../../platform/rows/byte-sink.ts'
import type { Column } from '../../../platform/rows/column.ts'
import { byteMarks, marksOf } from '../../../platform/rows/scan-cells.ts'
import { writeBooleanWord } from './boolean-text.ts'
import { type CellWriter, encodeRows, onlyTable, type RowWriter } from './encode-rows.ts'
import type { Format, TableRows } from './format.ts'
import { apostrophe, formulaStartBytes, mayHoldFormula, startsFormula } from './formula.ts'

/**
 * CSV as RFC 4180 has it, with CRLF: every reader takes it, and a line feed alone is then always part of a cell. UTF-8 with no
 * byte order mark. Null is an empty cell, the empty string is `""`, as PostgreSQL's COPY reads them; booleans are true and false.
 */
export const csv: Format = {
  name: 'csv',
  extension: '.csv',
  contentType: 'text/csv; charset=utf-8; header=present',
  manyTables: false,
  compressible: true,
  encode: (tables, { escapeFormulas }) => encodeCsv(onlyTable(tables), escapeFormulas),
}

async function* encodeCsv(table: TableRows, escapeFormulas: boolean): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${table.columns.map(({ name }) => headerCell(name, escapeFormulas)).join(',')}\r\n`)
  for await (const { bytes } of encodeRows(table, csvRows(table.columns, escapeFormulas))) yield bytes
}

const headerCell = (name: string, escapeFormulas: boolean): string => {
  const text = escapeFormulas && startsFormula(Buffer.from(name)) ? `'${name}` : name
  return /[",\r\n]|^\s|\s$|^$|^\\\.$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const quote = 0x22
const space = 0x20
const needsQuotes = 0x01
const marks = byteMarks([{ mark: needsQuotes, bytes: Buffer.from('",\r\n') }])

const csvRows = (columns: Column[], escapeFormulas: boolean): RowWriter => ({
  byteMarks: marks,
  before: columns.map((_, index) => Buffer.from(index === 0 ? '' : ',')),
  cells: columns.map((column) => cellWriter(column, escapeFormulas)),
  null: Buffer.alloc(0),
  startRow: () => {},
  endRow: (sink) => {
    sink.bytes[sink.at] = 0x0d
    sink.bytes[sink.at + 1] = 0x0a
    sink.at += 2
  },
  bytesPerByte: 2,
  // A comma, two quotes and an apostrophe, or `false` for one byte.
  bytesPerRow: 6 * columns.length + 2,
})

const cellWriter = (column: Column, escapeFormulas: boolean): CellWriter => {
  if (column.type === 'boolean') return writeBooleanWord
  if (!mayHoldFormula(column)) return writeBytes
  return escapeFormulas ? writeTextWithoutFormula : writeText
}

const writeText: CellWriter = (sink, bytes, start, end, mark) => {
  if (mark === 0 && end > start && !needsQuotesForReaders(bytes, start, end)) {
    writeBytes(sink, bytes, start, end)
    return
  }
  writeByte(sink, quote)
  writeDoublingQuotes(sink, bytes, start, end)
  writeByte(sink, quote)
}

const writeTextWithoutFormula: CellWriter = (sink, bytes, start, end, mark) => {
  if (start === end || formulaStartBytes[bytes[start] as number] === 0) {
    writeText(sink, bytes, start, end, mark)
    return
  }
  const quoted = marksOf(marks, bytes, start, end) !== 0 || isBlank(bytes[end - 1] as number)
  if (quoted) writeByte(sink, quote)
  writeByte(sink, apostrophe)
  writeDoublingQuotes(sink, bytes, start, end)
  if (quoted) writeByte(sink, quote)
}

const isBlank = (byte: number): boolean => byte === space || byte === 0x09

/** Many readers trim blanks that are not quoted; PostgreSQL takes `\.` alone on a line for the end of the data. */
const needsQuotesForReaders = (bytes: Buffer, start: number, end: number): boolean =>
  isBlank(bytes[start] as number) ||
  isBlank(bytes[end - 1] as number) ||
  (end - start === 2 && bytes[start] === 0x5c && bytes[start + 1] === 0x2e)

const writeDoublingQuotes = (sink: ByteSink, bytes: Buffer, start: number, end: number): void => {
  const target = sink.bytes
  let to = sink.at
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] as number
    target[to] = byte
    to += 1
    if (byte !== quote) continue
    target[to] = quote
    to += 1
  }
  sink.at = to
}
