import { expect, test } from 'vitest'
import { faultsOf, generateTables } from '../../../../../test/harness/generated-tables.ts'
import { generateValues } from '../../../../../test/harness/generated-values.ts'

const count = 100_000

const countsOf = (values: (string | null)[]) => {
  const counts = new Map<string | null, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

test.each([0, 0.2, 1])('booleans are true as often as %f says', async (probability) => {
  const counts = countsOf(await generateValues({ type: 'boolean', options: { probability }, count }))
  const deviation = Math.sqrt(count * probability * (1 - probability))
  expect(Math.abs((counts.get('t') ?? 0) - count * probability)).toBeLessThanOrEqual(4 * deviation)
  expect((counts.get('t') ?? 0) + (counts.get('f') ?? 0)).toBe(count)
})

test.each([
  [[80, 15, 5, 0]],
  [[1, 1, 1, 1]],
  [[0.001, 0, 0.003, 0.006]],
  [Array.from({ length: 40 }, (_, n) => n % 7)],
])('values come as often as the weights %o say', async (weights) => {
  const values = weights.map((_, place) => `value ${place}`)
  const counts = countsOf(await generateValues({ type: 'enum', options: { values, weights }, count }))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const chiSquare = weights.reduce((total, weight, place) => {
    const expected = (count * weight) / sum
    const observed = counts.get(`value ${place}`) ?? 0
    if (weight === 0) expect(observed).toBe(0)
    return weight === 0 ? total : total + (observed - expected) ** 2 / expected
  }, 0)
  const freedom = weights.filter((weight) => weight > 0).length - 1
  expect(chiSquare).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom))
})

test('without weights all values are as likely, and can be unique', async () => {
  const values = Array.from({ length: 10 }, (_, place) => place - 3)
  const counts = countsOf(await generateValues({ type: 'enum', options: { values }, count }))
  expect([...counts.values()].every((times) => Math.abs(times - 10_000) < 400)).toBe(true)
  const unique = await generateValues({ type: 'enum', options: { values }, count: 10, unique: true })
  expect(unique.map(Number).toSorted((one, other) => one - other)).toEqual(values)
})

test('numbers are printed without exponents, texts as they are', async () => {
  const numbers = await generateValues({ type: 'enum', options: { values: [1e-7, -2.5, 1e15] }, count: 50 })
  expect(new Set(numbers)).toEqual(new Set(['0.0000001', '-2.5', '1000000000000000']))
  const values = ['', 'tab\there', 'line\nfeed', 'back\\slash', '\\N', '日本']
  expect(new Set(await generateValues({ type: 'enum', options: { values }, count: 200 }))).toEqual(
    new Set(values),
  )
})

test('a constant is the same in every row, or nothing', async () => {
  const { things } = await generateTables([
    {
      name: 'things',
      count: 3,
      fields: [
        { name: 'text', type: 'constant', options: { value: 'EUR' } },
        { name: 'yes', type: 'constant', options: { value: true } },
        { name: 'none', type: 'constant', options: { value: null } },
      ],
    },
  ])
  expect(things).toEqual({ text: ['EUR', 'EUR', 'EUR'], yes: ['t', 't', 't'], none: [null, null, null] })
})

test.each([
  [{ values: ['a', 'b', 'a'] }, 'options.values', 'repeated_value'],
  [{ values: ['a', 'b'], weights: [1] }, 'options.weights', 'wrong_length'],
  [{ values: ['a', 'b'], weights: [0, 0] }, 'options.weights', 'all_zero'],
])('%o is refused', async (options, path, code) => {
  const value = { name: 'value', type: 'enum', options }
  expect(await faultsOf([{ name: 'things', count: 5, fields: [value] }])).toMatchObject([
    { path: `tables.0.fields.0.${path}`, code },
  ])
})
