import type { CellKind } from './source-rows.ts'
import { readSerial } from './xlsx-dates.ts'
import { unescapeText } from './xlsx-strings.ts'
import { isTrue, type Workbook } from './xlsx-workbook.ts'

export type XlsxCell = { text: string | null; kind: CellKind }

const empty: XlsxCell = { text: null, kind: 'string' }

/**
 * A cell's value; of a formula the one that it had when the workbook was saved. An error is its text (`#DIV/0!`), so that
 * nobody takes it for an empty cell. Undefined: it refers to a text that is not there.
 * Source: ECMA-376, part 1, 18.18.11 (ST_CellType).
 * @param type the cell's attribute `t`
 * @param raw text of its value, undefined when it has none
 */
export const readCellValue = (
  workbook: Workbook,
  type: string,
  style: string | undefined,
  raw: string | undefined,
): XlsxCell | undefined => {
  if (raw === undefined) return empty
  switch (type) {
    case 's': {
      const text = workbook.sharedStrings[Number(raw)]
      return text === undefined ? undefined : { text, kind: 'string' }
    }
    case 'inlineStr':
    case 'str':
      return { text: unescapeText(raw), kind: 'string' }
    case 'b':
      return { text: isTrue(raw) ? 'true' : 'false', kind: 'boolean' }
    case 'e':
    case 'd':
      return { text: raw, kind: 'string' }
    default:
      return readNumber(workbook, style, raw.trim())
  }
}

const readNumber = (workbook: Workbook, style: string | undefined, raw: string): XlsxCell => {
  if (raw === '') return empty
  if (style !== undefined && workbook.dateStyles[Number(style)]) {
    const date = readSerial(Number(raw), workbook.date1904)
    if (date !== undefined) return { text: date, kind: 'string' }
  }
  // Excel writes 17 digits where fewer name the same double. Whole numbers keep theirs: other programs write longer ones.
  if (/^-?\d+$/.test(raw)) return { text: raw, kind: 'number' }
  const value = Number(raw)
  return { text: Number.isFinite(value) ? String(value) : raw, kind: 'number' }
}

/** The column of a reference such as `AB12`, counted from 0. Undefined: it is none. */
export const columnOf = (reference: string): number | undefined => {
  let column = 0
  let index = 0
  for (; index < reference.length; index += 1) {
    const letter = reference.charCodeAt(index) & ~32
    if (letter < 65 || letter > 90) break
    column = column * 26 + (letter - 64)
    if (column > 16_384) return undefined
  }
  return index === 0 || index === reference.length ? undefined : column - 1
}
