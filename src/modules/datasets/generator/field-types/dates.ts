import { z } from 'zod'
import { writeUint } from '../../../../platform/rows/byte-sink.ts'
import { ascending } from '../distributions.ts'
import { defineField, type FieldContext, type Producer, SchemaFault } from '../field-type.ts'
import {
  longestTimestamp,
  msPerDay,
  writeDate,
  writeDuration,
  writeTime,
  writeTimestamp,
} from '../write-date.ts'
import { writeInt } from '../write-number.ts'
import { daysOf, rangeOf, rangeShape } from './time-range.ts'
import { wordField } from './word-field.ts'

const days = z.int().min(1).max(36_500).default(365)
const resolution = z.enum(['second', 'millisecond']).default('millisecond')
const longestDate = 10

/** @throws SchemaFault for years other than 1 to 9999 */
const datesBetween = (range: { fromMs: number; toMs: number }): Producer => {
  const { first, size } = daysOf(range)
  return {
    kind: 'list',
    columnType: 'date',
    maxBytes: longestDate,
    plain: true,
    size,
    write: (index, sink) => writeDate(sink, first + index),
  }
}

/** The same day of an earlier year, or the last of February where that has no 29th. */
const yearsBefore = (ms: number, years: number): number => {
  const date = new Date(ms)
  const day = date.getUTCDate()
  date.setUTCFullYear(date.getUTCFullYear() - years)
  if (date.getUTCDate() !== day) date.setUTCDate(0)
  return date.getTime()
}

/** Different instants from the first to the last, in steps of 1 ms or 1 s. */
const instantsOf = (
  options: { from?: string | undefined; to?: string | undefined },
  stepMs: number,
  context: FieldContext,
) => {
  const { fromMs, toMs } = rangeOf(options, context)
  const first = Math.ceil(fromMs / stepMs)
  const size = Math.floor(toMs / stepMs) - first + 1
  if (size < 1) throw new SchemaFault('options.from', 'empty_range', 'No whole second is in the range.')
  return { first, size }
}

const calendarFields = [
  defineField({
    name: 'date',
    group: 'date and time',
    description: 'A date between two others, which are included.',
    options: z.strictObject(rangeShape),
    example: { from: '2020-01-01', to: '2024-12-31' },
    compile: (options, context) => datesBetween(rangeOf(options, context)),
  }),
  defineField({
    name: 'past_date',
    group: 'date and time',
    description: 'A date before the reference date.',
    options: z.strictObject({ days: days.describe('How far back.') }),
    example: { days: 30 },
    compile: (options, { refDateMs }) =>
      datesBetween({ fromMs: refDateMs - options.days * msPerDay, toMs: refDateMs - msPerDay }),
  }),
  defineField({
    name: 'future_date',
    group: 'date and time',
    description: 'A date after the reference date.',
    options: z.strictObject({ days: days.describe('How far ahead.') }),
    example: { days: 30 },
    compile: (options, { refDateMs }) =>
      datesBetween({ fromMs: refDateMs + msPerDay, toMs: refDateMs + options.days * msPerDay }),
  }),
  defineField({
    name: 'birth_date',
    group: 'date and time',
    description: 'The birthday of somebody whose age at the reference date is between two bounds.',
    options: z.strictObject({
      minAge: z.int().min(0).max(150).default(18),
      maxAge: z.int().min(0).max(150).default(80),
    }),
    example: { minAge: 18, maxAge: 65 },
    compile: ({ minAge, maxAge }, { refDateMs }) => {
      if (minAge > maxAge)
        throw new SchemaFault('options.minAge', 'empty_range', 'minAge is more than maxAge.')
      const fromMs = yearsBefore(refDateMs, maxAge + 1) + msPerDay
      return datesBetween({ fromMs, toMs: yearsBefore(refDateMs, minAge) })
    },
  }),
  defineField({
    name: 'year',
    group: 'date and time',
    description: 'A year between two others, which are included.',
    options: z.strictObject({
      min: z.int().min(1).max(9999).optional().describe('Default: 50 years before refDate.'),
      max: z.int().min(1).max(9999).optional().describe('Default: the year of refDate.'),
    }),
    example: { min: 1990, max: 2025 },
    compile: (options, { refDateMs }) => {
      const { max = new Date(refDateMs).getUTCFullYear() } = options
      const { min = Math.max(1, max - 50) } = options
      if (min > max) throw new SchemaFault('options.min', 'empty_range', 'min is after max.')
      return {
        kind: 'list',
        columnType: 'integer',
        maxBytes: 4,
        plain: true,
        size: max - min + 1,
        write: (index, sink) => writeUint(sink, min + index),
      }
    },
  }),
  wordField({
    name: 'weekday',
    group: 'date and time',
    description: 'The name of a day of the week.',
    list: 'date.weekday.wide',
  }),
  wordField({
    name: 'month',
    group: 'date and time',
    description: 'The name of a month.',
    list: 'date.month.wide',
  }),
]

