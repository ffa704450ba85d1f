import type { ColumnType } from './column.ts'

const exactDigits = 15

/**
 * A value of a column as JSON has it, from the text that PostgreSQL or the generator prints. Numbers that JavaScript would
 * round stay text; so do those that JSON does not have.
 */
export const toJsonValue = (type: ColumnType, text: string | null): unknown => {
  if (text === null) return null
  switch (type) {
    case 'boolean':
      return text === 't' || text === 'true'
    case 'integer':
      return Number(text)
    case 'bigint':
      return Number.isSafeInteger(Number(text)) ? Number(text) : text
    case 'double':
      return Number.isFinite(Number(text)) ? Number(text) : text
    case 'numeric':
      return isExact(text) ? Number(text) : text
    case 'timestamp':
      return toIsoInstant(text)
    case 'json':
      return JSON.parse(text, keepDigits)
    default:
      return text
  }
}

/** Numbers within JSON too: what would be rounded stays text. */
const keepDigits = (_key: string, value: unknown, context?: { source?: string }): unknown => {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined) return value
  if (!Number.isFinite(value)) return source
  return Number.isSafeInteger(value) || isExact(source) || /e/i.test(source) ? value : source
}

const isExact = (text: string): boolean =>
  /^-?[\d.]+$/.test(text) && text.replace(/^-?0*\.?0*/, '').replace('.', '').length <= exactDigits

/** `2024-01-02 03:04:05.678+00` as `2024-01-02T03:04:05.678Z`. What is not of that form stays, such as `infinity`. */
export const toIsoInstant = (text: string): string =>
  text.replace(/^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00$/, '$1T$2Z')
