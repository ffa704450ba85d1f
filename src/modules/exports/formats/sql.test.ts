import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  hostileColumns,
  hostileRows,
  hostileTable,
  readAll,
  tableOf,
} from '../../../../test/harness/hostile-table.ts'
import { provideProgram } from '../../../../test/harness/provide-program.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import type { Column } from '../../../platform/rows/column.ts'
import { showNuls } from '../../../platform/rows/nul-text.ts'
import type { TableRows } from './format.ts'
import { sql } from './sql.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let client: pg.Client

beforeEach(async () => {
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.url, options: '-c timezone=UTC' })
  await client.connect()
})

afterEach(async () => {
  await client.end()
  await database.drop()
})

const options = { escapeFormulas: true }
const scriptOf = async (tables: TableRows[]) => (await readAll(sql.encode(tables, options))).toString()

const text = (name: string): Column => ({ name, type: 'text' })
const number = (name: string): Column => ({ name, type: 'bigint' })

const hostileCells = async () => {
  const names = hostileColumns.map(({ name }) => pg.escapeIdentifier(name))
  const { rows } = await client.query({
    text: `SELECT ${names.map((name) => `${name}::text`).join(', ')} FROM hostile ORDER BY ctid`,
    rowMode: 'array',
  })
  return rows
}

const expectedCells = hostileRows.map((row) =>
  row.map((cell, index) =>
    hostileColumns[index]?.type === 'boolean' && cell !== null ? String(cell === 't') : cell,
  ),
)

test('a client of PostgreSQL runs the script, and every hostile cell is there', async () => {
  await client.query(await scriptOf([hostileTable()]))
  expect(await hostileCells()).toEqual(expectedCells)
  const { rows } = await client.query(
    `SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute
      WHERE attrelid = 'hostile'::regclass AND attnum > 0 ORDER BY attnum`,
  )
  expect(rows.map(({ type }) => type)).toEqual([
    'bigint',
    'text',
    'integer',
    'numeric',
    'double precision',
    'boolean',
    'date',
    'time without time zone',
    'timestamp with time zone',
    'uuid',
    'json',
  ])
})

const hasPsql = await provideProgram('psql', 'postgresql-client')

test.skipIf(!hasPsql)('psql runs the script, and every hostile cell is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sql-'))
  try {
    const file = join(folder, 'export.sql')
    await writeFile(file, sql.encode([hostileTable()], options))
    await promisify(execFile)('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database.url, '-f', file], {
      timeout: 15_000,
    })
    expect(await hostileCells()).toEqual(expectedCells)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('keys and references hold, also in a circle, and only within what is exported', async () => {
  const people: TableRows = {
    ...tableOf(
      'people',
      [number('id'), text('email'), number('favourite'), number('team')],
      [
        ['1', 'a@x', '10', '5'],
        ['2', 'b@x', null, '5'],
      ],
    ),
    primaryKey: ['id'],
    uniqueColumns: ['email'],
    foreignKeys: [
      { column: 'favourite', references: { table: 'post "s"', column: 'id' } },
      { column: 'team', references: { table: 'teams', column: 'id' } },
    ],
  }
  const posts: TableRows = {
    ...tableOf('post "s"', [number('id'), text('by')], [['10', 'b@x']]),
    primaryKey: ['id'],
    foreignKeys: [
      { column: 'by', references: { table: 'people', column: 'email' } },
      { column: 'id', references: { table: 'people', column: 'team' } },
    ],
  }
  await client.query(await scriptOf([people, posts]))
  const { rows } = await client.query(
    `SELECT contype, count(*)::int FROM pg_constraint WHERE conrelid IN ('people'::regclass, '"post ""s"""'::regclass)
      AND contype IN ('p', 'u', 'f') GROUP BY contype ORDER BY contype`,
  )
  expect(rows).toEqual([
    { contype: 'f', count: 2 },
    { contype: 'p', count: 2 },
    { contype: 'u', count: 1 },
  ])
  await expect(client.query(`INSERT INTO "post ""s""" VALUES (11, 'nobody')`)).rejects.toThrow(/foreign key/)
})

test('rows beyond one statement all arrive, and zero rows make a table', async () => {
  const rows = Array.from({ length: 1201 }, (_, index) => [String(index), `'${index}'`])
  const script = await scriptOf([
    tableOf('many', [number('n'), text('t')], rows),
    tableOf('none', [text('t')], []),
  ])
  expect(script.match(/INSERT INTO/g)).toHaveLength(3)
  await client.query(script)
  const { rows: sums } = await client.query(
    `SELECT count(*)::int, sum(n)::int, count(*) FILTER (WHERE t = '''' || n || '''')::int AS same,
      (SELECT count(*)::int FROM none) AS none FROM many`,
  )
  expect(sums).toEqual([{ count: 1201, sum: (1200 * 1201) / 2, same: 1201, none: 0 }])
})

test('no statement grows with the length of the rows', async () => {
  const rows = Array.from({ length: 40 }, () => ['x'.repeat(100_000)])
  const statements = (await scriptOf([tableOf('long', [text('t')], rows)])).split(';\n')
  expect(Math.max(...statements.map(({ length }) => length))).toBeLessThan(1_300_000)
})

test('U+0000 stays hidden, and the script says so on one line', async () => {
  const column: Column = { name: 'raw\nDROP', type: 'text', nuls: true }
  const script = await scriptOf([tableOf('t', [column], [['a\0\uf8ff'], [null]])])
  expect(script).toContain('\n-- "t"."raw DROP": U+0000 is written as')
  await client.query(script)
  const { rows } = await client.query({ text: 'SELECT * FROM t ORDER BY ctid', rowMode: 'array' })
  expect(rows.map(([cell]) => cell && showNuls(cell))).toEqual(['a\0\uf8ff', null])
})
