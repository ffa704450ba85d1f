import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import {
  type Cell,
  hostileColumns,
  hostileRows,
  hostileTable,
  readAll,
  tableOf,
} from '../../../../test/harness/hostile-table.ts'
import type { Column } from '../../../platform/rows/column.ts'
import { json, ndjson } from './json.ts'

const options = { escapeFormulas: true }
const text = (name: string): Column => ({ name, type: 'text' })
const encode = async (columns: Column[], rows: Cell[][]) =>
  (await readAll(ndjson.encode([tableOf('t', columns, rows)], options))).toString()

const cellValue = ({ type }: Column, cell: Cell): unknown => {
  if (cell === null) return null
  if (type === 'boolean') return cell === 't'
  if (type === 'json') return JSON.parse(cell)
  const isNumber = ['integer', 'bigint', 'numeric', 'double'].includes(type)
  return isNumber && /\d/.test(cell) ? Number(cell) : cell
}

test('JSON.parse reads every hostile cell back, from both kinds', async () => {
  const expected = hostileRows.map((row) =>
    Object.fromEntries(
      hostileColumns.map((column, index) => [column.name, cellValue(column, row[index] ?? null)]),
    ),
  )
  const withoutMoment = (row: Record<string, unknown>) => ({ ...row, moment: undefined })
  const lines = (await readAll(ndjson.encode([hostileTable()], options))).toString().split('\n')
  expect(lines.pop()).toBe('')
  const read = lines.map((line) => JSON.parse(line))
  expect(read.map(withoutMoment)).toEqual(expected.map(withoutMoment))
  expect(JSON.parse((await readAll(json.encode([hostileTable()], options))).toString())).toEqual(read)
})

test('writes numbers with all their digits, and doubles as JavaScript does', async () => {
  const columns: Column[] = [
    { name: 'b', type: 'bigint' },
    { name: 'n', type: 'numeric' },
    { name: 'd', type: 'double' },
  ]
  const rows: Cell[][] = [
    ['9223372036854775807', '123456789012345678901234567890.10', '1e-05'],
    ['-1', '-0.50', '1e+20'],
    ['0', 'NaN', '-Infinity'],
    ['0', '-Infinity', '1e+22'],
    [null, '1', '-0'],
  ]
  expect((await encode(columns, rows)).split('\n')).toEqual([
    '{"b":9223372036854775807,"n":123456789012345678901234567890.10,"d":0.00001}',
    '{"b":-1,"n":-0.50,"d":100000000000000000000}',
    '{"b":0,"n":"NaN","d":"-Infinity"}',
    '{"b":0,"n":"-Infinity","d":1e+22}',
    '{"b":null,"n":1,"d":-0}',
    '',
  ])
})

test('writes timestamps as ISO 8601', async () => {
  const rows = [
    ['2024-01-02 03:04:05.678+00', '2024-01-02T03:04:05.678Z'],
    ['2024-01-02 03:04:05+00', '2024-01-02T03:04:05Z'],
    ['0001-01-01 00:00:00.000001+00', '0001-01-01T00:00:00.000001Z'],
    ['12024-01-02 03:04:05+00', '+012024-01-02T03:04:05Z'],
    ['0001-01-01 00:00:00+00 BC', '0000-01-01T00:00:00Z'],
    ['0044-03-15 12:00:00.5+00 BC', '-000043-03-15T12:00:00.5Z'],
    ['infinity', 'infinity'],
    ['-infinity', '-infinity'],
  ]
  const written = await encode(
    [{ name: 't', type: 'timestamp' }],
    rows.map(([cell]) => [cell ?? null]),
  )
  expect(
    written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).t),
  ).toEqual(rows.map(([, iso]) => iso))
})

test('escapes what JSON does not take, U+0000 included', async () => {
  const columns: Column[] = [{ name: 'a "b"\n', type: 'text', nuls: true }]
  expect(await encode(columns, [['\0\u0001\b\t\n\f\r"\\/\u001f\u007f\uf8ff0']])).toBe(
    '{"a \\"b\\"\\n":"\\u0000\\u0001\\b\\t\\n\\f\\r\\"\\\\/\\u001f\u007f\uf8ff0"}\n',
  )
})

test('json is an array for one table and an object for several, one row a line', async () => {
  const users = () => tableOf('users', [text('a')], [['x'], [null]], 1)
  const none = () => tableOf('no "rows"', [text('a')], [])
  const written = async (tables: ReturnType<typeof users>[]) =>
    (await readAll(json.encode(tables, options))).toString()
  expect(await written([users()])).toBe('[\n{"a":"x"},\n{"a":null}\n]\n')
  expect(await written([none()])).toBe('[]\n')
  const both = await written([users(), none()])
  expect(both).toBe('{\n"users": [\n{"a":"x"},\n{"a":null}\n],\n"no \\"rows\\"": []\n}\n')
  expect(JSON.parse(both)).toEqual({ users: [{ a: 'x' }, { a: null }], 'no "rows"': [] })
  expect(await readAll(ndjson.encode([none()], options))).toHaveLength(0)
})

test.each([json, ndjson])('DuckDB reads $name back', async (format) => {
  const folder = await mkdtemp(join(tmpdir(), 'json-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const file = join(folder, `rows${format.extension}`)
    await writeFile(file, format.encode([hostileTable()], options))
    const layout = format === json ? 'array' : 'newline_delimited'
    const read = await connection.runAndReadAll(
      `SELECT id, hex("a ""b"", c"), small, flag FROM read_json('${file}', format = '${layout}',
        columns = { id: 'BIGINT', 'a "b", c': 'VARCHAR', small: 'INTEGER', flag: 'BOOLEAN' })`,
    )
    expect(read.getRows()).toEqual(
      hostileRows.map(([id, cell, small, , , flag]) => [
        BigInt(id ?? 0),
        // In hexadecimal, as its client for JavaScript drops a byte order mark that text begins with.
        cell == null ? null : Buffer.from(cell).toString('hex').toUpperCase(),
        small == null ? null : Number(small),
        flag == null ? null : flag === 't',
      ]),
    )
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(folder, { recursive: true })
  }
})