const clockFields = [
  defineField({
    name: 'time',
    group: 'date and time',
    description: 'A time of the day.',
    options: z.strictObject({ resolution: resolution.default('second') }),
    example: {},
    compile: (options) => {
      const stepMs = options.resolution === 'second' ? 1000 : 1
      return {
        kind: 'list',
        columnType: 'time',
        maxBytes: 12,
        plain: true,
        size: msPerDay / stepMs,
        write: (index, sink) => writeTime(sink, index * stepMs),
      }
    },
  }),
  defineField({
    name: 'datetime',
    group: 'date and time',
    description: 'A date and time between two others, in UTC.',
    options: z.strictObject({
      ...rangeShape,
      resolution,
      order: z
        .enum(['random', 'ascending'])
        .default('random')
        .describe('ascending: each row has its own part of the range, so that rows grow in time.'),
    }),
    example: { from: '2024-01-01', to: '2024-12-31', order: 'ascending' },
    compile: ({ resolution, order, ...options }, context) => {
      const stepMs = resolution === 'second' ? 1000 : 1
      const { first, size } = instantsOf(options, stepMs, context)
      const about = { columnType: 'timestamp' as const, maxBytes: longestTimestamp, plain: true }
      if (order === 'random') {
        return {
          ...about,
          kind: 'list',
          size,
          write: (index, sink) => writeTimestamp(sink, (first + index) * stepMs),
        }
      }
      const { key, rowCount } = context
      const place = ascending({ size, rowCount })
      return {
        ...about,
        kind: 'computed',
        unique: size >= 2 * rowCount,
        write: (row, sink) => writeTimestamp(sink, (first + place(key, row)) * stepMs),
      }
    },
  }),
  defineField({
    name: 'unix_timestamp',
    group: 'date and time',
    description: 'The seconds or milliseconds since 1970 at a time between two others.',
    options: z.strictObject({ ...rangeShape, unit: resolution.default('second') }),
    example: { from: '2024-01-01', to: '2024-12-31' },
    compile: ({ unit, ...options }, context) => {
      const { first, size } = instantsOf(options, unit === 'second' ? 1000 : 1, context)
      return {
        kind: 'list',
        columnType: 'bigint',
        maxBytes: 17,
        plain: true,
        size,
        write: (index, sink) => writeInt(sink, first + index),
      }
    },
  }),
  defineField({
    name: 'duration',
    group: 'date and time',
    description: 'A length of time as ISO 8601 says it, such as P1DT2H30M.',
    options: z.strictObject({
      minSeconds: z.int().min(0).max(1e10).default(0),
      maxSeconds: z.int().min(0).max(1e10).default(86_400),
    }),
    example: { minSeconds: 60, maxSeconds: 7200 },
    compile: ({ minSeconds, maxSeconds }) => {
      if (minSeconds > maxSeconds) {
        throw new SchemaFault('options.minSeconds', 'empty_range', 'minSeconds is more than maxSeconds.')
      }
      return {
        kind: 'list',
        columnType: 'text',
        maxBytes: 20,
        plain: true,
        size: maxSeconds - minSeconds + 1,
        write: (index, sink) => writeDuration(sink, minSeconds + index),
      }
    },
  }),
]

export const dateFields = [...calendarFields, ...clockFields]
