import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse/sync'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { expect, test } from 'vitest'
import {
  type Cell,
  hostileColumns,
  hostileRows,
  hostileTable,
  readAll,
  tableOf,
} from '../../../../test/harness/hostile-table.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { type Column, databaseTypeOf } from '../../../platform/rows/column.ts'
import { csv } from './csv.ts'

const encode = async (columns: Column[], rows: Cell[][], escapeFormulas = false) =>
  (await readAll(csv.encode([tableOf('t', columns, rows)], { escapeFormulas }))).toString()

const text = (name: string): Column => ({ name, type: 'text' })

test('a CSV parser reads every hostile cell back', async () => {
  const bytes = await readAll(csv.encode([hostileTable()], { escapeFormulas: false }))
  const read: unknown[][] = parse(bytes, {
    record_delimiter: '\r\n',
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
  })
  expect(read[0]).toEqual(hostileColumns.map(({ name }) => name))
  const words: Record<string, string> = { t: 'true', f: 'false' }
  expect(read.slice(1)).toEqual(
    hostileRows.map((row) =>
      row.map((cell, index) =>
        hostileColumns[index]?.type === 'boolean' && cell !== null ? words[cell] : cell,
      ),
    ),
  )
})

test('PostgreSQL reads every hostile cell back', async () => {
  const database = await createTestDatabase()
  const client = new pg.Client({ connectionString: database.url, options: '-c timezone=UTC' })
  await client.connect()
  try {
    const columns = hostileColumns.map(
      ({ name, type }) => `${pg.escapeIdentifier(name)} ${databaseTypeOf(type)}`,
    )
    await client.query(`CREATE TABLE hostile (n serial, ${columns.join(', ')})`)
    const names = hostileColumns.map(({ name }) => pg.escapeIdentifier(name))
    const target = client.query(
      copyFrom(`COPY hostile (${names.join(', ')}) FROM STDIN (FORMAT csv, HEADER MATCH)`),
    )
    await pipeline(Readable.from(csv.encode([hostileTable()], { escapeFormulas: false })), target)
    const { rows } = await client.query({
      text: `SELECT ${names.map((name) => `${name}::text`).join(', ')} FROM hostile ORDER BY n`,
      rowMode: 'array',
    })
    const words: Record<string, string> = { t: 'true', f: 'false' }
    expect(rows).toEqual(
      hostileRows.map((row) =>
        row.map((cell, index) => (hostileColumns[index]?.type === 'boolean' && cell ? words[cell] : cell)),
      ),
    )
  } finally {
    await client.end()
    await database.drop()
  }
})

test('quotes only what needs it, and tells null from the empty string', async () => {
  const rows = [['a b'], [''], [null], ['a,b'], ['a"b'], ['x '], [' x'], ['a\nb'], ['\\.'], ["it's"]]
  expect(await encode([text('name')], rows)).toBe(
    ['name', 'a b', '""', '', '"a,b"', '"a""b"', '"x "', '" x"', '"a\nb"', '"\\."', "it's", ''].join('\r\n'),
  )
})

test('keeps text from being run as a formula, and leaves numbers and dates alone', async () => {
  const columns: Column[] = [text('=name'), { name: 'doc', type: 'json' }, { name: 'n', type: 'numeric' }]
  const rows = [
    ["=cmd|' /C calc'!A0", '-1', '-5.5'],
    ['-1+1', '{}', '-1'],
    ['+1,"2"', '1', '1'],
    ['@a', '1', 'NaN'],
    ['\tx', '1', '1'],
    ['\rx', '1', '1'],
    ['a=b', '1', '1'],
  ]
  const lines = [
    "'=name,doc,n",
    "'=cmd|' /C calc'!A0,'-1,-5.5",
    "'-1+1,{},-1",
    `"'+1,""2""",1,1`,
    "'@a,1,NaN",
    "'\tx,1,1",
    `"'\rx",1,1`,
    'a=b,1,1',
    '',
  ]
  expect(await encode(columns, rows, true)).toBe(lines.join('\r\n'))
})

test('gives U+0000 back', async () => {
  const columns: Column[] = [{ name: 'raw', type: 'text', nuls: true }, text('other')]
  const rows = [
    ['a\0b', '\uf8ff0'],
    ['\0', '"'],
    ['\uf8ff0\0"', null],
    [null, 'x'],
    ['\\N\0', 'x'],
  ]
  expect(await encode(columns, rows)).toBe(
    'raw,other\r\na\0b,\uf8ff0\r\n\0,""""\r\n"\uf8ff0\0""",\r\n,x\r\n\\N\0,x\r\n',
  )
  expect(await encode(columns, [['\0=1', 'x']], true)).toBe("raw,other\r\n'\0=1,x\r\n")
})

test('zero rows are a header, and a name that needs quotes has them', async () => {
  expect(await encode([text('a "b", c'), text('d')], [])).toBe('"a ""b"", c",d\r\n')
})

test('a row larger than every buffer passes whole', async () => {
  const long = '"é'.repeat(2_000_000)
  const read: string[][] = parse(await encode([text('a')], [['x'], [long], ['y']]))
  expect(read.map(([cell]) => cell?.length)).toEqual([1, 1, long.length, 1])
  expect(read[2]?.[0] === long).toBe(true)
})

test('memory does not grow with the rows', async () => {
  const line = '12345\tAda Lovelace\tada@example.com\tsay "hi"\t2024-01-02 03:04:05.678+00\n'
  const chunk = line.repeat(1000)
  const columns: Column[] = [
    { name: 'id', type: 'bigint' },
    text('a'),
    text('b'),
    text('c'),
    { name: 't', type: 'timestamp' },
  ]
  const rows = (async function* () {
    for (let sent = 0; sent < 2000; sent += 1) yield Buffer.from(chunk)
  })()
  let bytes = 0
  let pieces = 0
  let rssAfterStart = 0
  for await (const piece of csv.encode([{ ...tableOf('t', columns, []), rows }], { escapeFormulas: true })) {
    bytes += piece.length
    pieces += 1
    if (pieces === 200) rssAfterStart = process.memoryUsage.rss()
  }
  expect(bytes).toBe('id,a,b,c,t\r\n'.length + 2_000_000 * (line.length + '""""\r'.length))
  expect(process.memoryUsage.rss() - rssAfterStart).toBeLessThan(80 * 1024 ** 2)
})
