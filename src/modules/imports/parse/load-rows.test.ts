import { randomInt } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { databaseTypeOf } from '../../../platform/rows/column.ts'
import { showNuls } from '../../../platform/rows/nul-text.ts'
import { parseFile } from './parse-file.ts'
import type { FileFormat } from './parse-messages.ts'
import { newFolder } from './testing/parse-whole-file.ts'
import { buildWorkbook } from './testing/workbook.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let client: pg.Client

beforeAll(async () => {
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query("SET timezone = 'UTC'")
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

/** What PostgreSQL has of each row after loading, as text; and whether COPY gives back the bytes that it was given. */
const load = async (content: string | Uint8Array, format: FileFormat) => {
  await using folder = await newFolder()
  const limits = { maxRows: 1_000_000, maxSeconds: 30 }
  await using file = parseFile({ path: await folder.file(content), format, limits })
  for await (const { table, rows } of file.tables()) {
    const columns = table.columns.map(({ name, type }) => `"${name}" ${databaseTypeOf(type)}`)
    await client.query(`DROP TABLE IF EXISTS loaded; CREATE TABLE loaded (${columns.join(', ')})`)
    const given: Buffer[] = []
    const kept = async function* () {
      for await (const chunk of rows) {
        given.push(chunk)
        yield chunk
      }
    }
    await pipeline(Readable.from(kept()), client.query(copyFrom('COPY loaded FROM STDIN')))
    const names = table.columns.map(({ name }) => `"${name}"::text`)
    const { rows: stored } = await client.query<string[]>({
      text: `SELECT ${names.join(', ')} FROM loaded`,
      rowMode: 'array',
    })
    return { table, stored, given: Buffer.concat(given).toString('utf8') }
  }
  throw new Error('No table')
}

/** COPY text of values as PostgreSQL prints them. */
const copyText = (rows: (string | null)[][]): string =>
  rows
    .map((cells) => {
      const texts = cells.map((cell) =>
        cell === null
          ? '\\N'
          : cell
              .replaceAll('\\', '\\\\')
              .replaceAll('\t', '\\t')
              .replaceAll('\n', '\\n')
              .replaceAll('\r', '\\r'),
      )
      return `${texts.join('\t')}\n`
    })
    .join('')

it('loads CSV of every type, in the text that PostgreSQL itself prints', async () => {
  const { table, stored, given } = await load(
    [
      'b,i,l,n,d,u,day,t,at,s',
      'TRUE,-2147483648,-9223372036854775808,0.10,1e15,0190C0A0-0000-7000-8000-00000000ABCD,0001-01-01,23:59:59.10,2024-01-02T03:04:05.600+05:30,"\\N"',
      'false,2147483647,9223372036854775807,123456789012345678901234567890.5,-1E-7,,9999-12-31,00:00:00,0001-01-01 00:00:00,"\\.\t\r\nx\\"',
      ',,,-5,-0,,,,9999-12-31 23:59:59.999999Z,""',
      ',,,,0.00012,,,,,é😀',
    ].join('\n'),
    'csv',
  )
  expect(table.columns.map(({ type }) => type)).toEqual([
    'boolean',
    'integer',
    'bigint',
    'numeric',
    'double',
    'uuid',
    'date',
    'time',
    'timestamp',
    'text',
  ])
  expect(stored.map((row) => row.at(-1))).toEqual(['\\N', '\\.\t\r\nx\\', '', 'é😀'])
  expect(stored[0]?.slice(1, 9)).toEqual([
    '-2147483648',
    '-9223372036854775808',
    '0.10',
    '1e+15',
    '0190c0a0-0000-7000-8000-00000000abcd',
    '0001-01-01',
    '23:59:59.1',
    '2024-01-01 21:34:05.6+00',
  ])
  // `true` and `false` are what a boolean is as text; COPY prints t and f.
  const printed = stored.map(([first, ...others]) => [first?.[0] ?? null, ...others])
  expect(given).toBe(copyText(printed))
})

it('loads random texts, NUL included, as they were', async () => {
  const alphabet = [
    'a',
    '"',
    '\\',
    '\t',
    '\r',
    '\n',
    '\0',
    '\uf8ff',
    '0',
    '1',
    ',',
    'é',
    '😀',
    'N',
    '.',
    '_x0041_',
  ]
  const texts = Array.from({ length: 500 }, () =>
    Array.from({ length: randomInt(12) }, () => alphabet[randomInt(alphabet.length)]).join(''),
  )
  texts.push('\0')
  const asCsv = `i,s\n${texts.map((text, index) => `${index},"${text.replaceAll('"', '""')}"`).join('\n')}\n`
  const asLines = texts.map((s, i) => JSON.stringify({ i, s })).join('\n')
  const asArray = JSON.stringify(
    texts.map((s, i) => ({ i, s })),
    null,
    1,
  )
  for (const [content, format] of [
    [asCsv, 'csv'],
    [asLines, 'ndjson'],
    [asArray, 'json'],
  ] as const) {
    const { table, stored } = await load(content, format)
    expect(table).toMatchObject({ rowCount: 501, badRows: 0 })
    expect(table.columns).toMatchObject([{ type: 'integer' }, { type: 'text', nuls: true }])
    expect(stored.map(([, text]) => showNuls(text ?? ''))).toEqual(texts)
  }
})

it('loads nested JSON and sheets', async () => {
  const json = '{"j": {"b":1, "a" : [1.50,\\n "\\\\u0000 \\\\ud800"]}, "k": 1}'
    .replaceAll('\\n', ' ')
    .replaceAll('\\\\', '\\')
  const nested = await load(json, 'ndjson')
  expect(nested.stored).toEqual([['{"b":1, "a" : [1.50,  "\\u0000 \\ud800"]}', '1']])
  const row = '<row><c t="inlineStr"><is><t>x_x0009_</t></is></c><c><v>1.5E-7</v></c></row>'
  const sheet = await load(await buildWorkbook([['s', row.replace('1.5E-7', '7') + row]]), 'xlsx')
  expect(sheet.table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'x text',
    'column_7 double',
  ])
  expect(sheet.stored).toEqual([['x\t', '1.5e-07']])
})
