/**
 * Spreadsheets count days, 1 being 1900-01-01, and take 1900 for a leap year: from 1900-03-01 on the number is the days since
 * 1899-12-30. Source: ECMA-376-1, 18.17.4.1 (the 1900 date system).
 */
const firstReliableSerial = 61
const serialOf1970 = 25_569
const dayMs = 86_400_000

const digitsAt = (bytes: Buffer, start: number, count: number): number => {
  let value = 0
  for (let index = start; index < start + count; index += 1)
    value = value * 10 + (bytes[index] as number) - 48
  return value
}

const dateBytes = 10
const dash = 0x2d

/** `2024-01-02`. Undefined for days that spreadsheets have no number for: before 1900-03-01, after 9999, infinity. */
export const dateSerial = (bytes: Buffer, start: number, end: number): number | undefined => {
  if (end - start !== dateBytes || bytes[start + 4] !== dash || bytes[start + 7] !== dash) return undefined
  const year = digitsAt(bytes, start, 4)
  if (year < 1900) return undefined
  const month = digitsAt(bytes, start + 5, 2)
  const serial = Date.UTC(year, month - 1, digitsAt(bytes, start + 8, 2)) / dayMs + serialOf1970
  return serial < firstReliableSerial ? undefined : serial
}

const secondsEnd = 19
const zoneBytes = 3
const plus = 0x2b

/**
 * `2024-01-02 03:04:05.678901+00`, in UTC. What is finer than a millisecond is cut: spreadsheets do not show it, a double does
 * not hold it exactly, and rounded up the last microsecond of 9999 would be a day without a number.
 */
export const timestampSerial = (bytes: Buffer, start: number, end: number): number | undefined => {
  const day = dateSerial(bytes, start, start + dateBytes)
  const fractionEnd = end - zoneBytes
  if (day === undefined || end - start < secondsEnd + zoneBytes || bytes[fractionEnd] !== plus)
    return undefined
  const seconds =
    digitsAt(bytes, start + 11, 2) * 3600 +
    digitsAt(bytes, start + 14, 2) * 60 +
    digitsAt(bytes, start + 17, 2)
  const fractionStart = start + secondsEnd + 1
  const digits = Math.min(3, Math.max(0, fractionEnd - fractionStart))
  const milliseconds = digitsAt(bytes, fractionStart, digits) * 10 ** (3 - digits)
  return readableSerial(day, seconds * 1000 + milliseconds)
}

/** The nearest double may lie a hair before the moment, and readers that round down then lose a millisecond. */
const readableSerial = (day: number, msOfDay: number): number => {
  const serial = day + msOfDay / dayMs
  const ms = (day - serialOf1970) * dayMs + msOfDay
  const isBefore = Math.floor((serial - serialOf1970) * dayMs) < ms
  return isBefore ? serial + Math.max(serial, serialOf1970) * Number.EPSILON : serial
}
