import http from 'node:http'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, formOf, signUp } from '../../../test/harness/client.ts'
import { type DataApp, startDataApp } from '../../../test/harness/data-app.ts'
import { download, storedObjects } from '../../../test/harness/exports-client.ts'
import { connect } from '../../../test/harness/send.ts'
import { uploadsClient } from '../../../test/harness/uploads-client.ts'
import { removeLeftoverTables } from '../datasets/maintenance.ts'
import { buildWorkbook, zipParts } from './parse/testing/workbook.ts'

let data: DataApp
let uploads: ReturnType<typeof uploadsClient>
const quotaRows = 1_000
const mebibyte = 1_024 ** 2

beforeAll(async () => {
  const env = {
    DATA_QUOTA_ROWS: String(quotaRows),
    DATA_QUOTA_BYTES: String(2 * mebibyte),
    FILES_QUOTA_BYTES: String(40 * mebibyte),
  }
  data = await startDataApp({ worker: true, env })
  uploads = uploadsClient(data)
})
afterAll(() => data.backlot.close())

/** The tables in the database that datasets have. */
const tablesOf = (datasetId: string) =>
  data.query(
    `select 1 from information_schema.tables where table_schema = '${data.nameOf(datasetId, '').split('.')[0]?.replaceAll('"', '')}'`,
  )
const removeLeftovers = async () => {
  while ((await removeLeftoverTables({ db: data.db })) > 0);
}
const rowsOf = (count: number, text = 'x') =>
  `id,text\n${Array.from({ length: count }, (_, index) => `${index},${text}`).join('\n')}\n`

const workbook = () => buildWorkbook([['Rows', '<row><c><v>1</v></c></row>']])
test.each([
  ['a truncated workbook', 'a.xlsx', async () => (await workbook()).subarray(0, 300)],
  ['a zip that is no workbook', 'a.xlsx', () => zipParts(new Map([['hello.txt', 'hello']]))],
  [
    'a Parquet file without its end',
    'a.parquet',
    async () => Buffer.from('PAR1 and then nothing of the kind'),
  ],
  [
    'a Parquet file of noise',
    'a.parquet',
    async () => Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(4_000, 7), Buffer.from('PAR1')]),
  ],
  ['JSON that is no table', 'a.json', async () => Buffer.from('"text"')],
  ['broken JSON', 'a.json', async () => Buffer.from('[{"id": 1}, {"id"')],
])('%s fails with a reason; the file stays', async (_what, name, content) => {
  const { status, data: taken } = await uploads.send(name, await content())
  expect(status).toBe(201)
  expect(await uploads.ended(taken.jobId)).toMatchObject({
    status: 'failed',
    errorMessage: expect.stringMatching(/\w{3}/),
  })
  expect((await data.get(`jobs/${taken.jobId}`)).data).toMatchObject({
    errorCode: 'FILE_NOT_READABLE',
    attempts: 1,
    result: null,
  })
  expect(await data.show(taken.datasetId)).toMatchObject({
    status: 'failed',
    errorCode: 'FILE_NOT_READABLE',
    tables: [],
  })
  expect((await data.rowsOf(taken.datasetId)).status).toBe(409)
  await removeLeftovers()
  expect(await tablesOf(taken.datasetId)).toEqual([])
  expect(await uploads.row(taken.uploadId)).toMatchObject({ status: 'failed' })
  const { data: file } = await data.get(`files/${taken.fileId}`)
  expect(file).toMatchObject({ status: 'ready' })
  expect(await download(data.backlot, file.url)).toMatchObject({ status: 200, sha256: file.sha256 })
})

