import { quoteName } from '../../../platform/database/quote-name.ts'
import { writeByte, writeBytes } from '../../../platform/rows/byte-sink.ts'
import type { ColumnType } from '../../../platform/rows/column.ts'
import { byteMarks } from '../../../platform/rows/scan-cells.ts'
import { writeBooleanWord } from './boolean-text.ts'
import type { CellWriter, RowWriter } from './encode-rows.ts'
import type { TableRows } from './format.ts'
import { isFiniteNumber } from './number-text.ts'

const apostrophe = 0x27
const hasApostrophe = 0x01
const marks = byteMarks([{ mark: hasApostrophe, bytes: [apostrophe] }])

/** Few enough that every client and server takes the statement. */
const rowsOfStatement = 500
/** After so many bytes the next row begins a new statement. */
const bytesOfStatement = 1024 ** 2

/** The rows as INSERT statements, the last one without its semicolon. */
export const insertRows = ({ name, columns }: Pick<TableRows, 'name' | 'columns'>): RowWriter => {
  const names = columns.map((column) => quoteName(column.name)).join(', ')
  const insert = Buffer.from(`INSERT INTO ${quoteName(name)} (${names}) VALUES\n(`)
  const firstInsert = Buffer.concat([Buffer.from('\n'), insert])
  const nextInsert = Buffer.concat([Buffer.from(';\n'), insert])
  const nextRow = Buffer.from(',\n(')
  let rows = 0
  let bytes = 0
  let rowAt = 0
  return {
    byteMarks: marks,
    before: columns.map((_, index) => Buffer.from(index === 0 ? '' : ', ')),
    cells: columns.map(({ type }) => cellWriters[type]),
    null: Buffer.from('NULL'),
    startRow: (sink, row) => {
      rowAt = sink.at
      if (row === 0) writeBytes(sink, firstInsert)
      else if (rows < rowsOfStatement && bytes < bytesOfStatement) return writeBytes(sink, nextRow)
      else writeBytes(sink, nextInsert)
      rows = 0
      bytes = 0
    },
    endRow: (sink) => {
      writeByte(sink, 0x29)
      rows += 1
      bytes += sink.at - rowAt
    },
    bytesPerByte: 2,
    bytesPerRow: nextInsert.length + 6 * columns.length + 1,
  }
}

const writeLiteral: CellWriter = (sink, bytes, start, end, mark) => {
  writeByte(sink, apostrophe)
  if (mark === 0) writeBytes(sink, bytes, start, end)
  else {
    for (let index = start; index < end; index += 1) {
      const byte = bytes[index] as number
      if (byte === apostrophe) writeByte(sink, apostrophe)
      writeByte(sink, byte)
    }
  }
  writeByte(sink, apostrophe)
}

const writeNumber: CellWriter = (sink, bytes, start, end, mark) => {
  if (isFiniteNumber(bytes, start)) writeBytes(sink, bytes, start, end)
  else writeLiteral(sink, bytes, start, end, mark)
}

/** PostgreSQL reads a bare number as numeric first, which has no `-0`. */
const writeDouble: CellWriter = (sink, bytes, start, end, mark) => {
  const minusZero = end - start === 2 && bytes[start] === 0x2d && bytes[start + 1] === 0x30
  if (minusZero) writeLiteral(sink, bytes, start, end, mark)
  else writeNumber(sink, bytes, start, end, mark)
}

const cellWriters: Record<ColumnType, CellWriter> = {
  boolean: writeBooleanWord,
  integer: writeNumber,
  bigint: writeNumber,
  double: writeDouble,
  numeric: writeNumber,
  text: writeLiteral,
  uuid: writeLiteral,
  date: writeLiteral,
  time: writeLiteral,
  timestamp: writeLiteral,
  json: writeLiteral,
}
