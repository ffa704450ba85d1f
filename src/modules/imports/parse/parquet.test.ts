import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import { faultsOf, newFolder, parseText, parseWholeFile, shapeOf } from './testing/parse-whole-file.ts'

const inFile = async (folder: string, query: string, format = 'parquet'): Promise<string> => {
  const path = join(folder, `table.${format}`)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT ${format})`)
  connection.closeSync()
  instance.closeSync()
  return path
}

it('reads every type as PostgreSQL prints it', async () => {
  await using folder = await newFolder()
  const columns: [expression: string, type: string, text: string | null][] = [
    ['true', 'boolean', 't'],
    ['7::UTINYINT', 'integer', '7'],
    ['(-2147483648)::INTEGER', 'integer', '-2147483648'],
    ['4294967295::UINTEGER', 'bigint', '4294967295'],
    ['9223372036854775807', 'bigint', '9223372036854775807'],
    ['18446744073709551615::UBIGINT', 'numeric', '18446744073709551615'],
    ['1.500::DECIMAL(38,3)', 'numeric', '1.500'],
    ['0.5::FLOAT', 'double', '0.5'],
    ['1e20::DOUBLE', 'double', '1e+20'],
    ["'-inf'::DOUBLE", 'double', '-Infinity'],
    ["'a'||chr(9)||chr(0)||'é'", 'text', 'a\t\uf8ff0é'],
    ["'0190c0a0-0000-7000-8000-000000000000'::UUID", 'uuid', '0190c0a0-0000-7000-8000-000000000000'],
    ["'2024-02-29'::DATE", 'date', '2024-02-29'],
    ["'0044-03-15 (BC)'::DATE", 'date', '0044-03-15 BC'],
    ["'12:34:56.1'::TIME", 'time', '12:34:56.1'],
    ["'2024-01-02 03:04:05.678'::TIMESTAMP", 'timestamp', '2024-01-02 03:04:05.678+00'],
    ["'2024-01-02 03:04:05.678+02'::TIMESTAMPTZ", 'timestamp', '2024-01-02 01:04:05.678+00'],
    ["'2024-01-02 03:04:05.123456789'::TIMESTAMP_NS", 'timestamp', '2024-01-02 03:04:05.123456+00'],
    ["'0044-03-15 (BC) 01:02:03'::TIMESTAMP", 'timestamp', '0044-03-15 01:02:03+00 BC'],
    ["'infinity'::TIMESTAMP", 'timestamp', 'infinity'],
    ["'\\xAB\\x00'::BLOB", 'text', '\\xab00'],
    ['[1, 2, NULL]', 'json', '[1,2,null]'],
    ["{'a': 1, 'b': 'x\"'}", 'json', '{"a":1,"b":"x\\""}'],
    ["MAP {'k': 1.5}", 'json', '{"k":1.5}'],
    ['NULL::VARCHAR', 'text', null],
  ]
  const list = columns.map(([expression], index) => `${expression} AS "c ""${index}"`)
  const [table] = await parseWholeFile(await inFile(folder.path, `SELECT ${list.join(', ')}`), 'parquet')
  expect(table?.columns.map(({ type }) => type)).toEqual(columns.map(([, type]) => type))
  expect(table?.rows).toEqual([columns.map(([, , text]) => text)])
  expect(table?.columns[10]).toEqual({ name: 'c_10', type: 'text', label: 'c "10', nuls: true })
})

it('reads many rows in their order and reports those that cannot be stored', async () => {
  await using folder = await newFolder()
  const query = "SELECT i, CASE i WHEN 70000 THEN ['nan'::DOUBLE] ELSE [i] END l FROM range(100000) r(i)"
  const [table] = await parseWholeFile(await inFile(folder.path, query), 'parquet')
  expect(table).toMatchObject({ rowCount: 99_999, badRows: 1 })
  expect(faultsOf(table)).toEqual(['70001 INVALID_JSON'])
  expect(table?.rows[69_999]).toEqual(['69999', '[69999.0]'])
  expect(table?.rows[70_000]).toEqual(['70001', '[70001.0]'])
})

it('refuses files that are cut off or altered, and never reaches beyond the file', async () => {
  await using folder = await newFolder()
  const bytes = await readFile(await inFile(folder.path, 'SELECT i, i::VARCHAR s FROM range(10000) r(i)'))
  const unreadable = { code: 'FILE_NOT_READABLE', message: expect.not.stringContaining(folder.path) }
  await expect(parseText(bytes.subarray(0, bytes.length / 2), 'parquet')).rejects.toMatchObject(unreadable)
  await expect(parseText('PAR1PAR1', 'parquet')).rejects.toMatchObject(unreadable)
  for (let at = 40; at < 44; at += 1) bytes[at] = 0xff
  const altered = parseText(bytes, 'parquet')
  await altered.then(
    ([table]) => expect(table?.rowCount).toBeLessThanOrEqual(10_000),
    (error) => expect(error).toMatchObject({ name: 'PermanentFailure' }),
  )
})

it('reads the CSV and JSON that DuckDB writes', async () => {
  await using folder = await newFolder()
  const query =
    "SELECT 1 AS i, 'a,\"b\"' || chr(10) AS s, NULL AS n, '' AS e UNION ALL SELECT 2, 'x', NULL, NULL"
  const rows = [
    ['1', 'a,"b"\n', null, ''],
    ['2', 'x', null, null],
  ]
  const [csv] = await parseWholeFile(await inFile(folder.path, query, 'csv'), 'csv')
  expect(csv?.rows).toEqual(rows)
  const [json] = await parseWholeFile(await inFile(folder.path, query, 'json'), 'ndjson')
  expect(json?.rows).toEqual(rows)
  expect(shapeOf(json)).toEqual(['i:integer', 's:text', 'n:text', 'e:text'])
})
