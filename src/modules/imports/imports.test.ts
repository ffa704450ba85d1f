import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, formOf, signUp } from '../../../test/harness/client.ts'
import { type DataApp, startDataApp } from '../../../test/harness/data-app.ts'
import { exportsClient } from '../../../test/harness/exports-client.ts'
import { uploadsClient } from '../../../test/harness/uploads-client.ts'
import { buildWorkbook } from './parse/testing/workbook.ts'

let data: DataApp
let uploads: ReturnType<typeof uploadsClient>

beforeAll(async () => {
  data = await startDataApp()
  uploads = uploadsClient(data)
})
afterAll(() => data.backlot.close())

const people = [
  { id: 1, name: 'Ada', born: '1815-12-10' },
  { id: 2, name: 'Grace', born: '1906-12-09' },
]
const cells = (row: object) => Object.values(row)
const inCells = (row: object, number: number) =>
  `<row r="${number}">${cells(row)
    .map((cell) =>
      typeof cell === 'number' ? `<c><v>${cell}</v></c>` : `<c t="inlineStr"><is><t>${cell}</t></is></c>`,
    )
    .join('')}</row>`

const duckdbParquet = async (query: string) => {
  const file = path.join(data.backlot.dataDir, `${randomUUID()}.parquet`)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`copy (${query}) to '${file}' (format parquet)`)
  connection.closeSync()
  instance.closeSync()
  return readFileSync(file)
}

const ownParquet = async () => {
  const { datasetId } = await uploads.read('own.csv', 'id,name,born\n1,Ada,1815-12-10\n2,Grace,1906-12-09\n')
  const wish = { datasetId, format: 'parquet' }
  return (await exportsClient(data.backlot, data.ada).write(wish)).download.bytes
}

const ways: [what: string, name: string, content: () => Promise<Buffer | string> | string, type: string][] = [
  ['CSV', 'a.csv', () => 'id,name,born\n1,Ada,1815-12-10\n2,Grace,1906-12-09\n', 'text/csv'],
  [
    'CSV with semicolons',
    'A.CSV',
    () => 'id;name;born\r\n1;"Ada";1815-12-10\r\n2;Grace;1906-12-09',
    'text/csv',
  ],
  [
    'TSV',
    'a.tsv',
    () => 'id\tname\tborn\n1\tAda\t1815-12-10\n2\tGrace\t1906-12-09\n',
    'text/tab-separated-values',
  ],
  ['JSON', 'a.json', () => JSON.stringify(people), 'application/json'],
  [
    'NDJSON',
    'a.ndjson',
    () => people.map((row) => `${JSON.stringify(row)}\n`).join(''),
    'application/x-ndjson',
  ],
  [
    'JSON Lines',
    'a.jsonl',
    () => people.map((row) => JSON.stringify(row)).join('\n'),
    'application/x-ndjson',
  ],
  [
    'a workbook',
    'a.xlsx',
    () =>
      buildWorkbook([
        [
          'People',
          [{ a: 'id', b: 'name', c: 'born' }, ...people].map((row, at) => inCells(row, at + 1)).join(''),
        ],
      ]),
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ],
  ['a Parquet file of our own', 'a.parquet', ownParquet, 'application/vnd.apache.parquet'],
  [
    'a Parquet file of DuckDB',
    'a.parquet',
    () =>
      duckdbParquet(
        `select * from (values (1, 'Ada', date '1815-12-10'), (2, 'Grace', date '1906-12-09')) as t(id, name, born)`,
      ),
    'application/vnd.apache.parquet',
  ],
]

