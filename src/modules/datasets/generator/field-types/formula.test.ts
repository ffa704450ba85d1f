import { expect, test } from 'vitest'
import { faultsOf, generateTables } from '../../../../../test/harness/generated-tables.ts'
import { SchemaFault } from '../field-type.ts'
import { compileFormula } from '../formula/compile-formula.ts'

const constant = (name: string, value: unknown) => ({ name, type: 'constant', options: { value } })

const fields = [
  constant('price', 12.5),
  constant('count', 4),
  constant('zero', 0),
  constant('word', 'Zoë😀'),
  constant('yes', true),
  { ...constant('gone', 7), nullRate: 1 },
  { ...constant('silent', 'x'), nullRate: 1 },
  { ...constant('unsure', true), nullRate: 1 },
  { name: 'id', type: 'sequence' },
]

const valuesOf = async (expression: string, decimals?: number) => {
  const options = { expression, ...(decimals === undefined ? {} : { decimals }) }
  const value = { name: 'value', type: 'formula', options }
  const { things } = await generateTables([{ name: 'things', count: 2, fields: [...fields, value] }])
  return things?.value
}

test.each([
  ['1 + 2 * 3', '7'],
  ['(1 + 2) * 3', '9'],
  ['10 - 4 - 3', '3'],
  ['2 ^ 3 ^ 2', '512'],
  ['-2 ^ 2', '-4'],
  ['2 ^ -1', '0.5'],
  ['-7 % 3', '-1'],
  ['price * count', '50'],
  ['1e300 * 1e300', null],
  ['1 / (1e300 * 1e300)', null],
  ['price / zero', null],
  ['price % zero', null],
  ['gone ^ 0', null],
  ['gone * 0', null],
  ['1e15 + 1', '1.000000000000001e+15'],
  ['1 / 3e5', '3.3333333333333333e-06'],
  ['0.1 + 0.2', '0.30000000000000004'],
  ['round(1.005, 2)', '1.01'],
  ['round(-2.5)', '-3'],
  ['round(1234, -2)', '1200'],
  ['floor(-1.5) + ceil(1.2) + abs(-3)', '3'],
  ['min(3, count, 9) & max(1, price)', '312.5'],
  ['max(1, gone)', null],
  ['length(word)', '4'],
  ["upper(word) & '!'", 'ZOË😀!'],
  ["lower('ÀB')", 'àb'],
  ['substring(word, 2, 2)', 'oë'],
  ['substring(word, 4)', '😀'],
  ['substring(word, 0, 2)', 'Z'],
  ["concat(word, count, price, yes, 'it''s')", "Zoë😀412.5trueit's"],
  ['concat(word, silent)', null],
  ['coalesce(gone, count)', '4'],
  ["coalesce(silent, 'none')", 'none'],
  ['coalesce(unsure, false)', 'f'],
  ["if(count > 3, 'many', 'few')", 'many'],
  ["gone > 3 ? 'many' : 'few'", 'few'],
  ['yes ? 1 : zero = 0 ? 2 : 3', '1'],
  ["word = 'Zoë😀' and not false", 't'],
  ["'a' < 'b' or 1 / 0 > 1", 't'],
  ['unsure or yes', 't'],
  ['unsure and yes', null],
  ['unsure and false', 'f'],
  ['not unsure', null],
  ['yes != true', 'f'],
  ['count <> 4', 'f'],
  ['count == 4', 't'],
  ['gone = gone', null],
  ['not count >= 5 and count <= 4', 't'],
])('%s is %s', async (expression, expected) => {
  expect((await valuesOf(expression))?.[0]).toBe(expected)
})

test.each([
  ['price * count', 2, '50.00'],
  ['1.005', 2, '1.01'],
  ['-0.001', 2, '0.00'],
  ['2 / 3', 0, '1'],
  ['-2 / 3', 10, '-0.6666666667'],
  ['1e25', 2, '10000000000000000905969664.00'],
  ['2 ^ 70', 0, '1180591620717411303424'],
  ['9007199254740993', 1, '9007199254740992.0'],
  ['1 / 0', 2, null],
])('%s with %i decimals is %s', async (expression, decimals, expected) => {
  expect((await valuesOf(expression, decimals))?.[0]).toBe(expected)
})

test('every row has a value of its own, the same for any order of reading', async () => {
  expect(await valuesOf('id * 10 + id')).toEqual(['11', '22'])
})

const dates = [
  { name: 'date', type: 'date', options: { from: '2024-01-31', to: '2024-01-31' } },
  { name: 'late', type: 'date', options: { from: '2025-03-01', to: '2025-03-01' } },
  { name: 'old', type: 'date', options: { from: '0001-03-01', to: '0001-03-01' } },
]

test.each([
  ['date', '2024-01-31'],
  ['add_days(date, 30)', '2024-03-01'],
  ['add_days(old, -59)', '0001-01-01'],
  ['add_days(old, -60)', null],
  ['add_days(date, 1e9)', null],
  ['add_days(date, 1 / 0)', null],
  ['add_seconds(date, 3723.5)', '2024-01-31 01:02:03.5+00'],
  ['add_days(add_seconds(date, 1), 1)', '2024-02-01 00:00:01+00'],
  ['add_seconds(add_seconds(date, 3661.25), 0.75)', '2024-01-31 01:01:02+00'],
  ['days_between(date, late)', '395'],
  ['days_between(late, date)', '-395'],
  ['days_between(date, add_seconds(date, 43200))', '0.5'],
  ['year(date) * 10000 + month(date) * 100 + day(date)', '20240131'],
  ['date < late', 't'],
  ["'on ' & date & ', ' & add_seconds(date, 1)", 'on 2024-01-31, 2024-01-31 00:00:01+00'],
  ['coalesce(add_days(date, 1e9), late)', '2025-03-01'],
  ['year(date) > 2024 ? date : late', '2025-03-01'],
])('%s is %s', async (expression, expected) => {
  const value = { name: 'value', type: 'formula', options: { expression } }
  const { things } = await generateTables([{ name: 'things', count: 1, fields: [...dates, value] }])
  expect(things?.value?.[0]).toBe(expected)
})

