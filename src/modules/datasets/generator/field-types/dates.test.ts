import { expect, test } from 'vitest'
import { generateValues } from '../../../../../test/harness/generated-values.ts'

const count = 20_000
const range = (values: string[]) => {
  const sorted = values.toSorted()
  return [sorted[0], sorted.at(-1)]
}

test('dates reach from the first to the last day, both included', async () => {
  const options = { from: '2024-02-27', to: '2024-03-02' }
  const values = await generateValues({ type: 'date', options, count })
  expect([...new Set(values)].sort()).toEqual([
    '2024-02-27',
    '2024-02-28',
    '2024-02-29',
    '2024-03-01',
    '2024-03-02',
  ])
})

test('a range of one instant gives that instant', async () => {
  const same = { from: '2024-01-02T03:04:05.600Z', to: '2024-01-02T03:04:05.600Z' }
  expect(await generateValues({ type: 'datetime', options: same, count: 1 })).toEqual([
    '2024-01-02 03:04:05.6+00',
  ])
  expect(
    await generateValues({ type: 'datetime', options: { ...same, order: 'ascending' }, count: 2 }),
  ).toEqual(Array(2).fill('2024-01-02 03:04:05.6+00'))
  expect(
    await generateValues({ type: 'date', options: { from: '2024-01-02', to: '2024-01-02' }, count: 1 }),
  ).toEqual(['2024-01-02'])
})

test('the years 1 and 9999 are the ends of time', async () => {
  const options = { from: '0001-01-01', to: '9999-12-31' }
  const [first = '', last = ''] = range(await generateValues({ type: 'date', options, count }))
  expect(first >= '0001-01-01' && first < '0020').toBe(true)
  expect(last <= '9999-12-31' && last > '9980').toBe(true)
  const outside = { from: '0000-01-01', to: '2000-01-01' }
  await expect(generateValues({ type: 'date', options: outside, count: 1 })).rejects.toMatchObject({
    faults: [{ path: 'tables.0.fields.0.options.from', code: 'out_of_range' }],
  })
})

test.each(['date', 'datetime', 'unix_timestamp'])('%s: a start after the end is a fault', async (type) => {
  const options = { from: '2024-01-02', to: '2024-01-01' }
  await expect(generateValues({ type, options, count: 1 })).rejects.toMatchObject({
    faults: [{ path: 'tables.0.fields.0.options.from', code: 'empty_range' }],
  })
})

test('ascending timestamps grow through the whole range, each once', async () => {
  const options = { from: '2024-01-01', to: '2024-12-31', order: 'ascending' }
  const values = await generateValues({ type: 'datetime', options, count, unique: true })
  const times = values.map((value) => Date.parse(value.replace(' ', 'T').replace('+00', 'Z')))
  expect(times.every((time, row) => row === 0 || time > (times[row - 1] ?? 0))).toBe(true)
  expect(values[0]).toMatch(/^2024-01-01 /)
  expect(values.at(-1)).toMatch(/^2024-12-30 /)
})

test('whole seconds have no fraction, and milliseconds mostly have', async () => {
  const seconds = await generateValues({ type: 'datetime', options: { resolution: 'second' }, count })
  expect(seconds.filter((value) => value.includes('.'))).toEqual([])
  const fine = await generateValues({ type: 'datetime', count })
  expect(fine.filter((value) => value.includes('.')).length).toBeGreaterThan(count * 0.99)
})

test('past and future dates leave the reference date out', async () => {
  const past = await generateValues({ type: 'past_date', options: { days: 2 }, count })
  expect(range(past)).toEqual(['2024-05-30', '2024-05-31'])
  const future = await generateValues({ type: 'future_date', options: { days: 2 }, count })
  expect(range(future)).toEqual(['2024-06-02', '2024-06-03'])
})

/** Whole years lived: a birthday on the 29th of February is kept on the 1st of March in other years. */
const ageAt = (birth: string, date: string) =>
  Number(date.slice(0, 4)) - Number(birth.slice(0, 4)) - (date.slice(5) < birth.slice(5) ? 1 : 0)

test.each(['2024-02-29', '2023-02-28', '2024-06-01', '2024-12-31'])(
  'ages at %s are within the bounds, and reach them to the day',
  async (today) => {
    const options = { minAge: 18, maxAge: 19 }
    const refDate = `${today}T12:00:00Z`
    const births = await generateValues({ type: 'birth_date', options, count, refDate })
    expect(new Set(births.map((birth) => ageAt(birth, today)))).toEqual(new Set([18, 19]))
    expect(new Set(births).size).toBeGreaterThanOrEqual(730)
  },
)

test('seconds since 1970, before and after', async () => {
  const options = { from: '1969-12-31T23:59:58Z', to: '1970-01-01T00:00:01Z' }
  const values = await generateValues({ type: 'unix_timestamp', options, count: 1000 })
  expect(new Set(values)).toEqual(new Set(['-2', '-1', '0', '1']))
  const [ms] = await generateValues({
    type: 'unix_timestamp',
    options: { from: '2024-01-01', to: '2024-01-01', unit: 'millisecond' },
    count: 1,
  })
  expect(ms).toBe('1704067200000')
})

test('no rows at all', async () => {
  for (const type of ['date', 'datetime', 'time', 'uuid_v7', 'integer', 'iban', 'product_name']) {
    expect(await generateValues({ type, count: 0 })).toEqual([])
    expect(await generateValues({ type, count: 1 })).toHaveLength(1)
  }
  const ascending = { type: 'datetime', options: { order: 'ascending' } }
  expect(await generateValues({ ...ascending, count: 0 })).toEqual([])
  expect(await generateValues({ ...ascending, count: 1 })).toHaveLength(1)
})