test.each<[string, Parameters<typeof formOf>[0], number, string, string | undefined]>([
  ['without a file', { name: 'x' }, 422, 'VALIDATION_FAILED', 'file'],
  ['with a field for a file', { file: 'id\n1\n' }, 422, 'VALIDATION_FAILED', 'file'],
  [
    'with two files',
    {
      file: { name: 'a.csv', data: Buffer.from('id\n1\n') },
      more: { name: 'b.csv', data: Buffer.from('id\n1\n') },
    },
    422,
    'VALIDATION_FAILED',
    'more',
  ],
  [
    'with a file in another part',
    { image: { name: 'a.csv', data: Buffer.from('id\n1\n') } },
    422,
    'VALIDATION_FAILED',
    'image',
  ],
  [
    'with an unknown field',
    { file: { name: 'a.csv', data: Buffer.from('id\n1\n') }, admin: 'true' },
    422,
    'VALIDATION_FAILED',
    'admin',
  ],
  [
    'with an executable for CSV',
    { file: { name: 'a.csv', data: Buffer.from(`MZ\x90\0${'\0'.repeat(200)}`, 'latin1') } },
    422,
    'TYPE_MISMATCH',
    'file',
  ],
  [
    'with a picture for CSV',
    { file: { name: 'a.csv', data: Buffer.from('GIF89a\x01\0\x01\0', 'latin1') } },
    422,
    'TYPE_MISMATCH',
    'file',
  ],
  [
    'with HTML for CSV',
    { file: { name: 'a.csv', data: Buffer.from('<!doctype html><script>1</script>') } },
    422,
    'TYPE_MISMATCH',
    'file',
  ],
  [
    'with text for Parquet',
    { file: { name: 'a.parquet', data: Buffer.from('id\n1\n') } },
    422,
    'TYPE_MISMATCH',
    'file',
  ],
  [
    'with text for a workbook',
    { file: { name: 'a.xlsx', data: Buffer.from('id\n1\n') } },
    422,
    'TYPE_MISMATCH',
    'file',
  ],
  ['with nothing for CSV', { file: { name: 'a.csv', data: Buffer.alloc(0) } }, 422, 'TYPE_MISMATCH', 'file'],
])('a form %s is refused, and nothing of it is kept', async (_what, parts, status, code, field) => {
  const before = storedObjects(data.backlot)
  const refused = await call(data.backlot, data.ada, 'POST', '/v1/upload', await formOf(parts))
  expect([refused.status, refused.error.code]).toEqual([status, code])
  expect(refused.error.errors.map((fault: { path: string }) => fault.path)).toEqual([field])
  expect(storedObjects(data.backlot)).toEqual(before)
})

test('two files under the same name are one too many', async () => {
  const before = storedObjects(data.backlot)
  const part = '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nid\n1\n\r\n'
  const refused = await call(data.backlot, data.ada, 'POST', '/v1/upload', {
    payload: Buffer.from(`${part}${part}--edge--\r\n`),
    headers: { 'content-type': 'multipart/form-data; boundary=edge' },
  })
  expect([refused.status, refused.error.errors?.[0].path]).toEqual([422, 'file'])
  expect(storedObjects(data.backlot)).toEqual(before)
})

/** A form with a file of so many bytes, as it streams. */
const sendBig = async (name: string, sizeBytes: number, token: string) => {
  const piece = Buffer.alloc(mebibyte, 'text, ')
  async function* content() {
    yield `--edge\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n`
    for (let left = sizeBytes; left > 0; left -= piece.length)
      yield piece.subarray(0, Math.min(left, piece.length))
    yield '\r\n--edge--\r\n'
  }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=edge' }
  return new Promise<{ status: number; code: string }>((resolve, reject) => {
    const request = http.request(`${data.backlot.url}/v1/upload`, { method: 'POST', headers })
    // Who is refused while he sends may lose his connection, after he has the answer.
    request.on('error', reject).on('response', async (response) => {
      const { error } = JSON.parse(Buffer.concat(await response.toArray()).toString())
      resolve({ status: response.statusCode ?? 0, code: error?.code })
    })
    Readable.from(content()).pipe(request)
  })
}

test.each([
  ['more than its kind may have', 'a.txt', 26 * mebibyte, 'PAYLOAD_TOO_LARGE'],
  ['more than what is left of the quota', 'a.csv', 41 * mebibyte, 'QUOTA_EXCEEDED'],
])('%s is a 413, and nothing of it is kept', async (_what, name, sizeBytes, code) => {
  const { token } = await signUp(data.backlot)
  const before = storedObjects(data.backlot)
  expect(await sendBig(name, sizeBytes, token)).toEqual({ status: 413, code })
  expect(storedObjects(data.backlot)).toEqual(before)
})

