import { expect, test } from 'vitest'
import { AppError } from '../errors.ts'
import type { Column } from './column.ts'
import { whereSchema, whereToSql } from './where.ts'

const columns: Column[] = [
  { name: 'n', type: 'integer' },
  { name: 'big', type: 'bigint' },
  { name: 'd', type: 'double' },
  { name: 'price', type: 'numeric' },
  { name: 'word', type: 'text' },
  { name: 'marked', type: 'text', nuls: true },
  { name: 'on', type: 'boolean' },
  { name: 'key', type: 'uuid' },
  { name: 'day', type: 'date' },
  { name: 'hour', type: 'time' },
  { name: 'at', type: 'timestamp' },
  { name: 'extra', type: 'json' },
  { name: 'a"b', type: 'text' },
]
const toSql = (where: object) => whereToSql(whereSchema.parse(where), columns)
const faultsOf = (where: object) => {
  try {
    return toSql(where)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.errors.map(({ path, code }) => `${path} ${code}`)
  }
}

test('a value stands for equality, null for none', () => {
  expect(toSql({ n: 5, word: null })).toEqual([`"n" = '5'::integer`, '"word" is null'])
})

test('operators of one column all hold', () => {
  expect(toSql({ n: { gt: 1, gte: 2, lt: 9, lte: 8, ne: 5 } })).toEqual([
    `"n" is distinct from '5'::integer`,
    `"n" > '1'::integer`,
    `"n" >= '2'::integer`,
    `"n" < '9'::integer`,
    `"n" <= '8'::integer`,
  ])
  expect(toSql({ n: { ne: null } })).toEqual(['"n" is distinct from null'])
  expect(toSql({ n: { in: [1, null] } })).toEqual([`("n" = '1'::integer or "n" is null)`])
  expect(toSql({ n: {} })).toEqual([])
})

test('a number that was rounded before it came is refused, where text has it whole', () => {
  expect(faultsOf({ big: 2 ** 53 })).toEqual(['where.big invalid_value'])
  expect(faultsOf({ price: { in: [1e20] } })).toEqual(['where.price invalid_value'])
  expect(toSql({ big: '9007199254740993' })).toEqual([`"big" = '9007199254740993'::bigint`])
  expect(toSql({ d: 1e300 })).toEqual([`"d" = '1e+300'::double precision`])
})

test('names and values are quoted', () => {
  expect(toSql({ 'a"b': "o'clock" })).toEqual([`"a""b" = 'o''clock'::text`])
  expect(toSql({ word: 'back\\slash' })).toEqual([`"word" =  E'back\\\\slash'::text`])
  expect(toSql({ word: { contains: "50%_'" } })).toEqual([`"word"::text ilike  E'%50\\\\%\\\\_''%'`])
})

test('a U+0000 is looked for as it is stored, and nowhere else', () => {
  expect(toSql({ marked: 'a\0b' })).toEqual([`"marked" = 'a\uf8ff0b'::text`])
  expect(toSql({ marked: { contains: '\0' } })).toEqual([`"marked"::text ilike '%\uf8ff0%'`])
  expect(faultsOf({ word: 'a\0b' })).toEqual(['where.word invalid_value'])
  expect(faultsOf({ word: { contains: '\0' } })).toEqual(['where.word invalid_value'])
})

test.each<[string, unknown[], unknown[]]>([
  ['n', [-2147483648, 2147483647, '0', '-1'], [2147483648, -2147483649, 1.5, 'x', '', '1e3', true]],
  ['big', ['9223372036854775807', '-9223372036854775808', 5], ['9223372036854775808', '1.0', ' 1']],
  ['d', [1.5, '-1e300', '5e-324', 0, '0e0', '0.000'], ['1e-400', '1e400', 'NaN', 'Infinity', '1.']],
  ['price', [0.1, 1e-7, '123456789012345678901234567890.5'], ['NaN', '1,5', `1${'0'.repeat(3_000)}`]],
  ['on', [true, 'false'], [1, 't', 'TRUE']],
  ['key', ['123E4567-e89b-02d3-0456-426614174000'], ['123e4567', '{123e4567-e89b-12d3-a456-426614174000}']],
  ['day', ['2024-02-29', '0001-01-01', '9999-12-31'], ['2023-02-29', '0000-01-01', 'today', '2024-1-1']],
  ['hour', ['00:00:00', '23:59:59.999', '12:30'], ['24:00:01', 'now', '12:30+01']],
  [
    'at',
    [
      '2024-01-16T00:00:00',
      '2024-01-01T00:00:00Z',
      '2024-01-01T00:00:00.123456-15:59',
      '2024-02-29',
      '2024-01-01 00:00:00',
      '2024-01-01 00:00:00.5+00',
    ],
    ['infinity', '2024-01-01T00:00:00+16:00', '0000-01-01T00:00:00Z', '2023-02-29', '2024-01-01 '],
  ],
  ['extra', [], ['{}', 1]],
  ['nothing', [], [1]],
])('of a value of %s PostgreSQL is asked only what it can read', (name, good, bad) => {
  for (const value of good)
    expect([value, faultsOf({ [name]: value })]).toEqual([value, [expect.stringContaining('=')]])
  for (const value of bad) {
    expect([value, faultsOf({ [name]: value })]).toEqual([
      value,
      [expect.stringMatching(`^where.${name} (invalid_value|unknown_column)$`)],
    ])
  }
})

test('every fault is told at once', () => {
  expect(faultsOf({ n: 'x', nothing: 1, day: { gt: 'y', lt: 'z' } })).toEqual([
    'where.n invalid_value',
    'where.nothing unknown_column',
    'where.day invalid_value',
    'where.day invalid_value',
  ])
})

test('filters have a bound', () => {
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`c${n}`, 1]))
  for (const where of [
    many,
    { n: { in: [] } },
    { n: { in: Array(1_001).fill(1) } },
    { word: 'x'.repeat(10_001) },
  ]) {
    expect(whereSchema.safeParse(where).success).toBe(false)
  }
  for (const where of [{ n: { gt: null } }, { n: { like: 1 } }, { n: [1] }, { n: { eq: { a: 1 } } }]) {
    expect(whereSchema.safeParse(where).success).toBe(false)
  }
})
