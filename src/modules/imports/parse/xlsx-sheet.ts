import { checkColumnCount, longestRowBytes, notReadable, type ParseLimits } from './source-rows.ts'
import { columnOf, readCellValue, type XlsxCell } from './xlsx-cells.ts'
import type { XlsxPackage, XmlEvents } from './xlsx-package.ts'
import type { Workbook } from './xlsx-workbook.ts'

/** Cells up to the last that has a value; a row without any is not given. */
export type TakeSheetRow = (line: number, cells: (XlsxCell | undefined)[]) => void

/** What Excel allows. */
export const mostSheetRows = 1_048_576

/** Reads the rows of one sheet. Source: ECMA-376, part 1, 18.3.1. */
export const readSheet = async (
  xlsx: XlsxPackage,
  { workbook, part, limits }: { workbook: Workbook; part: string; limits: ParseLimits },
  takeRow: TakeSheetRow,
  piece: (fraction: number) => Promise<void>,
): Promise<void> => {
  let line = 0
  let cells: (XlsxCell | undefined)[] = []
  let column = -1
  let type = ''
  let style: string | undefined
  let raw: string | undefined
  let reads = false
  let phonetic = false
  let unitsOfRow = 0

  const openCell = (attributes: Record<string, string>): void => {
    const place = attributes.r === undefined ? column + 1 : columnOf(attributes.r)
    if (place === undefined || place < 0)
      throw notReadable(`Row ${line} has a cell "${(attributes.r ?? '').slice(0, 20)}".`)
    column = place
    type = attributes.t ?? 'n'
    style = attributes.s
    raw = undefined
  }
  const closeCell = (): void => {
    const value = readCellValue(workbook, type, style, raw)
    if (value === undefined)
      throw notReadable(`Row ${line} refers to a shared text that the workbook does not have.`)
    if (value.text === null) return
    checkColumnCount(column + 1, limits)
    while (cells.length < column) cells.push(undefined)
    cells[column] = value
  }
  const events: XmlEvents = {
    open: (name, attributes) => {
      if (name === 'row') {
        line = rowNumber(attributes.r, line)
        cells = []
        column = -1
        unitsOfRow = 0
      } else if (name === 'c') openCell(attributes)
      else if (name === 'rPh') phonetic = true
      else if (name === 'v' || (name === 't' && !phonetic)) reads = true
    },
    text: (text) => {
      if (!reads) return
      unitsOfRow += text.length
      if (unitsOfRow > longestRowBytes)
        throw notReadable(`Row ${line} has more than ${longestRowBytes} characters.`)
      raw = (raw ?? '') + text
    },
    close: (name) => {
      if (name === 'v' || name === 't') {
        // A text without characters is still one.
        if (reads && type !== 'n') raw ??= ''
        reads = false
      } else if (name === 'rPh') phonetic = false
      else if (name === 'c') closeCell()
      else if (name === 'row' && cells.length > 0) takeRow(line, cells)
    },
    piece,
  }
  await xlsx.readPart(part, events)
}

const rowNumber = (reference: string | undefined, before: number): number => {
  const line = reference === undefined ? before + 1 : Number(reference)
  if (Number.isInteger(line) && line > before && line <= mostSheetRows) return line
  throw notReadable(`After row ${before} comes row "${(reference ?? '').slice(0, 20)}".`)
}
