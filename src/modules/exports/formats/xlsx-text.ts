import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import { type ByteSink, newSink, writeByte, writeBytes } from '../../../platform/rows/byte-sink.ts'
import { byteMarks } from '../../../platform/rows/scan-cells.ts'
import { apostrophe, formulaStartBytes } from './formula.ts'

/**
 * Text of cells: escaped for XML, and characters that XML 1.0 cannot hold (or would change, as a carriage return) as `_xHHHH_`,
 * so text that already looks like this needs its underscore escaped. Source: ECMA-376-1, 22.9.2.19 (ST_Xstring).
 */
const unusual = 0x01
const underscore = 0x5f
/** The first byte of U+FFFE and U+FFFF, which XML does not have, among others. */
const highByte = 0xef
const controlBytes = Array.from({ length: 32 }, (_, byte) => byte).filter(
  (byte) => byte !== 0x09 && byte !== 0x0a,
)
const xmlEscapes = new Map(
  Object.entries({ '&': '&amp;', '<': '&lt;', '>': '&gt;' }).map(([letter, text]) => [
    letter.charCodeAt(0),
    Buffer.from(text),
  ]),
)

export const sheetTextMarks = byteMarks([
  { mark: unusual, bytes: [...controlBytes, ...xmlEscapes.keys(), underscore, highByte] },
])

/** U+0001 is `_x0001_`. */
export const bytesPerByte = 7

export const writeSheetText = (
  sink: ByteSink,
  bytes: Buffer,
  start: number,
  end: number,
  mark: number,
  escapeFormulas: boolean,
): void => {
  // Text in its own cell is never run, but it would be in the CSV that a spreadsheet makes of the sheet.
  if (escapeFormulas && end > start && formulaStartBytes[bytes[start] as number] === 1) {
    writeByte(sink, apostrophe)
  }
  if (mark === 0) {
    writeBytes(sink, bytes, start, end)
    return
  }
  for (let index = start; index < end; ) index = writeUnusual(sink, bytes, index, end)
}

/** Writes one character or byte, and returns where the next begins. */
const writeUnusual = (sink: ByteSink, bytes: Buffer, at: number, end: number): number => {
  const byte = bytes[at] as number
  const xmlEscape = xmlEscapes.get(byte)
  if (xmlEscape !== undefined) writeBytes(sink, xmlEscape)
  else if (byte < 0x20 && ((sheetTextMarks[byte] as number) & unusual) !== 0) writeCode(sink, byte)
  else if (byte === underscore && looksEscaped(bytes, at, end)) writeCode(sink, underscore)
  else if (byte === highByte && bytes[at + 1] === 0xbf && (bytes[at + 2] as number) >= 0xbe) {
    writeCode(sink, bytes[at + 2] === 0xbe ? 0xfffe : 0xffff)
    return at + 3
  } else writeByte(sink, byte)
  return at + 1
}

const writeCode = (sink: ByteSink, code: number): void =>
  writeBytes(sink, Buffer.from(`_x${code.toString(16).toUpperCase().padStart(4, '0')}_`))

const escapeLength = 7
const looksEscaped = (bytes: Buffer, at: number, end: number): boolean =>
  at + escapeLength <= end && /^_x[0-9a-f]{4}_$/i.test(bytes.toString('latin1', at, at + escapeLength))

/** Source: "Excel specifications and limits", the characters that a cell can contain. UTF-16 units. */
const longestCell = 32_767

/** @throws PermanentFailure CELL_TOO_LONG: spreadsheets would cut the cell, or call the file damaged */
export const checkLength = (
  bytes: Buffer,
  start: number,
  end: number,
  where: () => { table: string; column: string; row: number },
): void => {
  // UTF-8 has at least one byte a unit. One more is kept for the apostrophe before a formula.
  if (end - start < longestCell) return
  if (bytes.toString('utf8', start, end).length < longestCell) return
  const { table, column, row } = where()
  throw new PermanentFailure(
    'CELL_TOO_LONG',
    `Row ${row} of ${table} has more than ${longestCell - 1} characters in ${column}, which xlsx cannot hold.`,
  )
}

/** The same for the name of a column. */
export const sheetText = (text: string, escapeFormulas: boolean): string => {
  const bytes = Buffer.from(text)
  const sink = newSink(bytes.length * bytesPerByte + 1)
  writeSheetText(sink, bytes, 0, bytes.length, unusual, escapeFormulas)
  return sink.bytes.toString('utf8', 0, sink.at)
}
