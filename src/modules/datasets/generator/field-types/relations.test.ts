import { describe, expect, test } from 'vitest'
import { faultsOf, generateTables, type WantedTable } from '../../../../../test/harness/generated-tables.ts'

type Options = Record<string, unknown>
type About = { parents: number; children: number; options?: Options; nullRate?: number; unique?: boolean }

const familyOf = ({
  parents,
  children,
  options = {},
  nullRate = 0,
  unique = false,
}: About): WantedTable[] => [
  {
    name: 'users',
    count: parents,
    fields: [
      { name: 'id', type: 'uuid' },
      { name: 'name', type: 'first_name' },
      { name: 'code', type: 'sequence', nullRate: 0.5 },
    ],
  },
  {
    name: 'orders',
    count: children,
    fields: [
      {
        name: 'user_id',
        type: 'reference',
        options: { table: 'users', column: 'id', ...options },
        nullRate,
        unique,
      },
    ],
  },
]

/** How many children each parent has. Throws for a child whose parent does not exist. */
const childrenOf = async (about: About): Promise<number[]> => {
  const { users, orders } = await generateTables(familyOf(about))
  const counts = new Map((users?.id ?? []).map((id) => [id, 0]))
  for (const id of orders?.user_id ?? []) {
    if (id === null) continue
    const count = counts.get(id)
    if (count === undefined) throw new Error(`There is no user ${id}`)
    counts.set(id, count + 1)
  }
  return [...counts.values()]
}

const sumOf = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0)

test.each([
  [1, 1, 1, 1],
  [10, 30, 3, 3],
  [10, 0, 0, 3],
  [1000, 1000, 0, 1],
  [1000, 1, 0, 1],
  [1000, 5000, 2, 9],
  [1000, 9000, 2, 9],
  [1000, 2000, 2, 9],
  [7, 100, 0, 1000],
  [5000, 17_001, 1, 5],
])('%i parents share %i children, each %i to %i', async (parents, children, min, max) => {
  const counts = await childrenOf({ parents, children, options: { cardinality: { min, max } } })
  expect(sumOf(counts)).toBe(children)
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(min)
  expect(Math.max(...counts)).toBeLessThanOrEqual(max)
})

test('the number of children varies within its bounds', async () => {
  const counts = await childrenOf({
    parents: 2000,
    children: 10_000,
    options: { cardinality: { min: 2, max: 8 } },
  })
  expect(new Set(counts)).toEqual(new Set([2, 3, 4, 5, 6, 7, 8]))
})

test('without a cardinality every parent is as likely', async () => {
  const counts = await childrenOf({ parents: 100, children: 100_000 })
  expect(counts.every((count) => Math.abs(count - 1000) < 150)).toBe(true)
})

test('by Zipf a few parents have most children, and not the first ones', async () => {
  const options = { distribution: 'zipf', exponent: 1 }
  const counts = await childrenOf({ parents: 1000, children: 100_000, options })
  const sorted = counts.toSorted((one, other) => other - one)
  // The share of rank 1 of 1000 is 1 / 7.485.
  expect(Math.abs((sorted[0] ?? 0) - 13_360)).toBeLessThan(500)
  expect(sumOf(sorted.slice(0, 10))).toBeGreaterThan(37_000)
  expect(counts.slice(0, 10)).not.toEqual(sorted.slice(0, 10))
})

test('with unique each parent has one child at most', async () => {
  const counts = await childrenOf({ parents: 1000, children: 900, unique: true })
  expect(sumOf(counts)).toBe(900)
  expect(Math.max(...counts)).toBe(1)
  const cardinality = { min: 0, max: 1 }
  expect(sumOf(await childrenOf({ parents: 50, children: 50, unique: true, options: { cardinality } }))).toBe(
    50,
  )
})

test('a share of the children may have no parent', async () => {
  const counts = await childrenOf({ parents: 0, children: 100, nullRate: 1 })
  expect(counts).toEqual([])
  expect(sumOf(await childrenOf({ parents: 10, children: 10_000, nullRate: 0.3 }))).toBeLessThan(7300)
})

