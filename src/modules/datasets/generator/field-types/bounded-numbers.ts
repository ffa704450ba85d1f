import { z } from 'zod'
import { type Distribution, exponential, normal, zipf } from '../distributions.ts'
import { type FieldContext, type Producer, SchemaFault } from '../field-type.ts'
import { decimalWriter } from '../write-number.ts'

const parameter = z.number().min(-1e15).max(1e15).optional()

/** How numbers between bounds are distributed. */
export const distributionShape = {
  distribution: z
    .enum(['uniform', 'normal', 'exponential', 'zipf'])
    .default('uniform')
    .describe(
      'zipf: the smallest value is the most frequent, the n-th as often as n to the power -exponent.',
    ),
  mean: parameter.describe('Of normal, within the bounds. Default: their middle.'),
  stddev: z
    .number()
    .min(0)
    .max(1e15)
    .optional()
    .describe(
      'Of normal, up to max - min. Values outside the bounds are drawn again. Default: a sixth of the range.',
    ),
  rate: z
    .number()
    .min(1e-15)
    .max(1e15)
    .optional()
    .describe(
      'Of exponential, which begins at min and is cut off at max: 1 / mean. Default: 5 / (max - min).',
    ),
  exponent: z.number().min(0.01).max(10).optional().describe('Of zipf. Default: 1.'),
}

export type DistributionOptions = {
  distribution: 'uniform' | 'normal' | 'exponential' | 'zipf'
  mean?: number | undefined
  stddev?: number | undefined
  rate?: number | undefined
  exponent?: number | undefined
}

const parametersOf = {
  uniform: [],
  normal: ['mean', 'stddev'],
  exponential: ['rate'],
  zipf: ['exponent'],
} as const
const parameters = ['mean', 'stddev', 'rate', 'exponent'] as const

/** @throws SchemaFault for parameters of another distribution than the one that was chosen */
export const checkParameters = (options: DistributionOptions): void => {
  const known: readonly string[] = parametersOf[options.distribution]
  const stray = parameters.find((name) => options[name] !== undefined && !known.includes(name))
  if (stray === undefined) return
  const message = `The distribution ${options.distribution} has no ${stray}.`
  throw new SchemaFault(`options.${stray}`, 'not_used', message)
}

/** @throws SchemaFault */
export const normalBetween = (options: DistributionOptions, min: number, max: number): Distribution => {
  const { mean = min + (max - min) / 2, stddev = (max - min) / 6 } = options
  if (mean < min || mean > max) {
    throw new SchemaFault('options.mean', 'out_of_range', 'The mean must be between min and max.')
  }
  if (stddev > max - min) {
    throw new SchemaFault('options.stddev', 'too_big', 'The standard deviation must be max - min at most.')
  }
  return normal({ mean, stddev, min, max })
}

export const exponentialBetween = (options: DistributionOptions, min: number, max: number): Distribution =>
  exponential({ rate: options.rate ?? 5 / (max - min || 1), min, max })

/** The whole numbers `first` to `first + size - 1`, each standing for that many units of 10^-decimals. */
export type Units = { first: number; size: number; decimals: number }

/**
 * The multiples of 10^-decimals from min to max, which are counted exactly.
 * @throws SchemaFault when there are none, or more than 2^52
 */
export const unitsBetween = (min: number, max: number, decimals: number): Units => {
  if (min > max) throw new SchemaFault('options.min', 'empty_range', 'min is more than max.')
  const first = unitAt(min, decimals, Math.ceil)
  const last = unitAt(max, decimals, Math.floor)
  if (last < first) {
    const message = `No number of ${decimals} decimals is between min and max.`
    throw new SchemaFault('options.decimals', 'empty_range', message)
  }
  const size = last - first + 1
  if (size > 2 ** 52 || Math.max(-first, last) > Number.MAX_SAFE_INTEGER) {
    throw new SchemaFault('options.max', 'too_big', 'There are too many numbers between min and max.')
  }
  return { first, size, decimals }
}

/** 1.1 * 100 is more than 110, but reading `110e-2` gives 1.1 again: then the bound is that multiple. */
const unitAt = (bound: number, decimals: number, round: (value: number) => number): number => {
  const scaled = bound * 10 ** decimals
  const nearest = Math.round(scaled)
  return Number(`${nearest}e-${decimals}`) === bound ? nearest : round(scaled)
}

/** Whole numbers or decimals between bounds. @throws SchemaFault */
export const boundedNumbers = (
  units: Units,
  options: DistributionOptions,
  { key }: FieldContext,
): Producer => {
  checkParameters(options)
  const { first, size, decimals } = units
  const last = first + size - 1
  const write = decimalWriter(decimals)
  const int4 = first >= -(2 ** 31) && last < 2 ** 31
  const about = {
    columnType: decimals > 0 ? ('numeric' as const) : int4 ? ('integer' as const) : ('bigint' as const),
    maxBytes: 19,
    plain: true,
  }
  if (options.distribution === 'uniform') {
    return { ...about, kind: 'list', size, write: (index, sink) => write(sink, first + index) }
  }
  const unitOf = unitDistribution(units, options)
  return {
    ...about,
    kind: 'computed',
    unique: false,
    write: (row, sink) => write(sink, unitOf(key, row)),
  }
}

type DecimalOptions = DistributionOptions & { min: number; max: number; decimals: number }

/** The same as a column of decimals, even where there are none. @throws SchemaFault */
export const boundedDecimals = (
  { min, max, decimals, ...distribution }: DecimalOptions,
  context: FieldContext,
): Producer => ({
  ...boundedNumbers(unitsBetween(min, max, decimals), distribution, context),
  columnType: 'numeric',
  decimals,
})

const unitDistribution = ({ first, size, decimals }: Units, options: DistributionOptions): Distribution => {
  const one = 10 ** decimals
  const last = first + size - 1
  if (options.distribution === 'zipf') {
    const rank = zipf({ exponent: options.exponent ?? 1, size })
    return (key, row) => first + rank(key, row)
  }
  // Each number stands for the values that round to it, the first and the last included.
  const low = first / one
  const high = last / one
  if (options.distribution === 'normal') {
    const value = normalBetween(options, low, high)
    return (key, row) => Math.min(last, Math.max(first, Math.round(value(key, row) * one)))
  }
  const value = exponentialBetween(options, low, (last + 1) / one)
  return (key, row) => Math.min(last, Math.max(first, Math.floor(value(key, row) * one)))
}
