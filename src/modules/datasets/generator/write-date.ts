import { type ByteSink, writeByte, writeDigits, writeUint } from '../../../platform/rows/byte-sink.ts'

const hyphen = 0x2d
const colon = 0x3a
const point = 0x2e
const space = 0x20
const plus = 0x2b

export const msPerDay = 86_400_000
/** The first and the last instant that a four-digit year can say. */
export const firstMs = Date.parse('0001-01-01T00:00:00Z')
export const lastMs = Date.parse('9999-12-31T23:59:59.999Z')

const daysBefore1970 = 719_468
const daysPerEra = 146_097

/**
 * A date as `2024-01-02`.
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days: years begin in March there.
 * @param days since 1970-01-01, of the years 1 to 9999
 */
export const writeDate = (sink: ByteSink, days: number): void => {
  const shifted = days + daysBefore1970
  const era = (shifted / daysPerEra) | 0
  const dayOfEra = shifted - era * daysPerEra
  const leapDays = ((dayOfEra / 1460) | 0) - ((dayOfEra / 36_524) | 0) + ((dayOfEra / 146_096) | 0)
  const yearOfEra = ((dayOfEra - leapDays) / 365) | 0
  const dayOfYear = dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0))
  const marchMonth = ((5 * dayOfYear + 2) / 153) | 0
  const day = dayOfYear - (((153 * marchMonth + 2) / 5) | 0) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  writeDigits(sink, year, 4)
  writeByte(sink, hyphen)
  writeDigits(sink, month, 2)
  writeByte(sink, hyphen)
  writeDigits(sink, day, 2)
}

/** A time as `03:04:05.67`: the fraction has no zeros at its end, and is absent when it is zero. */
export const writeTime = (sink: ByteSink, msOfDay: number): void => {
  const seconds = (msOfDay / 1000) | 0
  const minutes = (seconds / 60) | 0
  const hours = (minutes / 60) | 0
  writeDigits(sink, hours, 2)
  writeByte(sink, colon)
  writeDigits(sink, minutes - hours * 60, 2)
  writeByte(sink, colon)
  writeDigits(sink, seconds - minutes * 60, 2)
  const ms = msOfDay - seconds * 1000
  if (ms === 0) return
  writeByte(sink, point)
  if (ms % 100 === 0) writeDigits(sink, ms / 100, 1)
  else if (ms % 10 === 0) writeDigits(sink, ms / 10, 2)
  else writeDigits(sink, ms, 3)
}

export const longestTimestamp = 26

/** Milliseconds since 1970 as PostgreSQL prints a timestamptz with time zone UTC and ISO dates. */
export const writeTimestamp = (sink: ByteSink, ms: number): void => {
  const days = Math.floor(ms / msPerDay)
  writeDate(sink, days)
  writeByte(sink, space)
  writeTime(sink, ms - days * msPerDay)
  writeByte(sink, plus)
  writeDigits(sink, 0, 2)
}

const secondsPerDay = 86_400
const letters = { P: 0x50, T: 0x54, D: 0x44, H: 0x48, M: 0x4d, S: 0x53 }

/** Whole seconds as an ISO 8601 duration such as `P1DT2H30M`, with no part that is zero but in `PT0S`. */
export const writeDuration = (sink: ByteSink, seconds: number): void => {
  const days = Math.floor(seconds / secondsPerDay)
  const rest = seconds - days * secondsPerDay
  const hours = (rest / 3600) | 0
  const minutes = ((rest - hours * 3600) / 60) | 0
  const parts: [number, number][] = [
    [hours, letters.H],
    [minutes, letters.M],
    [rest - hours * 3600 - minutes * 60, letters.S],
  ]
  writeByte(sink, letters.P)
  if (days > 0) {
    writeUint(sink, days)
    writeByte(sink, letters.D)
  }
  if (rest > 0 || days === 0) writeByte(sink, letters.T)
  for (const [count, letter] of parts) {
    if (count === 0 && !(seconds === 0 && letter === letters.S)) continue
    writeUint(sink, count)
    writeByte(sink, letter)
  }
}