test.each(ways)('%s becomes a dataset', async (_what, name, content, type) => {
  const taken = await uploads.send(name, await content())
  expect(taken).toMatchObject({ status: 201, headers: { location: taken.data.statusUrl } })
  const { uploadId, fileId, datasetId, jobId, expiresAt } = taken.data
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now() + 29 * 86_400_000)
  expect(await uploads.ended(jobId)).toMatchObject({
    status: 'completed',
    resultUri: `/v1/datasets/${datasetId}`,
  })
  const shown = await data.show(datasetId)
  expect(shown).toMatchObject({
    name,
    origin: 'uploaded',
    status: 'completed',
    stored: true,
    rows: 2,
    seed: null,
  })
  expect(shown.bytes).toBeGreaterThan(0)
  expect(shown.tables).toHaveLength(1)
  expect(shown.tables[0]).toMatchObject({ rows: 2, importReport: { badRows: 0, samples: [] } })
  expect(shown.tables[0].columns.map((column: { name: string }) => column.name)).toEqual([
    'id',
    'name',
    'born',
  ])
  expect((await data.rowsOf(datasetId)).data).toEqual(people)
  expect((await data.get(`files/${fileId}`)).data).toMatchObject({
    kind: 'table',
    status: 'ready',
    contentType: type,
  })
  expect(await uploads.row(uploadId)).toMatchObject({ status: 'completed', mime_type: type })
})

