import { expect, test } from 'vitest'
import { newSink } from '../../../platform/rows/byte-sink.ts'
import {
  firstMs,
  lastMs,
  msPerDay,
  writeDate,
  writeDuration,
  writeTime,
  writeTimestamp,
} from './write-date.ts'

const sink = newSink(64)
const written = (write: () => void) => {
  sink.at = 0
  write()
  return sink.bytes.toString('latin1', 0, sink.at)
}

test('every day of the years 1 to 9999 is written as the calendar has it', () => {
  const wrong: string[] = []
  for (let ms = firstMs; ms <= lastMs; ms += msPerDay) {
    const date = written(() => writeDate(sink, ms / msPerDay))
    const day = new Date(ms)
    const anchored = day.getUTCFullYear() * 10_000 + (day.getUTCMonth() + 1) * 100 + day.getUTCDate()
    if (Number(date.replaceAll('-', '')) !== anchored || date.length !== 10) wrong.push(date)
  }
  expect(wrong).toEqual([])
  expect(written(() => writeDate(sink, firstMs / msPerDay))).toBe('0001-01-01')
})

test('timestamps have a fraction without zeros at its end, before 1970 as well', () => {
  const cases: [string, string][] = [
    ['2024-01-02T03:04:05.678Z', '2024-01-02 03:04:05.678+00'],
    ['2024-02-29T23:59:59.670Z', '2024-02-29 23:59:59.67+00'],
    ['2024-02-29T23:59:59.600Z', '2024-02-29 23:59:59.6+00'],
    ['2024-02-29T23:59:59.006Z', '2024-02-29 23:59:59.006+00'],
    ['1970-01-01T00:00:00Z', '1970-01-01 00:00:00+00'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31 23:59:59.999+00'],
    ['0001-01-01T00:00:00Z', '0001-01-01 00:00:00+00'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31 23:59:59.999+00'],
  ]
  for (const [given, expected] of cases) {
    expect(written(() => writeTimestamp(sink, Date.parse(given)))).toBe(expected)
  }
  expect(written(() => writeTime(sink, 86_399_999))).toBe('23:59:59.999')
})

test('durations leave out what is zero', () => {
  const cases: [number, string][] = [
    [0, 'PT0S'],
    [59, 'PT59S'],
    [60, 'PT1M'],
    [3600, 'PT1H'],
    [86_400, 'P1D'],
    [95_405, 'P1DT2H30M5S'],
    [1e10, 'P115740DT17H46M40S'],
  ]
  for (const [seconds, expected] of cases) expect(written(() => writeDuration(sink, seconds))).toBe(expected)
})
