import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../../../test/harness/client.ts'
import { type DataApp, startDataApp } from '../../../test/harness/data-app.ts'
import { download, exportsClient, unzip } from '../../../test/harness/exports-client.ts'

let data: DataApp
let exports: ReturnType<typeof exportsClient>
let datasetId: string
let madeId: string

const reference = (table: string) => ({ table, column: 'id' })
const shop = {
  seed: '7',
  refDate: '2026-01-01T00:00:00Z',
  tables: [
    {
      name: 'users',
      count: 40,
      fields: [
        { name: 'id', type: 'sequence' },
        { name: 'email', type: 'email', unique: true },
        { name: 'bio', type: 'sentence', nullRate: 0.3 },
      ],
    },
    {
      name: 'orders',
      count: 120,
      fields: [
        { name: 'id', type: 'sequence' },
        { name: 'user_id', type: 'reference', options: reference('users') },
        { name: 'total', type: 'decimal', options: { min: 1, max: 99, decimals: 2 } },
        { name: 'paid', type: 'boolean' },
      ],
    },
    {
      name: 'items',
      count: 300,
      fields: [
        { name: 'id', type: 'sequence' },
        { name: 'order_id', type: 'reference', options: reference('orders') },
        { name: 'quantity', type: 'integer', options: { min: 1, max: 9 } },
      ],
    },
  ],
}
const names = ['users', 'orders', 'items']
const rowsOfAll = 460

beforeAll(async () => {
  data = await startDataApp()
  exports = exportsClient(data.backlot, data.ada)
  datasetId = (await data.make(shop)).datasetId
  madeId = (await data.make({ ...shop, store: false })).datasetId
})
afterAll(() => data.backlot.close())

const linesOf = (text: string) => text.trimEnd().split(/\r?\n/)

