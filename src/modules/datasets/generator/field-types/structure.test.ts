import { expect, test } from 'vitest'
import { faultsOf, generateTables } from '../../../../../test/harness/generated-tables.ts'
import { generateValues } from '../../../../../test/harness/generated-values.ts'
import { fieldTypes } from '../field-types.ts'

const enumOf = (...values: unknown[]) => ({ type: 'enum', options: { values } })
const awkward = [
  '"',
  '\\',
  'a\tb\nc\r\b\f',
  '\u0001\u001f\u007f',
  '日本 😀',
  '</script>',
  '',
  '\u2028',
  '\\N',
]

const everything = {
  text: enumOf(...awkward),
  number: enumOf(1.5, -0.25, 1e-7, 100),
  whole: enumOf(-3, 0, 1e15),
  yes: { type: 'boolean' },
  'a "key" \\ of\tits own': { type: 'constant', options: { value: null } },
  deep: {
    type: 'json_object',
    options: { fields: { list: { type: 'json_array', options: { item: enumOf(...awkward) } } } },
  },
  empty: { type: 'json_object', options: { fields: {} } },
  none: { type: 'json_array', options: { item: { type: 'boolean' }, max: 0 } },
}

test('JSON stands as JSON.stringify prints it', async () => {
  const values = await generateValues({ type: 'json_object', options: { fields: everything }, count: 2000 })
  const parsed = values.map((value) => JSON.parse(value))
  expect(parsed.map((value) => JSON.stringify(value))).toEqual(values)
  expect(Object.keys(parsed[0])).toEqual(Object.keys(everything))
  expect(new Set(parsed.map(({ text }) => text))).toEqual(new Set(awkward))
  expect(new Set(parsed.map(({ number }) => number))).toEqual(new Set([1.5, -0.25, 1e-7, 100]))
  expect(new Set(parsed.map(({ yes }) => yes))).toEqual(new Set([true, false]))
  expect(parsed.every((value) => value['a "key" \\ of\tits own'] === null)).toBe(true)
})

test('a number that JavaScript would round stays text', async () => {
  const options = { fields: { value: { type: 'bigint' } } }
  const values = await generateValues({ type: 'json_object', options, count: 100 })
  expect(values.filter((value) => !/^\{"value":("-?\d{16,19}"|-?\d{1,16})\}$/.test(value))).toEqual([])
})

const readsOthers = ['reference', 'lookup', 'template', 'formula']

test.each([...fieldTypes.values()].filter(({ name }) => !readsOthers.includes(name)).map(({ name }) => name))(
  '%s stands in JSON as JSON.stringify prints it',
  async (type) => {
    const options = { fields: { value: { type, options: fieldTypes.get(type)?.example } } }
    if (
      (
        await faultsOf([
          { name: 'things', count: 200, fields: [{ name: 'value', type: 'json_object', options }] },
        ])
      ).length > 0
    ) {
      throw new Error(`${type} cannot be nested`)
    }
    const values = await generateValues({ type: 'json_object', options, count: 200 })
    expect(values.map((value) => JSON.stringify(JSON.parse(value)))).toEqual(values)
  },
)

test('arrays have every length within their bounds, and items of their own', async () => {
  const options = { item: { type: 'uuid' }, min: 1, max: 4 }
  const values = await generateValues({ type: 'json_array', options, count: 2000 })
  const lists: string[][] = values.map((value) => JSON.parse(value))
  expect(new Set(lists.map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4]))
  expect(new Set(lists.flat()).size).toBe(lists.flat().length)
})

test('equal types under different names have different values', async () => {
  const one = enumOf(...Array.from({ length: 1000 }, (_, place) => place))
  const inner = { type: 'json_object', options: { fields: { a: one } } }
  const options = { fields: { a: one, b: one, c: inner } }
  const values = await generateValues({ type: 'json_object', options, count: 1000 })
  const parsed: { a: number; b: number; c: { a: number } }[] = values.map((value) => JSON.parse(value))
  expect(parsed.filter(({ a, b }) => a === b).length).toBeLessThan(15)
  expect(parsed.filter(({ a, c }) => a === c.a).length).toBeLessThan(15)
})

const nestedIn = (depth: number): Record<string, unknown> =>
  depth === 0 ? { type: 'boolean' } : { type: 'json_array', options: { item: nestedIn(depth - 1), max: 2 } }

test.each([
  [{ a: { type: 'nothing' } }, 'options.fields.a.type', 'unknown_type'],
  [
    { a: { type: 'boolean', options: { probability: 2 } } },
    'options.fields.a.options.probability',
    'too_big',
  ],
  [{ a: enumOf('x', 'x') }, 'options.fields.a.options.values', 'repeated_value'],
  [
    { a: { type: 'template', options: { template: '{{id}}' } } },
    'options.fields.a.options.template',
    'not_in_json',
  ],
  [
    { a: { type: 'formula', options: { expression: 'id' } } },
    'options.fields.a.options.expression',
    'not_in_json',
  ],
  [
    { a: { type: 'reference', options: { table: 'things', column: 'id' } } },
    'options.fields.a.type',
    'not_in_json',
  ],
  [
    { a: { type: 'json_array', options: { item: enumOf('x'.repeat(400)), max: 900 } } },
    'options.fields.a.options.max',
    'too_long',
  ],
  [{ a: nestedIn(5) }, `options.fields.a${'.options.item'.repeat(5)}`, 'too_deep'],
])('%o is refused', async (fields, path, code) => {
  const value = { name: 'value', type: 'json_object', options: { fields } }
  const id = { name: 'id', type: 'sequence' }
  expect(await faultsOf([{ name: 'things', count: 10, fields: [value, id] }])).toMatchObject([
    { path: `tables.0.fields.0.${path}`, code },
  ])
})

test('five deep is not too deep', async () => {
  const { things } = await generateTables([
    {
      name: 'things',
      count: 1,
      fields: [{ name: 'value', type: 'json_object', options: { fields: { a: nestedIn(4) } } }],
    },
  ])
  expect(things?.value?.[0]).toMatch(/^\{"a":\[/)
})