describe('a lookup', () => {
  const lookedUp = async (about: Pick<About, 'options' | 'nullRate' | 'unique'>) => {
    const [users, orders] = familyOf({ parents: 300, children: 250, ...about })
    if (users === undefined || orders === undefined) throw new Error('The family is not complete')
    const fields = ['name', 'code'].map((column) => ({
      name: `user_${column}`,
      type: 'lookup',
      options: { via: 'user_id', column },
    }))
    return generateTables([users, { ...orders, fields: [...orders.fields, ...fields] }])
  }

  test.each<[string, Pick<About, 'options' | 'nullRate' | 'unique'>]>([
    ['drawn evenly', {}],
    ['drawn once', { unique: true }],
    ['drawn by Zipf', { options: { distribution: 'zipf' } }],
    ['dealt', { options: { cardinality: { min: 0, max: 2 } } }],
    ['sometimes without', { nullRate: 0.5 }],
  ])('has the values of the row that its reference names, %s', async (_, about) => {
    const { users, orders } = await lookedUp(about)
    const rowOf = new Map(users?.id?.map((id, row) => [id, row]))
    const userIds = orders?.user_id ?? []
    expect(userIds).toHaveLength(250)
    for (const [child, id] of userIds.entries()) {
      const parent = id === null ? -1 : (rowOf.get(id) ?? -1)
      expect(orders?.user_name?.[child]).toBe(users?.name?.[parent] ?? null)
      expect(orders?.user_code?.[child]).toBe(users?.code?.[parent] ?? null)
    }
    expect(orders?.user_code).toContain(null)
  })

  test('needs a reference', async () => {
    const [users, orders] = familyOf({ parents: 3, children: 3 })
    if (users === undefined || orders === undefined) throw new Error('The family is not complete')
    const fields = [
      ...orders.fields,
      { name: 'label', type: 'sequence' },
      { name: 'wrong', type: 'lookup', options: { via: 'label', column: 'name' } },
      { name: 'lost', type: 'lookup', options: { via: 'user_id', column: 'age' } },
      { name: 'missing', type: 'lookup', options: { via: 'userId', column: 'name' } },
    ]
    expect(await faultsOf([users, { ...orders, fields }])).toMatchObject([
      { path: 'tables.1.fields.2.options.via', code: 'not_a_reference' },
      { path: 'tables.1.fields.3.options.column', code: 'unknown_field' },
      { path: 'tables.1.fields.4.options.via', code: 'unknown_field' },
    ])
  })
})

test('the column is a foreign key', async () => {
  const { compileDataset } = await import('../compile-dataset.ts')
  const tables = await compileDataset({
    seed: 'test',
    locale: 'en',
    refDate: '2024-06-01T12:00:00Z',
    tables: familyOf({ parents: 1, children: 1 }).map((table) => ({
      ...table,
      fields: table.fields.map((field) => ({ options: {}, nullRate: 0, unique: false, ...field })),
    })),
  })
  expect(tables[1]?.foreignKeys).toEqual([
    { column: 'user_id', references: { table: 'users', column: 'id' } },
  ])
  expect(tables[1]?.columns).toEqual([{ name: 'user_id', type: 'uuid' }])
})

test.each<[string, string, About]>([
  ['options.column', 'reference_not_unique', { parents: 5, children: 5, options: { column: 'name' } }],
  ['options.column', 'reference_not_unique', { parents: 5, children: 5, options: { column: 'code' } }],
  ['options.table', 'unknown_table', { parents: 5, children: 5, options: { table: 'persons' } }],
  ['options.column', 'unknown_field', { parents: 5, children: 5, options: { column: 'key' } }],
  ['options.table', 'no_rows_to_reference', { parents: 0, children: 5 }],
  ['unique', 'space_too_small', { parents: 4, children: 5, unique: true }],
  [
    'options.cardinality',
    'cardinality_not_possible',
    { parents: 4, children: 13, options: { cardinality: { min: 1, max: 3 } } },
  ],
  [
    'options.cardinality',
    'cardinality_not_possible',
    { parents: 4, children: 3, options: { cardinality: { min: 1, max: 3 } } },
  ],
  [
    'options.cardinality.max',
    'below_min',
    { parents: 4, children: 4, options: { cardinality: { min: 3, max: 2 } } },
  ],
  [
    'options.cardinality.min',
    'min_with_nulls',
    { parents: 4, children: 4, nullRate: 0.1, options: { cardinality: { min: 1, max: 2 } } },
  ],
])('%s: %s', async (path, code, about) => {
  expect(await faultsOf(familyOf(about))).toMatchObject([{ path: `tables.1.fields.0.${path}`, code }])
})
