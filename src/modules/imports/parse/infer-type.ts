import type { ColumnType } from '../../../platform/rows/column.ts'
import { hasNul } from '../../../platform/rows/nul-text.ts'
import { readDate, readTime, readTimestamp } from './calendar-text.ts'
import type { CellKind } from './source-rows.ts'

/** What the values of a column were seen to be. A set of these is a number, since every cell adds to one. */
const seen = {
  boolean: 1,
  integer: 2,
  bigint: 4,
  numeric: 8,
  double: 16,
  uuid: 32,
  date: 64,
  time: 128,
  timestamp: 256,
  json: 512,
  text: 1024,
  /** A decimal whose digits a double would lose. */
  exact: 2048,
}

export type ColumnProfile = { seen: number; nuls: boolean }

export const newProfile = (): ColumnProfile => ({ seen: 0, nuls: false })

/** Takes note of one value that is not null. */
export const noteCell = (profile: ColumnProfile, text: string, kind: CellKind): void => {
  if (!profile.nuls && hasNul(text)) profile.nuls = true
  // Text takes everything: nothing that comes later can make the column narrower.
  if (kind === 'typed' || (profile.seen & seen.text) !== 0) return
  profile.seen |= classify(text, kind)
}

/** The narrowest type that holds all values as they are; text where they differ in kind, or when there is none. */
export const typeOf = (profile: ColumnProfile): ColumnType => {
  const kinds = profile.seen & ~seen.exact
  const numbers = seen.integer | seen.bigint | seen.numeric | seen.double
  if (kinds !== 0 && (kinds & ~numbers) === 0) {
    if ((kinds & seen.double) === 0) {
      if ((kinds & seen.numeric) !== 0) return 'numeric'
      return (kinds & seen.bigint) !== 0 ? 'bigint' : 'integer'
    }
    return (profile.seen & seen.exact) === 0 ? 'double' : 'text'
  }
  for (const type of ['boolean', 'uuid', 'date', 'time', 'timestamp', 'json'] as const) {
    if (kinds === seen[type]) return type
  }
  return 'text'
}

const classify = (text: string, kind: CellKind): number => {
  if (kind === 'number') return classifyNumber(text)
  if (kind === 'boolean') return seen.boolean
  if (kind === 'json') return seen.json
  const first = text.charCodeAt(0)
  const startsWithDigit = first >= 48 && first <= 57
  if (kind === 'open') {
    if (startsWithDigit || first === 45) {
      const number = classifyNumber(text)
      if (number !== seen.text) return number
    } else if (isBoolean(text)) return seen.boolean
  }
  if (text.length === 36 && uuidPattern.test(text)) return seen.uuid
  if (!startsWithDigit || text.length > longestCalendarText) return seen.text
  if (text.charCodeAt(4) === 45) {
    if (text.length === 10) return readDate(text) === undefined ? seen.text : seen.date
    return readTimestamp(text) === undefined ? seen.text : seen.timestamp
  }
  return readTime(text) === undefined ? seen.text : seen.time
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const longestCalendarText = '2024-01-02T03:04:05.123456789+00:00'.length

/** Not 0 and 1: those are numbers. */
const isBoolean = (text: string): boolean =>
  (text.length === 4 || text.length === 5) && /^(?:true|false)$/i.test(text)

const decimalPattern = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE][+-]?\d+)?$/
/** Far below what PostgreSQL's numeric holds (131,072 before the point, 16,383 after it). */
const mostDigits = 1000

const classifyNumber = (text: string): number => {
  if (text.length < 10 && isShortInteger(text)) return seen.integer
  if (text.length > mostDigits) return seen.text
  const match = decimalPattern.exec(text)
  if (match === null) return seen.text
  const [, sign, whole = '', fraction] = match
  const exponent =
    text.length > (sign?.length ?? 0) + whole.length + (fraction === undefined ? 0 : fraction.length + 1)
  const value = Number(text)
  if (exponent || Object.is(value, -0)) return fitsDouble(text, value) ? seen.double : seen.text
  const exact = fitsDouble(text, value) ? 0 : seen.exact
  if (fraction !== undefined) return seen.numeric | exact
  if (value >= -2147483648 && value <= 2147483647) return seen.integer
  return isBigint(whole, sign === '-') ? seen.bigint | exact : seen.numeric | exact
}

/** Most cells that are numbers: no sign, no leading zero, nine digits at most. */
const isShortInteger = (text: string): boolean => {
  if (text.charCodeAt(0) === 48) return text.length === 1
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 48 || code > 57) return false
  }
  return text.length > 0
}

const isBigint = (digits: string, negative: boolean): boolean => {
  if (digits.length !== 19) return digits.length < 19
  return digits <= (negative ? '9223372036854775808' : '9223372036854775807')
}

/** Whether the double prints the same digits, so that nothing is lost by keeping the number as one. */
const fitsDouble = (text: string, value: number): boolean =>
  Number.isFinite(value) && significantDigits(text) === significantDigits(String(value))

const significantDigits = (text: string): string =>
  text
    .replace(/[eE].*$/, '')
    .replaceAll(/[-.]/g, '')
    .replace(/^0+/, '')
    .replace(/0+$/, '')
