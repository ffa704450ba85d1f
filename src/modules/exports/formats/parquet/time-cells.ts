import { type CellWriter, digitAt, makeRoom, minus, putInt32, putInt64 } from './cell-writer.ts'

const fullStop = 0x2e
const plus = 0x2b
const space = 0x20
const zero = 0x30
const letterB = 0x42

/** Days from 1970-01-01. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
const daysFromCivil = (year: number, month: number, day: number): number => {
  const marchYear = month <= 2 ? year - 1 : year
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1
  const dayOfEra = yearOfEra * 365 + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

const twoDigits = (bytes: Buffer, at: number): number => digitAt(bytes, at) * 10 + digitAt(bytes, at + 1)

/** Where the year ends, or -1 for what has none, such as `infinity`. */
const yearEnd = (bytes: Buffer, start: number): number => {
  let at = start
  while (digitAt(bytes, at) <= 9) at += 1
  return at > start && bytes[at] === minus && bytes[at + 3] === minus ? at : -1
}

/** The days of the `year-month-day` whose year is at `start` to `dash`. PostgreSQL puts ` BC` after all else, at `end`. */
const daysOf = (bytes: Buffer, start: number, dash: number, end: number): number => {
  let year = 0
  for (let at = start; at < dash; at += 1) year = year * 10 + digitAt(bytes, at)
  if (isBeforeChrist(bytes, end)) year = 1 - year
  return daysFromCivil(year, twoDigits(bytes, dash + 1), twoDigits(bytes, dash + 4))
}

const isBeforeChrist = (bytes: Buffer, at: number): boolean =>
  bytes[at] === space && bytes[at + 1] === letterB

/** Days from 1970-01-01. */
export const writeDate: CellWriter = (bytes, start, values) => {
  const dash = yearEnd(bytes, start)
  if (dash === -1) return -1
  const end = dash + 6
  makeRoom(values, 4)
  putInt32(values, daysOf(bytes, start, dash, end))
  return isBeforeChrist(bytes, end) ? end + 3 : end
}

const secondsOf = (bytes: Buffer, at: number): number =>
  twoDigits(bytes, at) * 3600 + twoDigits(bytes, at + 3) * 60 + twoDigits(bytes, at + 6)

/** Where the digits after the second end that `at` is behind. */
const fractionEnd = (bytes: Buffer, at: number): number => {
  if (bytes[at] !== fullStop) return at
  let end = at + 1
  while (digitAt(bytes, end) <= 9) end += 1
  return end
}

/** The microseconds of the at most six digits after the full stop at `start`. */
const microsecondsOf = (bytes: Buffer, start: number, end: number): number => {
  if (start === end) return 0
  let microseconds = 0
  for (let at = start + 1; at < start + 7; at += 1) {
    microseconds = microseconds * 10 + (at < end ? digitAt(bytes, at) : 0)
  }
  return microseconds
}

/** Microseconds from midnight. */
export const writeTime: CellWriter = (bytes, start, values) => {
  const fraction = start + 8
  const end = fractionEnd(bytes, fraction)
  makeRoom(values, 8)
  putInt64(values, secondsOf(bytes, start), 1e6, microsecondsOf(bytes, fraction, end))
  return end
}

/** Some of PostgreSQL's last year, 294276, is past what 64 bits of microseconds from 1970 reach. */
const lastSecond = 9_223_372_036_853

/** Microseconds from 1970-01-01 in UTC, which the text must be in. */
export const writeTimestamp: CellWriter = (bytes, start, values) => {
  const dash = yearEnd(bytes, start)
  if (dash === -1) return -1
  const fraction = dash + 15
  const zone = fractionEnd(bytes, fraction)
  if (bytes[zone] !== plus || bytes[zone + 1] !== zero || bytes[zone + 2] !== zero) return -1
  const end = zone + 3
  const seconds = daysOf(bytes, start, dash, end) * 86_400 + secondsOf(bytes, dash + 7)
  if (seconds > lastSecond) return -1
  makeRoom(values, 8)
  putInt64(values, seconds, 1e6, microsecondsOf(bytes, fraction, zone))
  return isBeforeChrist(bytes, end) ? end + 3 : end
}
