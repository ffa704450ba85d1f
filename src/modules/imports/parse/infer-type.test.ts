import { describe, expect, it } from 'vitest'
import { readTimestamp } from './calendar-text.ts'
import { safeNames } from './column-names.ts'
import { doubleText } from './double-text.ts'
import { newProfile, noteCell, typeOf } from './infer-type.ts'
import type { CellKind } from './source-rows.ts'

const typeOfAll = (kind: CellKind, ...texts: string[]): string => {
  const profile = newProfile()
  for (const text of texts) noteCell(profile, text, kind)
  return typeOf(profile)
}

describe('the type of a column', () => {
  it.each([
    ['integer', ['0', '-5', '2147483647', '-2147483648']],
    ['bigint', ['1', '2147483648', '9223372036854775807', '-9223372036854775808']],
    ['numeric', ['9223372036854775808', '1']],
    ['numeric', ['1', '0.10', '-3.14159265358979323846']],
    ['double', ['1e5', '2', '-0.5', '1E-7']],
    // A double would lose digits of the second.
    ['text', ['1e5', '9223372036854775807']],
    ['text', ['1e999']],
    ['text', ['007']],
    ['text', ['+5']],
    ['text', ['5.']],
    ['text', ['.5']],
    ['text', ['1,5']],
    ['text', [' 5']],
    ['text', ['1', 'x']],
    ['text', ['9'.repeat(2000)]],
    ['text', ['Infinity']],
    ['text', ['0x10']],
    ['boolean', ['true', 'FALSE', 'True']],
    ['text', ['true', '1']],
    ['uuid', ['0190C0A0-0000-7000-8000-000000000000', '12345678-0000-7000-8000-000000000000']],
    ['date', ['2024-02-29', '0001-01-01']],
    ['text', ['2023-02-29']],
    ['text', ['2024-04-31']],
    ['text', ['0000-01-01']],
    ['time', ['23:59:59', '00:00:00.5']],
    ['text', ['24:00:00']],
    ['timestamp', ['2024-01-02T03:04:05.678Z', '2024-01-02 03:04', '2024-01-02 03:04:05+02:00']],
    ['text', ['2024-01-02T03:04:60Z']],
    ['text', ['2024-01-02T03:04:05.1234567Z']],
    ['text', ['2024-01-02', '2024-01-02T03:04:05Z']],
    ['text', []],
    ['text', ['']],
  ])('%s: %j', (type, texts) => expect(typeOfAll('open', ...texts)).toBe(type))

  it.each([
    ['text', ['5']],
    ['text', ['true']],
    ['date', ['2024-02-29']],
    ['uuid', ['0190c0a0-0000-7000-8000-000000000000']],
  ])('of strings that a file calls strings, %s: %j', (type, texts) =>
    expect(typeOfAll('string', ...texts)).toBe(type),
  )

  it('is text where JSON values differ in kind', () => {
    const profile = newProfile()
    noteCell(profile, '{"a":1}', 'json')
    expect(typeOf(profile)).toBe('json')
    noteCell(profile, '5', 'number')
    expect(typeOf(profile)).toBe('text')
  })
})

it('moves time stamps to UTC and prints them as PostgreSQL does', () => {
  expect(readTimestamp('2024-01-01T00:30:00.120+01:00')).toBe('2023-12-31 23:30:00.12+00')
  expect(readTimestamp('0099-12-31T23:30:00-0100')).toBe('0100-01-01 00:30:00+00')
  expect(readTimestamp('0001-01-01T00:30:00+01')).toBeUndefined()
  expect(readTimestamp('2024-01-02T03:04:05')).toBe('2024-01-02 03:04:05+00')
})

it('prints doubles as PostgreSQL does', () => {
  expect([1e15, 1e14, 0.0001, 0.00001, -0, 1.5e300, 123456789012345680].map(doubleText)).toEqual([
    '1e+15',
    '100000000000000',
    '0.0001',
    '1e-05',
    '-0',
    '1.5e+300',
    '1.2345678901234568e+17',
  ])
})

it('makes names that PostgreSQL takes and that differ', () => {
  const labels = [
    'Größe',
    'grosse',
    'GROSSE',
    '',
    '名前',
    '1st',
    '_id',
    'ctid',
    'a b-c',
    'x'.repeat(70),
    'x'.repeat(80),
  ]
  expect(safeNames(labels, 'column')).toEqual([
    'Gro_e',
    'grosse',
    'GROSSE_2',
    'column_4',
    'column_5',
    'column_1st',
    'id',
    'ctid_2',
    'a_b_c',
    'x'.repeat(63),
    `${'x'.repeat(61)}_2`,
  ])
})
