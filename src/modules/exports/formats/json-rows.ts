import {
  type ByteSink,
  writeByte,
  writeBytes,
  writeHex,
  writeText,
} from '../../../platform/rows/byte-sink.ts'
import type { Column, ColumnType } from '../../../platform/rows/column.ts'
import { byteMarks } from '../../../platform/rows/scan-cells.ts'
import { writeBooleanWord } from './boolean-text.ts'
import type { CellWriter, RowWriter } from './encode-rows.ts'
import { hasExponent, isFiniteNumber } from './number-text.ts'
import { isoTimestamp } from './timestamp-text.ts'

const quote = 0x22
const backslash = 0x5c
const needsEscape = 0x01
const controlBytes = Array.from({ length: 32 }, (_, byte) => byte)
const marks = byteMarks([{ mark: needsEscape, bytes: [...controlBytes, quote, backslash] }])

/** Each row as one object on one line. `endRow` has its closing brace. */
export const jsonRows = (columns: Column[], startRow: RowWriter['startRow'], endRow: string): RowWriter => {
  const before = columns.map(({ name }, index) =>
    Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`),
  )
  const end = Buffer.from(endRow)
  return {
    byteMarks: marks,
    before,
    cells: columns.map(({ type }) => cellWriters[type]),
    null: Buffer.from('null'),
    startRow,
    endRow: (sink) => writeBytes(sink, end),
    // U+0001 is `\u0001`.
    bytesPerByte: 6,
    bytesPerRow: before.reduce((sum, { length }) => sum + length + longestGrowthBytes, end.length + 2),
  }
}

/** What a cell may grow by beyond `bytesPerByte`: `1e-7` never grows so much, nor do quotes or a timestamp's sign. */
const longestGrowthBytes = 32

const writeString: CellWriter = (sink, bytes, start, end) => {
  writeByte(sink, quote)
  writeBytes(sink, bytes, start, end)
  writeByte(sink, quote)
}

const writeEscapedString: CellWriter = (sink, bytes, start, end, mark) => {
  if (mark === 0) {
    writeString(sink, bytes, start, end, mark)
    return
  }
  writeByte(sink, quote)
  for (let index = start; index < end; index += 1) writeEscaped(sink, bytes[index] as number)
  writeByte(sink, quote)
}

/** The letters that RFC 8259 has for control characters. */
const letters = new Map(
  Object.entries({ b: 0x08, t: 0x09, n: 0x0a, f: 0x0c, r: 0x0d }).map(([letter, byte]) => [
    byte,
    letter.charCodeAt(0),
  ]),
)

const writeEscaped = (sink: ByteSink, byte: number): void => {
  if (((marks[byte] as number) & needsEscape) === 0) {
    writeByte(sink, byte)
    return
  }
  writeByte(sink, backslash)
  const letter = byte === quote || byte === backslash ? byte : letters.get(byte)
  if (letter !== undefined) {
    writeByte(sink, letter)
    return
  }
  writeByte(sink, 0x75)
  writeHex(sink, byte, 4)
}

/** All digits are kept, also those that JavaScript's numbers cannot hold: readers with larger numbers get them whole. */
const writeNumber: CellWriter = (sink, bytes, start, end, mark) => {
  if (isFiniteNumber(bytes, start)) writeBytes(sink, bytes, start, end)
  else writeString(sink, bytes, start, end, mark)
}

/** PostgreSQL and JavaScript both print the shortest digits that give the same double, but `1e-05` is `0.00001` in JavaScript. */
const writeDouble: CellWriter = (sink, bytes, start, end, mark) => {
  if (!isFiniteNumber(bytes, start) || !hasExponent(bytes, start, end))
    writeNumber(sink, bytes, start, end, mark)
  else writeText(sink, String(Number(bytes.toString('latin1', start, end))))
}

/** Where a timestamp has its blank and its zone, when its year has four digits: `2024-01-02 03:04:05.678+00`. */
const blankAt = 10
const shortestTimestamp = 22

const writeTimestamp: CellWriter = (sink, bytes, start, end) => {
  const usual = end - start >= shortestTimestamp && bytes[start + blankAt] === 0x20 && bytes[end - 3] === 0x2b
  writeByte(sink, quote)
  if (usual) {
    const at = sink.at
    writeBytes(sink, bytes, start, end - 3)
    sink.bytes[at + blankAt] = 0x54
    writeByte(sink, 0x5a)
  } else {
    writeText(sink, isoTimestamp(bytes.toString('latin1', start, end)))
  }
  writeByte(sink, quote)
}

/** JSON stays as it is, but on one line: a line break in it can only stand between its parts, where a blank means the same. */
const writeJson: CellWriter = (sink, bytes, start, end, mark) => {
  const at = sink.at
  writeBytes(sink, bytes, start, end)
  if (mark === 0) return
  for (let index = at; index < sink.at; index += 1) {
    if ((sink.bytes[index] as number) < 0x20) sink.bytes[index] = 0x20
  }
}

const cellWriters: Record<ColumnType, CellWriter> = {
  boolean: writeBooleanWord,
  integer: writeNumber,
  bigint: writeNumber,
  double: writeDouble,
  numeric: writeNumber,
  text: writeEscapedString,
  uuid: writeString,
  date: writeString,
  time: writeString,
  timestamp: writeTimestamp,
  json: writeJson,
}
