import { expect, test } from 'vitest'
import { generateValues } from '../../../../../test/harness/generated-values.ts'

const count = 20_000
const faultOf = (type: string, options: Record<string, unknown>) =>
  generateValues({ type, options, count: 1 }).then(
    () => 'none',
    (error) =>
      error.faults.map((fault: { path: string; code: string }) => `${fault.path} ${fault.code}`).join(),
  )

test.each(['uniform', 'normal', 'exponential', 'zipf'])(
  '%s: both bounds are included, nothing is beyond',
  async (distribution) => {
    const integers = await generateValues({
      type: 'integer',
      options: { min: -2, max: 2, distribution },
      count,
    })
    expect([...new Set(integers)].sort()).toEqual(['-1', '-2', '0', '1', '2'])
    const decimals = await generateValues({
      type: 'decimal',
      options: { min: -0.1, max: 0.1, decimals: 1, distribution },
      count,
    })
    expect([...new Set(decimals)].sort()).toEqual(['-0.1', '0.0', '0.1'])
  },
)

test.each(['uniform', 'normal', 'exponential', 'zipf'])(
  '%s: equal bounds give that number',
  async (distribution) => {
    const options = { min: 7, max: 7, distribution }
    expect(new Set(await generateValues({ type: 'integer', options, count: 100 }))).toEqual(new Set(['7']))
    expect(new Set(await generateValues({ type: 'decimal', options, count: 100 }))).toEqual(new Set(['7.00']))
    if (distribution === 'zipf') return
    expect(new Set(await generateValues({ type: 'float', options, count: 100 }))).toEqual(new Set(['7']))
  },
)

test('uniform integers are unique when asked to be, and all of the range then', async () => {
  const options = { min: -50, max: 49 }
  const values = await generateValues({ type: 'integer', options, count: 100, unique: true })
  expect(values.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n - 50))
})

test('a uniform column is uniform', async () => {
  const values = await generateValues({ type: 'integer', options: { min: 0, max: 99 }, count: 100_000 })
  const seen = Array<number>(100).fill(0)
  for (const value of values) seen[Number(value)] = (seen[Number(value)] ?? 0) + 1
  // 99 degrees of freedom: 148.2 is exceeded once in 1,000 times.
  expect(seen.reduce((sum, times) => sum + (times - 1000) ** 2 / 1000, 0)).toBeLessThan(148.2)
})

test('normal columns have the mean and deviation that were asked for', async () => {
  const options = { min: 0, max: 100, decimals: 3, distribution: 'normal', mean: 40, stddev: 5 }
  const values = (await generateValues({ type: 'decimal', options, count: 100_000 })).map(Number)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  expect(Math.abs(mean - 40)).toBeLessThan(0.07)
  expect(Math.abs(Math.sqrt(variance) - 5)).toBeLessThan(0.05)
})

test('decimal bounds that binary numbers cannot say are exact', async () => {
  for (const bound of [1.1, 0.07, 4.35, 1.005, 0.29, 8.41]) {
    const options = { min: bound, max: bound, decimals: 3 }
    expect(await generateValues({ type: 'decimal', options, count: 1 })).toEqual([
      bound.toFixed(4).slice(0, -1),
    ])
  }
  const inner = { min: 0.15, max: 0.35, decimals: 1 }
  expect(new Set(await generateValues({ type: 'decimal', options: inner, count: 100 }))).toEqual(
    new Set(['0.2', '0.3']),
  )
})

test('whole numbers beyond 2^53 are exact', async () => {
  const ends = { min: '-9223372036854775808', max: '9223372036854775807' }
  const values = (await generateValues({ type: 'bigint', options: ends, count, unique: true })).map(BigInt)
  expect(new Set(values).size).toBe(count)
  expect(values.every((value) => BigInt.asIntN(64, value) === value)).toBe(true)
  const negative = values.filter((value) => value < 0n).length
  expect(Math.abs(negative / count - 0.5)).toBeLessThan(0.02)
  expect(values.filter((value) => value % 2n === 0n).length / count).toBeCloseTo(0.5, 1)
  const few = { min: '9007199254740993', max: '9007199254740995' }
  expect([...new Set(await generateValues({ type: 'bigint', options: few, count: 100 }))].sort()).toEqual([
    '9007199254740993',
    '9007199254740994',
    '9007199254740995',
  ])
})

test('a double reads back as itself, in the form of PostgreSQL', async () => {
  const tiny = await generateValues({ type: 'float', options: { min: 0, max: 1e-5 }, count: 100 })
  expect(tiny.every((value) => /^\d(\.\d+)?e-\d{2,}$/.test(value))).toBe(true)
  const plain = await generateValues({ type: 'float', options: { min: -5, max: 1e6 }, count })
  expect(plain.every((value) => String(Number(value)) === value)).toBe(true)
})

test('faults name the option', async () => {
  const at = 'tables.0.fields.0.options'
  expect(await faultOf('integer', { min: 2, max: 1 })).toBe(`${at}.min empty_range`)
  expect(await faultOf('integer', { min: -(2 ** 52), max: 2 ** 52 })).toBe(`${at}.max too_big`)
  expect(await faultOf('integer', { mean: 3 })).toBe(`${at}.mean not_used`)
  expect(await faultOf('integer', { distribution: 'normal', min: 0, max: 1, mean: 2 })).toBe(
    `${at}.mean out_of_range`,
  )
  expect(await faultOf('float', { distribution: 'normal', stddev: 2 })).toBe(`${at}.stddev too_big`)
  expect(await faultOf('decimal', { min: 0.11, max: 0.12, decimals: 1 })).toBe(`${at}.decimals empty_range`)
  expect(await faultOf('bigint', { min: '2', max: '1' })).toBe(`${at}.min empty_range`)
})