test('timestamps are read to the millisecond', async () => {
  const created = { name: 'created', type: 'datetime' }
  const value = { name: 'value', type: 'formula', options: { expression: 'add_seconds(created, 0)' } }
  const { things } = await generateTables([{ name: 'things', count: 500, fields: [created, value] }])
  expect(things?.value).toEqual(things?.created)
})

const faultOf = async (expression: string, decimals?: number) => {
  const options = { expression, ...(decimals === undefined ? {} : { decimals }) }
  const value = { name: 'value', type: 'formula', options }
  const faults = await faultsOf([{ name: 'things', count: 2, fields: [...fields, ...dates, value] }])
  expect(faults.length).toBeLessThan(2)
  return faults[0]
}

test.each([
  ['1 +', 4, 'ends too early'],
  ['1 2', 3, '2 does not fit'],
  ['(1', 3, ') is missing'],
  ['round(1', 8, ', or ) is missing'],
  ["'abc", 1, 'does not end'],
  ['1 # 2', 3, 'no meaning of #'],
  ['1 + word', 5, 'This is a text; a number is needed'],
  ['-word', 2, 'a number is needed'],
  ['price and yes', 1, 'a boolean is needed'],
  ['not price', 5, 'a boolean is needed'],
  ['price = word', 9, 'a number is needed'],
  ['date < add_seconds(date, 1)', 8, 'a date is needed'],
  ['yes < false', 1, 'only equal or not'],
  ['1 < 2 < 3', 7, 'Join comparisons'],
  ['upper(1)', 7, 'a text is needed'],
  ['year(1)', 6, 'a date or timestamp is needed'],
  ['if(yes, 1, word)', 12, 'a number is needed'],
  ['coalesce(1, yes)', 13, 'a number is needed'],
  ['random()', 1, 'no function random'],
  ['round()', 1, 'takes 1 to 2 values, not 0'],
  ['1e999', 1, 'too large'],
  ['and', 1, 'and does not fit'],
  [`${'('.repeat(200)}1${')'.repeat(200)}`, 61, 'within each other'],
  [`${'upper('.repeat(20)}word${')'.repeat(20)}`, 1, 'longer than'],
])('%s is wrong at position %i: %s', async (expression, position, message) => {
  const fault = await faultOf(expression)
  expect(fault).toMatchObject({ path: 'tables.0.fields.12.options.expression', code: 'invalid_formula' })
  expect(fault?.message).toContain(message)
  if (!expression.startsWith('upper(upper')) expect(fault?.message).toContain(`Position ${position}:`)
})

test('unknown fields, circles and decimals of what is no number are refused', async () => {
  const path = 'tables.0.fields.12.options.expression'
  expect(await faultOf('nobody + 1')).toMatchObject({ path, code: 'unknown_field' })
  expect(await faultOf('value + 1')).toMatchObject({ path, code: 'circular' })
  expect(await faultOf('word', 2)).toMatchObject({ code: 'not_a_number' })
})

test('whatever the text, a formula compiles or is a fault of the schema', () => {
  const words = [
    ...'+-*/%^&<>=?:(),\'" .#',
    ...[
      '<=',
      '!=',
      '==',
      'and',
      'or',
      'not',
      'if(',
      'round(',
      'substring(',
      'coalesce(',
      'add_days(',
      'upper(',
    ],
    ...[
      'true',
      '1',
      '2.5',
      '1e3',
      "'x'",
      'number',
      'text',
      'constructor',
      '__proto__(',
      'toString',
      'é',
      '\ud800',
    ],
  ]
  let state = 1
  const next = (size: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * size)
  }
  let compiled = 0
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: 1 + next(12) }, () => words[next(words.length)]).join(
      next(2) === 0 ? ' ' : '',
    )
    try {
      const value = compileFormula(text, (name) => {
        if (name === 'number') return { type: 'number', evaluate: (row) => row }
        if (name === 'text') return { type: 'text', evaluate: String, maxBytes: 20 }
        throw new SchemaFault('options.expression', 'unknown_field', name)
      })
      value.evaluate(round)
      compiled += 1
    } catch (error) {
      if (!(error instanceof SchemaFault)) throw new Error(`${text}: ${error}`)
    }
  }
  expect(compiled).toBeGreaterThan(200)
})

test('rows without a value of their own stay so beside those that the nullRate takes', async () => {
  const options = { expression: '10 / (id % 2)' }
  const value = { name: 'value', type: 'formula', options, nullRate: 0.3 }
  const { things } = await generateTables([{ name: 'things', count: 1000, fields: [...fields, value] }])
  const values = things?.value ?? []
  expect(values.filter((_, row) => row % 2 === 1)).toEqual(new Array(500).fill(null))
  const odd = values.filter((_, row) => row % 2 === 0)
  expect(new Set(odd)).toEqual(new Set(['10', null]))
  expect(Math.abs(odd.filter((cell) => cell === null).length - 150)).toBeLessThan(45)
})