/** The type of the answer, how the file's name ends, and of a zip what the names in it end with. */
const kinds: [format: string, compression: string, type: string, extension: string, inside?: string][] = [
  ['csv', 'none', 'application/zip', '.csv.zip', '.csv'],
  ['csv', 'gzip', 'application/zip', '.csv.zip', '.csv'],
  ['csv', 'zip', 'application/zip', '.csv.zip', '.csv'],
  ['ndjson', 'none', 'application/zip', '.ndjson.zip', '.ndjson'],
  ['ndjson', 'gzip', 'application/zip', '.ndjson.zip', '.ndjson'],
  ['ndjson', 'zip', 'application/zip', '.ndjson.zip', '.ndjson'],
  ['parquet', 'none', 'application/zip', '.parquet.zip', '.parquet'],
  ['parquet', 'zip', 'application/zip', '.parquet.zip', '.parquet'],
  ['json', 'none', 'application/json', '.json'],
  ['json', 'gzip', 'application/gzip', '.json.gz'],
  ['json', 'zip', 'application/zip', '.json.zip', '.json'],
  ['sql', 'none', 'application/sql', '.sql'],
  ['sql', 'gzip', 'application/gzip', '.sql.gz'],
  ['sql', 'zip', 'application/zip', '.sql.zip', '.sql'],
  ['xlsx', 'none', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', '.xlsx'],
  ['xlsx', 'zip', 'application/zip', '.xlsx.zip', '.xlsx'],
]

describe.each(kinds)(
  'three tables as %s, compressed with %s',
  (format, compression, type, extension, inside) => {
    test('the result says what the file is', async () => {
      const written = await exports.write({ datasetId, format, compression })
      const { result, download: file } = written
      expect(written).toMatchObject({ status: 'completed', datasetId, format, compression, errorCode: null })
      expect(file.status).toBe(200)
      expect(result).toMatchObject({
        rows: rowsOfAll,
        bytes: file.bytes.length,
        sha256: file.sha256,
        contentType: type,
      })
      expect(file.headers.get('content-type')).toMatch(type)
      expect(file.headers.get('content-disposition')).toContain(`Dataset${extension}"`)
      if (inside === undefined) return
      const entries = Object.keys(await unzip(file.bytes))
      const manyTables = ['json', 'sql', 'xlsx'].includes(format)
      expect(entries).toEqual((manyTables ? ['Dataset'] : names).map((name) => name + inside))
    })

    test('one table of it', async () => {
      const { result, download: file } = await exports.write({
        datasetId,
        format,
        compression,
        tables: ['items'],
      })
      expect(result).toMatchObject({ rows: 300, bytes: file.bytes.length, sha256: file.sha256 })
      const isZip = compression === 'zip'
      expect(file.headers.get('content-disposition')).toMatch(new RegExp(`"items\\.${format}(\\.(gz|zip))?"`))
      if (!isZip) return
      expect(Object.keys(await unzip(file.bytes))).toEqual([`items.${format}`])
    })
  },
)

test('rows are those of the dataset, in their order', async () => {
  const zipped = await unzip((await exports.write({ datasetId, format: 'ndjson' })).download.bytes)
  for (const name of names) {
    const rows = await data.allRows(datasetId, { table: name, limit: '100' })
    expect(linesOf(zipped[`${name}.ndjson`] ?? '').map((line) => JSON.parse(line))).toEqual(rows)
  }
})

test('gzip holds the bytes that the export has without it', async () => {
  const wish = { datasetId, format: 'csv', tables: ['orders'] }
  const [plain, packed] = [await exports.write(wish), await exports.write({ ...wish, compression: 'gzip' })]
  expect(packed.download.headers.get('content-disposition')).toContain('"orders.csv.gz"')
  expect(gunzipSync(packed.download.bytes).equals(plain.download.bytes)).toBe(true)
})

test.each(['csv', 'ndjson', 'sql', 'json'])(
  'a dataset that is not stored gives the same %s, byte for byte',
  async (format) => {
    for (const table of names) {
      const wish = { format, tables: [table] }
      const stored = await exports.write({ ...wish, datasetId })
      const made = await exports.write({ ...wish, datasetId: madeId })
      expect(made.result.sha256).toBe(stored.result.sha256)
    }
  },
)

test('columns are those that are asked for, in their order; a filter takes rows', async () => {
  const wish = { datasetId, format: 'csv', tables: ['orders'], columns: ['paid', 'id'] }
  const all = linesOf((await exports.write(wish)).download.bytes.toString())
  const paid = await exports.write({ ...wish, where: { paid: true, id: { gt: 10, lte: 100 } } })
  expect(all).toHaveLength(121)
  expect(all[0]).toBe('paid,id')
  const expected = all.filter((line, index) => index > 10 && index <= 100 && line.startsWith('true'))
  expect(linesOf(paid.download.bytes.toString())).toEqual([all[0], ...expected])
  expect(paid.result.rows).toBe(expected.length)
  expect(expected.length).toBeGreaterThan(10)
})

test('columns of several tables leave out the tables that have none of them', async () => {
  const written = await exports.write({ datasetId, format: 'csv', columns: ['email', 'total'] })
  const entries = await unzip(written.download.bytes)
  expect(Object.keys(entries)).toEqual(['users.csv', 'orders.csv'])
  expect(written.result.rows).toBe(160)
})

test.each(['csv', 'json', 'ndjson', 'sql', 'parquet', 'xlsx'])('no rows make a whole %s', async (format) => {
  const { result, download: file } = await exports.write({
    datasetId,
    format,
    tables: ['users'],
    columns: ['id'],
    where: { id: { lt: 0 } },
  })
  expect(result).toMatchObject({ rows: 0, bytes: file.bytes.length, sha256: file.sha256 })
  if (format === 'csv') expect(file.bytes.toString()).toBe('id\r\n')
  if (format === 'json') expect(JSON.parse(file.bytes.toString())).toEqual([])
  if (format === 'ndjson') expect(file.bytes.toString()).toBe('')
})

test('the link of the export and that of the job work for whoever has them, unchanged and not longer', async () => {
  const { result, jobId, expiresAt } = await exports.write({ datasetId, format: 'csv', tables: ['users'] })
  const { data: status } = await data.get(`status/${jobId}`)
  expect(status).toMatchObject({ status: 'completed', progress: 1, type: 'export.write-small' })
  const [own, ofJob] = [
    await download(data.backlot, result.resultUri),
    await download(data.backlot, status.resultUri),
  ]
  expect(ofJob.sha256).toBe(own.sha256)
  for (const link of [result.resultUri, status.resultUri]) {
    const url = new URL(link, data.backlot.url)
    for (const name of url.searchParams.keys()) {
      const other = new URL(url)
      other.searchParams.set(name, `${other.searchParams.get(name)}1`)
      expect((await download(data.backlot, other.href)).status, name).toBe(403)
    }
    expect((await download(data.backlot, url.href.replace(/\?.*/, ''))).status).toBe(403)
  }
  const { data: job } = await data.get(`jobs/${jobId}`)
  expect(job.result).toEqual({
    exportId: expect.any(String),
    rows: 40,
    bytes: result.bytes,
    sha256: result.sha256,
    expiresAt,
  })
})

test.each([
  ['no source', {}, 'datasetId'],
  ['two sources', { datasetId: true, resource: 'jobs' }, 'datasetId'],
  ['an unknown format', { datasetId: true, format: 'pdf' }, 'format'],
  ['gzip of parquet', { datasetId: true, format: 'parquet', compression: 'gzip' }, 'compression'],
  ['gzip of xlsx', { datasetId: true, format: 'xlsx', compression: 'gzip' }, 'compression'],
  ['tables of a resource', { resource: 'jobs', tables: ['jobs'] }, 'tables'],
  ['an unknown table', { datasetId: true, tables: ['users', 'nobody'] }, 'tables.1'],
  ['a table twice', { datasetId: true, tables: ['users', 'users'] }, 'tables.1'],
  ['an unknown column', { datasetId: true, columns: ['id', 'nothing'] }, 'columns.1'],
  ['a filter for several tables', { datasetId: true, where: { id: 1 } }, 'where'],
  ['a filter by an unknown column', { datasetId: true, tables: ['users'], where: { age: 1 } }, 'where.age'],
  ['a filter of another type', { datasetId: true, tables: ['users'], where: { id: 'x' } }, 'where.id'],
  ['more than it knows', { datasetId: true, admin: true }, 'admin'],
])('refuses %s, by its path, and makes no job', async (_what, wish, path) => {
  const [before] = await data.query<{ n: string }>('select count(*) as n from jobs')
  const body = { format: 'csv', ...wish, ...('datasetId' in wish ? { datasetId } : {}) }
  const refused = await exports.ask(body)
  expect(refused.status).toBe(422)
  expect(refused.error.errors.map((fault: { path: string }) => fault.path)).toContain(path)
  expect(await data.query('select count(*) as n from jobs')).toEqual([before])
})

test('a filter on rows that are not stored is refused at once', async () => {
  const refused = await exports.ask({ datasetId: madeId, format: 'csv', tables: ['users'], where: { id: 1 } })
  expect([refused.status, refused.error.code]).toEqual([409, 'DATASET_NOT_STORED'])
})

test('lists exports, newest first', async () => {
  const { json } = await data.get('exports?limit=2&total=true')
  expect(json.data).toHaveLength(2)
  expect(json.data[0].id > json.data[1].id).toBe(true)
  expect(json.page.total).toBeGreaterThan(40)
  const next = await call(data.backlot, data.ada, 'GET', `/v1/exports?limit=2&cursor=${json.page.nextCursor}`)
  expect(next.data[0].id < json.data[1].id).toBe(true)
})
