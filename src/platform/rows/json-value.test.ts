import { expect, test } from 'vitest'
import type { ColumnType } from './column.ts'
import { toIsoInstant, toJsonValue } from './json-value.ts'

test.each<[ColumnType, string | null, unknown]>([
  ['text', null, null],
  ['text', '', ''],
  ['text', 'null', 'null'],
  ['boolean', 't', true],
  ['boolean', 'true', true],
  ['boolean', 'f', false],
  ['integer', '-2147483648', -2147483648],
  ['bigint', '9007199254740991', 9007199254740991],
  ['bigint', '9007199254740992', '9007199254740992'],
  ['bigint', '-9007199254740993', '-9007199254740993'],
  ['bigint', '9223372036854775807', '9223372036854775807'],
  ['double', '0.1', 0.1],
  ['double', '1e-07', 1e-7],
  ['double', 'NaN', 'NaN'],
  ['double', '-Infinity', '-Infinity'],
  ['numeric', '12.50', 12.5],
  ['numeric', '0.000000000000001', 1e-15],
  ['numeric', '123456789012345', 123456789012345],
  ['numeric', '1234567890123456', '1234567890123456'],
  ['numeric', '0.1234567890123456', '0.1234567890123456'],
  ['numeric', '-1.00000000000000001', '-1.00000000000000001'],
  ['numeric', 'NaN', 'NaN'],
  ['numeric', 'Infinity', 'Infinity'],
  ['uuid', '123e4567-e89b-12d3-a456-426614174000', '123e4567-e89b-12d3-a456-426614174000'],
  ['date', '2024-02-29', '2024-02-29'],
  ['time', '12:34:56.7', '12:34:56.7'],
  ['timestamp', '2024-01-02 03:04:05.678+00', '2024-01-02T03:04:05.678Z'],
  ['json', '{"b":[1,null],"a":"\\u0000"}', { b: [1, null], a: '\0' }],
])('%s %s', (type, text, value) => {
  expect(toJsonValue(type, text)).toEqual(value)
})

test.each([
  ['2024-01-02 03:04:05+00', '2024-01-02T03:04:05Z'],
  ['12024-01-02 03:04:05.123456+00', '12024-01-02T03:04:05.123456Z'],
  ['infinity', 'infinity'],
  ['0044-03-15 00:00:00+00 BC', '0044-03-15 00:00:00+00 BC'],
  ['2024-01-02 03:04:05+02', '2024-01-02 03:04:05+02'],
])('the instant %s', (text, iso) => {
  expect(toIsoInstant(text)).toBe(iso)
})
