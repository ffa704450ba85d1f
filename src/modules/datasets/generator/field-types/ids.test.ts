import { expect, test } from 'vitest'
import { generateValues } from '../../../../../test/harness/generated-values.ts'

const count = 200_000

const kinds: [string, Record<string, unknown>, RegExp][] = [
  ['uuid', {}, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ['uuid_v7', {}, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ['uuid_v7', { spreadSeconds: 0 }, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ['ulid', {}, /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/],
  ['ulid', { spreadSeconds: 0 }, /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/],
  ['object_id', {}, /^[0-9a-f]{24}$/],
  ['nanoid', { length: 8 }, /^[\w-]{8}$/],
  ['nanoid', { length: 36 }, /^[\w-]{36}$/],
  ['short_id', { length: 4 }, /^[1-9A-HJ-NP-Za-km-z]{4}$/],
  ['short_id', { length: 32 }, /^[1-9A-HJ-NP-Za-km-z]{32}$/],
  ['hex', { length: 14 }, /^[0-9a-f]{14}$/],
]

test.each(kinds)('%s %o is well formed and never the same twice', async (type, options, form) => {
  const values = await generateValues({ type, options, count })
  expect(values.filter((value) => !form.test(value))).toEqual([])
  expect(new Set(values).size).toBe(count)
})

test('short lists of hexadecimal digits are unique when asked to be', async () => {
  const values = await generateValues({ type: 'hex', options: { length: 3 }, count: 4096, unique: true })
  expect(values.toSorted()).toEqual(
    Array.from({ length: 4096 }, (_, value) => value.toString(16).padStart(3, '0')),
  )
  const long = await generateValues({ type: 'hex', options: { length: 13 }, count, unique: true })
  expect(new Set(long).size).toBe(count)
})

test.each(['uuid_v7', 'ulid', 'object_id'])(
  '%s grows from row to row, however close the rows are',
  async (type) => {
    for (const spreadSeconds of [0, 1, 86_400, 3650 * 86_400]) {
      const values = await generateValues({ type, options: { spreadSeconds }, count: 20_000 })
      expect(values.every((value, row) => row === 0 || value > (values[row - 1] ?? ''))).toBe(true)
    }
  },
)

test('the times in ids are within the spread', async () => {
  const options = { start: '2024-01-01T00:00:00Z', spreadSeconds: 3600 }
  const from = Date.parse(options.start)
  const times = {
    uuid_v7: (id: string) => Number.parseInt(id.replace('-', '').slice(0, 12), 16),
    object_id: (id: string) => Number.parseInt(id.slice(0, 8), 16) * 1000,
    ulid: (id: string) =>
      Array.from(id.slice(0, 10)).reduce(
        (sum, letter) => sum * 32 + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(letter),
        0,
      ),
  }
  for (const [type, timeOf] of Object.entries(times)) {
    const values = (await generateValues({ type, options, count: 1000 })).map(timeOf)
    expect(values.every((time) => time >= from && time < from + 3_600_000)).toBe(true)
    expect(new Set(values).size).toBeGreaterThan(900)
  }
})

test('too short an id for the rows is a fault', async () => {
  const asked = generateValues({ type: 'short_id', options: { length: 4 }, count: 58 ** 4 + 1 })
  await expect(asked).rejects.toMatchObject({ faults: [{ code: 'space_too_small' }] })
})
