import { z } from 'zod'
import { writeText } from '../../../../platform/rows/byte-sink.ts'
import { draw32, drawPreciseFraction } from '../counter-hash.ts'
import { defineField, SchemaFault } from '../field-type.ts'
import { longestDouble, writeDouble } from '../write-number.ts'
import {
  boundedDecimals,
  boundedNumbers,
  checkParameters,
  distributionShape,
  exponentialBetween,
  normalBetween,
  unitsBetween,
} from './bounded-numbers.ts'

const mostListed = 2 ** 52
const lowestBigint = -(2n ** 63n)
const highestBigint = 2n ** 63n - 1n

const bigintSchema = z
  .union([
    z.int(),
    z
      .string()
      .max(20)
      .regex(/^-?\d+$/),
  ])
  .transform((value) => BigInt(value))
  .refine((value) => value >= lowestBigint && value <= highestBigint, 'Must have 64 bits at most.')

const decimalBound = z.number().min(-1e15).max(1e15)
const doubleBound = z.number().min(-1e300).max(1e300)

/** `distribution` without zipf, which needs numbers that can be counted. */
const { exponent: _, ...continuousShape } = distributionShape
const continuous = {
  ...continuousShape,
  distribution: z.enum(['uniform', 'normal', 'exponential']).default('uniform'),
}

export const numberFields = [
  defineField({
    name: 'integer',
    group: 'numbers',
    description: 'A whole number between two bounds, which are included.',
    options: z.strictObject({
      min: z.int().default(0),
      max: z.int().default(1_000_000),
      ...distributionShape,
    }),
    example: { min: 1, max: 100 },
    compile: ({ min, max, ...distribution }, context) =>
      boundedNumbers(unitsBetween(min, max, 0), distribution, context),
  }),
  defineField({
    name: 'decimal',
    group: 'numbers',
    description: 'A number with a fixed number of decimals between two bounds, which are included.',
    options: z.strictObject({
      min: decimalBound.default(0),
      max: decimalBound.default(1000),
      decimals: z.int().min(0).max(10).default(2),
      ...distributionShape,
    }),
    example: { min: 0, max: 100, decimals: 2, distribution: 'normal', mean: 20, stddev: 5 },
    compile: boundedDecimals,
  }),
  defineField({
    name: 'percentage',
    group: 'numbers',
    description: 'A number from 0 to 100.',
    options: z.strictObject({
      min: z.number().min(0).max(100).default(0),
      max: z.number().min(0).max(100).default(100),
      decimals: z.int().min(0).max(10).default(1),
      ...distributionShape,
    }),
    example: { decimals: 1 },
    compile: boundedDecimals,
  }),
  defineField({
    name: 'float',
    group: 'numbers',
    description: 'A number of double precision between two bounds.',
    options: z.strictObject({ min: doubleBound.default(0), max: doubleBound.default(1), ...continuous }),
    example: { min: -1, max: 1 },
    compile: ({ min, max, ...distribution }, { key }) => {
      checkParameters(distribution)
      if (min > max) throw new SchemaFault('options.min', 'empty_range', 'min is more than max.')
      const numberOf = {
        uniform: () => (row: number) => Math.min(max, min + drawPreciseFraction(key, row) * (max - min)),
        normal: () => normalBetween(distribution, min, max).bind(undefined, key),
        exponential: () => exponentialBetween(distribution, min, max).bind(undefined, key),
      }[distribution.distribution]()
      return {
        kind: 'computed',
        columnType: 'double',
        maxBytes: longestDouble,
        plain: true,
        unique: false,
        write: (row, sink) => writeDouble(sink, numberOf(row)),
      }
    },
  }),
  defineField({
    name: 'bigint',
    group: 'numbers',
    description: 'A whole number of up to 64 bits between two bounds, which are included.',
    options: z.strictObject({
      min: bigintSchema.default(0n).describe('A number, or its digits as text.'),
      max: bigintSchema.default(highestBigint).describe('A number, or its digits as text.'),
    }),
    example: { min: '0', max: '9223372036854775807' },
    compile: ({ min, max }, { key }) => {
      if (min > max) throw new SchemaFault('options.min', 'empty_range', 'min is more than max.')
      const span = max - min + 1n
      const size = span < mostListed ? Number(span) : mostListed
      const slices = BigInt(size)
      return {
        kind: 'list',
        columnType: 'bigint',
        maxBytes: 20,
        plain: true,
        size,
        // Where there are more than the list can have, each index has a slice of them, and a random place in it.
        write: (index, sink) => {
          const start = (span * BigInt(index)) / slices
          const width = Number((span * BigInt(index + 1)) / slices - start)
          const place = Math.floor(draw32(key, index >>> 0, 2) * width * 2 ** -32)
          writeText(sink, String(min + start + BigInt(place)))
        },
      }
    },
  }),
]