test('more rows than the quota fail; run again with room, they are all there', async () => {
  const eva = uploadsClient(data, await signUp(data.backlot))
  const tooLong = await eva.send('long.csv', rowsOf(quotaRows + 1))
  expect(await eva.ended(tooLong.data.jobId)).toMatchObject({ status: 'failed' })
  expect((await data.get(`jobs/${tooLong.data.jobId}`, eva.who)).data.errorCode).toBe('TOO_MANY_ROWS')

  const first = await eva.read('first.csv', rowsOf(600))
  const { data: second } = await eva.send('second.csv', rowsOf(500))
  expect(await eva.ended(second.jobId)).toMatchObject({
    status: 'failed',
    errorMessage: expect.stringContaining('400 rows are left'),
  })
  expect((await data.get(`datasets/${second.datasetId}`, eva.who)).data).toMatchObject({
    status: 'failed',
    errorCode: 'QUOTA_EXCEEDED',
  })
  expect(await eva.row(second.uploadId)).toMatchObject({ status: 'failed' })

  expect((await call(data.backlot, eva.who, 'DELETE', `/v1/datasets/${first.datasetId}`)).status).toBe(204)
  expect((await call(data.backlot, eva.who, 'POST', `/v1/jobs/${second.jobId}/retry`)).status).toBe(202)
  expect(await eva.ended(second.jobId)).toMatchObject({ status: 'completed' })
  const shown = (await data.get(`datasets/${second.datasetId}`, eva.who)).data
  expect(shown).toMatchObject({ status: 'completed', rows: 500, errorCode: null })
  expect(
    await data.query(`select count(*)::int as n from ${data.nameOf(second.datasetId, shown.tables[0].name)}`),
  ).toEqual([{ n: 500 }])
  expect(await eva.row(second.uploadId)).toMatchObject({ status: 'completed' })
})

test('tables that turn out larger than the quota go again', async () => {
  const eva = uploadsClient(data, await signUp(data.backlot))
  const noise = () => Array.from({ length: 3_000 }, () => Math.random().toString(36).slice(2)).join('')
  const rows = Array.from({ length: 100 }, (_, index) => `${index},${noise()}`)
  const { data: taken } = await eva.send('wide.csv', `id,text\n${rows.join('\n')}\n`)
  expect(await eva.ended(taken.jobId)).toMatchObject({
    status: 'failed',
    errorMessage: expect.stringMatching(/bytes are left/),
  })
  await removeLeftovers()
  expect(await tablesOf(taken.datasetId)).toEqual([])
  expect((await data.get(`files/${taken.fileId}`, eva.who)).data.status).toBe('ready')
})

test('a cancelled upload ends at once and leaves no tables', async () => {
  const eva = uploadsClient(data, await signUp(data.backlot))
  // Wrong in each row, so that the parser has much to do, and few rows.
  const slow = `id,text\n${'1,2,3,4\n'.repeat(2_000_000)}`
  const { data: taken } = await eva.send('slow.csv', slow)
  const isRunning = async () => (await data.get(`jobs/${taken.jobId}`, eva.who)).data.status
  await expect.poll(isRunning, { interval: 5 }).toBe('in-progress')
  const cancelledAt = performance.now()
  expect((await call(data.backlot, eva.who, 'POST', taken.cancelUrl)).status).toBe(202)
  expect((await eva.ended(taken.jobId)).status).toBe('cancelled')
  expect(performance.now() - cancelledAt).toBeLessThan(2_000)
  expect((await data.get(`datasets/${taken.datasetId}`, eva.who)).data.status).toBe('cancelled')
  expect(await eva.row(taken.uploadId)).toMatchObject({ status: 'failed' })
  await removeLeftovers()
  expect(await tablesOf(taken.datasetId)).toEqual([])
})

test('the connection of a form that was refused half-way is fit for the next request', async () => {
  const part = (name: string, text: string) =>
    `--edge\r\nContent-Disposition: form-data; name="${name}"; filename="a.csv"\r\n\r\n${text}\r\n`
  const body = `${part('other', 'x'.repeat(400_000))}--edge--\r\n`
  const { socket, received, closed } = connect(data.backlot.url)
  socket.write(
    `POST /v1/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${data.ada.token}\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await expect.poll(received, { interval: 5 }).toMatch(/^HTTP\/1.1 422 /)
  socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(await closed).toMatch(/HTTP\/1.1 200 /)
})