test('uploaded_files has its columns, and follows the job', async () => {
  const content = 'id\n1\n'
  const { data: taken } = await uploads.send('Büro "x".csv', content)
  const row = await uploads.row(taken.uploadId)
  expect(row).toEqual({
    id: taken.uploadId,
    job_id: taken.jobId,
    file_id: taken.fileId,
    dataset_id: taken.datasetId,
    original_name: (await data.get(`files/${taken.fileId}`)).data.name,
    stored_path: expect.stringMatching(/^uploads\//),
    mime_type: 'text/csv',
    size_bytes: String(content.length),
    status: expect.stringMatching(/pending|completed/),
    uploaded_at: expect.anything(),
  })
  await uploads.ended(taken.jobId)
  expect(await uploads.row(taken.uploadId)).toEqual({ ...row, status: 'completed' })
  const { data: job } = await data.get(`jobs/${taken.jobId}`)
  expect(job.result).toMatchObject({
    fileId: taken.fileId,
    datasetId: taken.datasetId,
    tables: 1,
    rows: 1,
    badRows: 0,
  })
})

test('types are inferred and shown; the name of the form is that of the dataset', async () => {
  const { datasetId } = await uploads.read(
    'types.csv',
    'n,big,x,yes,day,at,id,text\n1,9007199254740993,1.5,true,2026-01-31,2026-01-31T10:00:00Z,0196f0a0-0000-7000-8000-000000000000,007\n2,1,2,false,2026-02-01,2026-02-01T10:00:00Z,0196f0a0-0000-7000-8000-000000000001,abc\n',
    { name: 'All types' },
  )
  const { name, tables } = await data.show(datasetId)
  expect(name).toBe('All types')
  const types = tables[0].columns.map((column: { name: string; type: string }) => [column.name, column.type])
  expect(Object.fromEntries(types)).toMatchObject({
    n: 'integer',
    big: 'bigint',
    yes: 'boolean',
    day: 'date',
    at: 'timestamp',
    id: 'uuid',
    text: 'text',
  })
})

test('bad rows are counted and told by their lines', async () => {
  const rows = ['id,name', '1,Ada', '2,Grace,too,many', '3,"Alan', 'Turing"', '4,Edsger,more']
  const { datasetId, jobId } = await uploads.read('bad.csv', `${rows.join('\n')}\n`)
  const [table] = (await data.show(datasetId)).tables
  expect(table.importReport.badRows).toBe(2)
  expect(table.importReport.samples.map(({ line }: { line: number }) => line)).toEqual([3, 6])
  for (const { code, message } of table.importReport.samples) {
    expect(code).toMatch(/^[a-z_]+$/i)
    expect(message).not.toBe('')
  }
  expect((await data.rowsOf(datasetId)).data).toEqual([
    { id: 1, name: 'Ada' },
    { id: 3, name: 'Alan\nTuring' },
  ])
  expect((await data.get(`jobs/${jobId}`)).data.result).toMatchObject({ rows: 2, badRows: 2 })
})

test('each sheet of a workbook is a table', async () => {
  const sheet = [
    { a: 'id', b: 'name' },
    { id: 1, name: 'Ada' },
  ]
    .map((row, at) => inCells(row, at + 1))
    .join('')
  const { datasetId } = await uploads.read(
    'two.xlsx',
    await buildWorkbook([
      ['First', sheet],
      ['Second', sheet],
      ['Empty', ''],
    ]),
  )
  const { tables, rows } = await data.show(datasetId)
  expect(tables.map(({ name }: { name: string }) => name.toLowerCase())).toEqual(['first', 'second'])
  expect(rows).toBe(2)
  expect((await exportsClient(data.backlot, data.ada).write({ datasetId, format: 'json' })).result.rows).toBe(
    2,
  )
})

const picture = () => readFileSync(path.join(import.meta.dirname, '../../../test/fixtures/flowers.jpg'))
test.each([
  ['a picture', 'photo.jpg', picture, 'image/jpeg'],
  [
    'a PDF',
    'paper.pdf',
    () => Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
    'application/pdf',
  ],
  ['plain text', 'notes.txt', () => Buffer.from('Some notes.\n'), 'text/plain'],
])('%s becomes a file and no dataset', async (_what, name, content, type) => {
  const taken = await uploads.send(name, content(), {}, type)
  expect(taken).toMatchObject({ status: 201, data: { datasetId: null, expiresAt: null } })
  expect(await uploads.ended(taken.data.jobId)).toMatchObject({ status: 'completed' })
  expect((await data.get(`files/${taken.data.fileId}`)).data).toMatchObject({
    name,
    status: 'ready',
    contentType: type,
  })
  expect(await uploads.row(taken.data.uploadId)).toMatchObject({
    status: 'completed',
    dataset_id: null,
    mime_type: type,
  })
})

const hostile = [
  'id,text,amount,seen',
  '1,"=cmd()",0.1,2026-01-01T00:00:00Z',
  '2,"a ""quoted"", and\nbroken 😀 line",-12345678901234.5678,1969-12-31T23:59:59.999Z',
  '3,,,',
  '9007199254740993,"  spaces  ",1e3,2026-06-30T12:00:00.123456Z',
]

test('what goes from CSV to a dataset, to Parquet and to a dataset again keeps every value', async () => {
  const first = await uploads.read('hostile.csv', `${hostile.join('\n')}\n`)
  const exports = exportsClient(data.backlot, data.ada)
  const parquet = await exports.write({ datasetId: first.datasetId, format: 'parquet' })
  const second = await uploads.read('again.parquet', parquet.download.bytes)
  const [one, two] = [await data.show(first.datasetId), await data.show(second.datasetId)]
  expect(two.tables[0].columns).toEqual(one.tables[0].columns)
  const rows = (await data.rowsOf(first.datasetId)).data
  expect(rows).toHaveLength(4)
  expect(rows[0].text).toBe('=cmd()')
  expect(rows[1].text).toBe('a "quoted", and\nbroken 😀 line')
  expect((await data.rowsOf(second.datasetId)).data).toEqual(rows)
  const ndjson = { format: 'ndjson' }
  const [left, right] = [
    await exports.write({ ...ndjson, datasetId: first.datasetId }),
    await exports.write({ ...ndjson, datasetId: second.datasetId }),
  ]
  expect(right.result.sha256).toBe(left.result.sha256)
})

test('the same key and form give the stored answer, and one dataset', async () => {
  const eva = uploadsClient(data, await signUp(data.backlot))
  const headers = { 'idempotency-key': randomUUID() }
  const first = await eva.send('a.csv', 'id\n1\n', {}, '', headers)
  const again = await eva.send('a.csv', 'id\n1\n', {}, '', headers)
  expect(again).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true' } })
  expect(again.data).toEqual(first.data)
  const other = await eva.send('a.csv', 'id\n2\n', {}, '', headers)
  expect([other.status, other.error.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
  expect((await data.get('datasets', eva.who)).data).toHaveLength(1)
  expect((await data.get('files', eva.who)).data).toHaveLength(1)
})

test("another's upload does not exist", async () => {
  const { datasetId, jobId } = await uploads.read('a.csv', 'id\n1\n')
  const ben = await signUp(data.backlot)
  for (const url of [`datasets/${datasetId}`, `datasets/${datasetId}/rows`, `status/${jobId}`]) {
    expect((await data.get(url, ben)).status).toBe(404)
  }
  expect((await call(data.backlot, ben, 'DELETE', `/v1/datasets/${datasetId}`)).status).toBe(404)
  expect(
    (await call(data.backlot, undefined, 'POST', '/v1/upload', await formOf({ name: 'x' }))).status,
  ).toBe(401)
})
