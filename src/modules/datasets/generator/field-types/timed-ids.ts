import { z } from 'zod'
import { type ByteSink, writeByte, writeHex } from '../../../../platform/rows/byte-sink.ts'
import { draw32, type Key } from '../counter-hash.ts'
import { ascending } from '../distributions.ts'
import { defineField, type FieldContext } from '../field-type.ts'
import { instantSchema } from './time-range.ts'

const hyphen = 0x2d
const secondsPerDay = 86_400

const options = z.strictObject({
  start: instantSchema.optional().describe('The time in the first id. Default: the spread before refDate.'),
  spreadSeconds: z
    .int()
    .min(0)
    .max(3650 * secondsPerDay)
    .default(30 * secondsPerDay)
    .describe('How long after the start the last id was made.'),
})

/** Steps of the sub-millisecond fraction in a UUID of version 7. */
const stepsPerMs = 4096

/** A time for each row that never goes back, as the milliseconds since 1970 and a fraction of one in steps of 1/4096. */
const timesOf = ({ start, spreadSeconds }: z.output<typeof options>, context: FieldContext) => {
  const { key, refDateMs, rowCount } = context
  const spreadMs = spreadSeconds * 1000
  // Ids can say no time before 1970.
  const firstMs = Math.max(0, start === undefined ? refDateMs - spreadMs : Date.parse(start))
  const place = ascending({ size: Math.max(1, spreadMs * stepsPerMs), rowCount })
  return (row: number) => {
    const steps = place(key, row)
    const ms = Math.floor(steps / stepsPerMs)
    return { ms: firstMs + ms, fraction: steps - ms * stepsPerMs }
  }
}

/** Follows the time in each id, and grows with the row: ids of the same time differ, and are in order. */
const counterOf = (key: Key) => {
  const first = draw32(key, 0, 9) >>> 1
  return (row: number) => first + row
}

const crockford = Buffer.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ')

const writeBase32 = (sink: ByteSink, value: number, digits: number): void => {
  let rest = value
  for (let index = digits - 1; index >= 0; index -= 1) {
    const quotient = Math.floor(rest / 32)
    sink.bytes[sink.at + index] = crockford[rest - quotient * 32] as number
    rest = quotient
  }
  sink.at += digits
}

export const timedIdFields = [
  defineField({
    name: 'uuid_v7',
    group: 'ids',
    description: 'A UUID that begins with a time and grows from row to row (version 7, RFC 9562).',
    options,
    example: { spreadSeconds: 86_400 },
    compile: (given, context) => {
      const { key } = context
      const timeOf = timesOf(given, context)
      const counter = counterOf(key)
      return {
        kind: 'computed',
        columnType: 'uuid',
        maxBytes: 36,
        plain: true,
        unique: true,
        // RFC 9562, 6.2: a finer clock in rand_a (method 3), then a counter (method 1), then random bits.
        write: (row, sink) => {
          const { ms, fraction } = timeOf(row)
          const count = counter(row)
          const high = Math.floor(ms / 2 ** 16)
          writeHex(sink, high, 8)
          writeByte(sink, hyphen)
          writeHex(sink, ms - high * 2 ** 16, 4)
          writeByte(sink, hyphen)
          writeByte(sink, 0x37)
          writeHex(sink, fraction, 3)
          writeByte(sink, hyphen)
          // The variant, 10 in binary, before the 14 highest of the counter's 32 bits.
          writeHex(sink, 0x8000 | (count >>> 18), 4)
          writeByte(sink, hyphen)
          writeHex(sink, (count >>> 2) & 0xffff, 4)
          writeHex(sink, ((count & 3) << 30) | (draw32(key, row, 8) >>> 2), 8)
        },
      }
    },
  }),
  defineField({
    name: 'ulid',
    group: 'ids',
    description: 'A ULID: 26 letters and digits that begin with a time and grow from row to row.',
    options,
    example: { spreadSeconds: 86_400 },
    compile: (given, context) => {
      const { key } = context
      const timeOf = timesOf(given, context)
      const counter = counterOf(key)
      return {
        kind: 'computed',
        columnType: 'text',
        maxBytes: 26,
        plain: true,
        unique: true,
        write: (row, sink) => {
          writeBase32(sink, timeOf(row).ms, 10)
          // The lowest 8 bits keep the counter's first digit from being 0 to 3 in all ids.
          writeBase32(sink, counter(row) * 256 + (draw32(key, row, 8) >>> 24), 8)
          writeBase32(sink, draw32(key, row, 7) * 256 + (draw32(key, row, 6) >>> 24), 8)
        },
      }
    },
  }),
  defineField({
    name: 'object_id',
    group: 'ids',
    description: 'A MongoDB ObjectId: 24 hexadecimal digits of time, process and counter.',
    options,
    example: {},
    compile: (given, context) => {
      const { key } = context
      const timeOf = timesOf(given, context)
      const counter = counterOf(key)
      const processWord = draw32(key, 0, 10)
      return {
        kind: 'computed',
        columnType: 'text',
        maxBytes: 24,
        plain: true,
        unique: true,
        write: (row, sink) => {
          const count = counter(row)
          writeHex(sink, Math.floor(timeOf(row).ms / 1000), 8)
          writeHex(sink, processWord, 8)
          // The counter has 24 bits; when it is full, the next process goes on.
          writeHex(sink, count, 8)
        },
      }
    },
  }),
]
