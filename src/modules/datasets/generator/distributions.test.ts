import { expect, test } from 'vitest'
import { keyOf } from './counter-hash.ts'
import { ascending, type Distribution, exponential, normal, zipf } from './distributions.ts'
import { normalQuantile } from './normal-quantile.ts'

const key = keyOf('a fixed seed')
const count = 100_000
const valuesOf = (distribution: Distribution) =>
  Array.from({ length: count }, (_, row) => distribution(key, row))
const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const deviationOf = (values: number[]) => {
  const mean = meanOf(values)
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)))
}

/** The largest distance between the shares of the values and those that `cumulative` expects (Kolmogorov and Smirnov). */
const distance = (values: number[], cumulative: (value: number) => number) =>
  values
    .toSorted((a, b) => a - b)
    .reduce((most, value, index) => {
      const expected = cumulative(value)
      return Math.max(most, Math.abs(expected - index / count), Math.abs(expected - (index + 1) / count))
    }, 0)
/** A true sample is farther off once in 1,000 times. */
const farthest = 1.95 / Math.sqrt(count)

/** By Simpson's rule, which knows nothing of the quantile function. */
const normalShareBelow = (z: number) => {
  const steps = 1000
  const width = z / steps
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  let sum = density(0) + density(z)
  for (let step = 1; step < steps; step += 1) sum += density(step * width) * (step % 2 === 0 ? 2 : 4)
  return 0.5 + (sum * width) / 3
}

test('the normal quantile undoes the normal distribution', () => {
  for (const p of [1e-6, 0.001, 0.07, 0.08, 0.3, 0.5, 0.77, 0.93, 0.9999]) {
    expect(normalShareBelow(normalQuantile(p))).toBeCloseTo(p, 12)
  }
  // What Python's statistics.NormalDist gives, also where the integral is too coarse.
  const known: [number, number][] = [
    [1e-300, -37.0470962993612],
    [1e-17, -8.4937932241096],
    [1e-9, -5.9978070150076865],
    [0.001, -3.090232306167813],
    [0.05, -1.6448536269514726],
    [0.3, -0.5244005127080407],
    [0.5, 0],
    [0.999999, 4.753424308817089],
  ]
  for (const [p, z] of known) expect(normalQuantile(p)).toBeCloseTo(z, 13)
})

test('normal values have their mean, deviation and shape', () => {
  const values = valuesOf(normal({ mean: 50, stddev: 10, min: -1000, max: 1000 }))
  expect(Math.abs(meanOf(values) - 50)).toBeLessThan(0.15)
  expect(Math.abs(deviationOf(values) - 10)).toBeLessThan(0.1)
  expect(distance(values, (value) => normalShareBelow((value - 50) / 10))).toBeLessThan(farthest)
})

test('normal values that are cut off keep the shape within the bounds, and do not heap up at them', () => {
  const values = valuesOf(normal({ mean: 0, stddev: 1, min: 0, max: 1 }))
  const within = normalShareBelow(1) - 0.5
  expect(values.every((value) => value >= 0 && value <= 1)).toBe(true)
  expect(values.filter((value) => value === 0 || value === 1)).toHaveLength(0)
  expect(distance(values, (value) => (normalShareBelow(value) - 0.5) / within)).toBeLessThan(farthest)
})

test('exponential values have their mean and shape, cut off or not', () => {
  const open = valuesOf(exponential({ rate: 0.5, min: 3, max: 1000 }))
  expect(Math.abs(meanOf(open) - 5)).toBeLessThan(0.03)
  expect(distance(open, (value) => 1 - Math.exp(-0.5 * (value - 3)))).toBeLessThan(farthest)
  const cut = valuesOf(exponential({ rate: 0.5, min: 3, max: 4 }))
  expect(cut.every((value) => value >= 3 && value <= 4)).toBe(true)
  const share = (value: number) => (1 - Math.exp(-0.5 * (value - 3))) / (1 - Math.exp(-0.5))
  expect(distance(cut, share)).toBeLessThan(farthest)
})

test('an exponential with a tiny rate is uniform, not constant', () => {
  const values = valuesOf(exponential({ rate: 1e-15, min: 0, max: 1 }))
  expect(distance(values, (value) => value)).toBeLessThan(farthest)
})

test.each([0.3, 1, 1.5, 3])('zipf ranks are as frequent as their power says (exponent %f)', (exponent) => {
  const size = 50
  const weights = Array.from({ length: size }, (_, rank) => (rank + 1) ** -exponent)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const seen = Array<number>(size).fill(0)
  for (const rank of valuesOf(zipf({ exponent, size }))) seen[rank] = (seen[rank] ?? 0) + 1
  expect(seen).toHaveLength(size)
  const chiSquare = weights.reduce((sum, weight, rank) => {
    const expected = (count * weight) / total
    return sum + ((seen[rank] ?? 0) - expected) ** 2 / expected
  }, 0)
  // 49 degrees of freedom: 85.4 is exceeded once in 1,000 times.
  expect(chiSquare).toBeLessThan(85.4)
})

test('zipf takes one rank and very many', () => {
  expect(zipf({ exponent: 1, size: 1 })(key, 7)).toBe(0)
  const ranks = valuesOf(zipf({ exponent: 0.01, size: 2 ** 52 }))
  expect(ranks.every((rank) => Number.isInteger(rank) && rank >= 0 && rank < 2 ** 52)).toBe(true)
  expect(Math.max(...ranks)).toBeGreaterThan(2 ** 51)
})

test('ascending places never go back, differ while there is room, and use the whole range', () => {
  for (const [size, rowCount] of [
    [200_000, 100_000],
    [2 ** 53, 100_000],
    [10, 100_000],
    [1, 3],
  ] as const) {
    const place = ascending({ size, rowCount })
    const places = Array.from({ length: rowCount }, (_, row) => place(key, row))
    expect(places.every((value, row) => row === 0 || value >= (places[row - 1] ?? 0))).toBe(true)
    expect(places[0]).toBeGreaterThanOrEqual(0)
    expect(places.at(-1)).toBeLessThan(size)
    if (size >= 2 * rowCount) expect(new Set(places).size).toBe(rowCount)
    if (size === 10) expect(new Set(places).size).toBe(10)
  }
})
