import { type ByteSink, writeBytes, writeText, writeUint } from '../../../platform/rows/byte-sink.ts'
import type { Column, ColumnType } from '../../../platform/rows/column.ts'
import type { CellWriter, RowWriter } from './encode-rows.ts'
import type { TableRows } from './format.ts'
import { mayHoldFormula } from './formula.ts'
import { isFiniteNumber, significantDigits } from './number-text.ts'
import { isoTimestamp } from './timestamp-text.ts'
import { dateSerial, timestampSerial } from './xlsx-serial.ts'
import { bytesPerByte, checkLength, sheetTextMarks, writeSheetText } from './xlsx-text.ts'

/** The formats of cells, as `styles.xml` counts them. */
export const cellStyles = { plain: 0, header: 1, date: 2, timestamp: 3 }

export type SheetOptions = {
  /** Rows of a sheet without its header. */
  dataRowsPerSheet: number
  escapeFormulas: boolean
}

/** The rows of a table as `<row>` elements, numbered anew on each sheet. Null is no cell at all. */
export const sheetRows = (
  table: Pick<TableRows, 'name' | 'columns'>,
  { dataRowsPerSheet, escapeFormulas }: SheetOptions,
): RowWriter => {
  const { columns } = table
  let tableRow = 0
  let sheetRow = 0
  const openRow = Buffer.from('<row r="')
  const endTag = Buffer.from('">')
  const closeRow = Buffer.from('</row>')
  const writerOf = (column: Column, index: number): CellWriter => {
    const openCell = Buffer.from(`<c r="${columnLetters(index)}`)
    const escaped = escapeFormulas && mayHoldFormula(column)
    const content = contentWriters[column.type]({
      where: () => ({ table: table.name, column: column.name, row: tableRow + 1 }),
      escapeFormulas: escaped,
    })
    return (sink, bytes, start, end, mark) => {
      writeBytes(sink, openCell)
      writeUint(sink, sheetRow)
      content(sink, bytes, start, end, mark)
    }
  }
  return {
    byteMarks: sheetTextMarks,
    before: columns.map(() => Buffer.alloc(0)),
    cells: columns.map(writerOf),
    null: Buffer.alloc(0),
    startRow: (sink, row) => {
      tableRow = row
      // The first row is the header's.
      sheetRow = (row % dataRowsPerSheet) + 2
      writeBytes(sink, openRow)
      writeUint(sink, sheetRow)
      writeBytes(sink, endTag)
    },
    endRow: (sink) => writeBytes(sink, closeRow),
    bytesPerByte,
    bytesPerRow: longestTagsBytes * (columns.length + 1),
  }
}

/** What stands around one cell's text or one row at most, with the number of a row and a serial number written out. */
const longestTagsBytes = 128

/** A, B, ... Z, AA, AB, ... */
export const columnLetters = (index: number): string => {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter
}

type ContentContext = {
  where: () => { table: string; column: string; row: number }
  escapeFormulas: boolean
}

/** Writes a cell from behind its reference on: its type or style, and its value. */
type ContentWriter = (context: ContentContext) => CellWriter

const openText = Buffer.from('" t="inlineStr"><is><t xml:space="preserve">')
const closeText = Buffer.from('</t></is></c>')
const openNumber = Buffer.from('"><v>')
const closeValue = Buffer.from('</v></c>')
const openDate = Buffer.from(`" s="${cellStyles.date}"><v>`)
const openTimestamp = Buffer.from(`" s="${cellStyles.timestamp}"><v>`)
const trueValue = Buffer.from('" t="b"><v>1</v></c>')
const falseValue = Buffer.from('" t="b"><v>0</v></c>')
const letterT = 0x74

const textContent: ContentWriter =
  ({ where, escapeFormulas }) =>
  (sink, bytes, start, end, mark) => {
    checkLength(bytes, start, end, where)
    writeBytes(sink, openText)
    writeSheetText(sink, bytes, start, end, mark, escapeFormulas)
    writeBytes(sink, closeText)
  }

const writePlainText = (sink: ByteSink, text: string): void => {
  writeBytes(sink, openText)
  writeText(sink, text)
  writeBytes(sink, closeText)
}

/** Spreadsheets keep 15 digits of a number: more would be lost without a word. */
const digitsOfNumber = 15
/** No number of so few characters is beyond a double. */
const longestNumber = 300

const numberContent =
  (isExact: (bytes: Buffer, start: number, end: number) => boolean): ContentWriter =>
  (context) => {
    const writeAsText = textContent(context)
    return (sink, bytes, start, end, mark) => {
      if (!isFiniteNumber(bytes, start) || !isExact(bytes, start, end)) {
        writeAsText(sink, bytes, start, end, mark)
        return
      }
      writeBytes(sink, openNumber)
      writeBytes(sink, bytes, start, end)
      writeBytes(sink, closeValue)
    }
  }

const minus = 0x2d
const isShortInteger = (bytes: Buffer, start: number, end: number): boolean =>
  end - start - (bytes[start] === minus ? 1 : 0) <= digitsOfNumber
const isShortDecimal = (bytes: Buffer, start: number, end: number): boolean =>
  end - start <= longestNumber && significantDigits(bytes, start, end) <= digitsOfNumber

const booleanContent: ContentWriter = () => (sink, bytes, start) =>
  writeBytes(sink, bytes[start] === letterT ? trueValue : falseValue)

/** A point in time as a serial number, or as text where spreadsheets count no days. */
const serialContent =
  (
    open: Buffer,
    serialOf: (bytes: Buffer, start: number, end: number) => number | undefined,
    textOf: (text: string) => string,
  ): ContentWriter =>
  () =>
  (sink, bytes, start, end) => {
    const serial = serialOf(bytes, start, end)
    if (serial === undefined) {
      writePlainText(sink, textOf(bytes.toString('latin1', start, end)))
      return
    }
    writeBytes(sink, open)
    if (Number.isInteger(serial)) writeUint(sink, serial)
    else writeText(sink, String(serial))
    writeBytes(sink, closeValue)
  }

const contentWriters: Record<ColumnType, ContentWriter> = {
  boolean: booleanContent,
  integer: numberContent(() => true),
  bigint: numberContent(isShortInteger),
  double: numberContent(() => true),
  numeric: numberContent(isShortDecimal),
  text: textContent,
  uuid: textContent,
  date: serialContent(openDate, dateSerial, (text) => text),
  time: textContent,
  timestamp: serialContent(openTimestamp, timestampSerial, isoTimestamp),
  json: textContent,
}
