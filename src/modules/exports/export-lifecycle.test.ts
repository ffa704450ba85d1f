import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, signUp } from '../../../test/harness/client.ts'
import { type DataApp, startDataApp } from '../../../test/harness/data-app.ts'
import { download, exportsClient, storedObjects } from '../../../test/harness/exports-client.ts'
import { removeDeletedFiles, removeDueObjects } from '../files/clean-up.ts'
import { removeExpiredExports } from './exports.service.ts'

let data: DataApp
let exports: ReturnType<typeof exportsClient>
let small: string
/** More than two processors write in a second. */
let huge: string
const quotaBytes = 4_000_000

const wide = (count: number) => ({
  seed: '3',
  store: false,
  count,
  fields: [
    { name: 'id', type: 'sequence' },
    { name: 'email', type: 'email' },
    { name: 'text', type: 'paragraph' },
  ],
})

beforeAll(async () => {
  data = await startDataApp({ worker: true, env: { FILES_QUOTA_BYTES: String(quotaBytes) } })
  exports = exportsClient(data.backlot, data.ada)
  small = (await data.make(wide(100))).datasetId
  huge = (await data.make(wide(5_000_000))).datasetId
})
afterAll(() => data.backlot.close())

const drafts = () => readdirSync(path.join(data.backlot.dataDir, 'files/drafts'))
const ended = (jobId: string, timeout = 15_000) =>
  expect
    .poll(async () => (await data.get(`status/${jobId}`)).data.status, { timeout, interval: 20 })
    .toMatch(/completed|failed|cancelled/)
const makeDue = () => data.query(`update object_removals set due_at = now() - interval '1 minute'`)
/** What housekeeping does, as if all its times had come. */
const cleanUp = async () => {
  const { db, storage } = data.backlot.platform
  await data.query(
    `update files set deleted_at = deleted_at - interval '2 days' where deleted_at is not null`,
  )
  await removeDeletedFiles({ db }, 100)
  await makeDue()
  while ((await removeDueObjects({ db, storage }, 100)) > 0);
}

test('the same key and wish give the stored answer, and one export', async () => {
  const headers = { 'idempotency-key': randomUUID() }
  const wish = { datasetId: small, format: 'csv' }
  const first = await exports.ask(wish, headers)
  const again = await exports.ask(wish, headers)
  expect(again).toMatchObject({ status: 202, headers: { 'idempotency-replayed': 'true' } })
  expect(again.data).toEqual(first.data)
  expect(first.headers.location).toBe(first.data.statusUrl)
  const other = await exports.ask({ ...wish, format: 'json' }, headers)
  expect([other.status, other.error.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
  expect(await data.query(`select id from jobs where type = 'export.write-small'`)).toHaveLength(1)
  await ended(first.data.jobId)
})

test('a repetition is answered even when the dataset is gone', async () => {
  const { datasetId } = await data.make({ count: 5, fields: [{ name: 'id', type: 'sequence' }] })
  const headers = { 'idempotency-key': randomUUID() }
  const first = await exports.ask({ datasetId, format: 'csv' }, headers)
  await ended(first.data.jobId)
  await call(data.backlot, data.ada, 'DELETE', `/v1/datasets/${datasetId}`)
  expect((await exports.ask({ datasetId, format: 'csv' }, headers)).data).toEqual(first.data)
  expect((await exports.ask({ datasetId, format: 'csv' })).status).toBe(404)
})

test('who has 50 unfinished exports is told to come back', async () => {
  const busy = await signUp(data.backlot)
  await data.query(`
    insert into exports (owner_id, job_id, request, expires_at)
    select '${busy.id}', uuid_v7(), '{"resource":"jobs","format":"csv"}', now() + interval '1 day'
    from generate_series(1, 50)`)
  const refused = await exportsClient(data.backlot, busy).ask({ resource: 'jobs', format: 'csv' })
  expect([refused.status, refused.error.code]).toEqual([429, 'TOO_MANY_EXPORTS'])
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
})

test('a dataset that is not ready is a 409', async () => {
  const { data: made } = await data.post('generate', { ...wide(3_000_000), store: true })
  const refused = await exports.ask({ datasetId: made.datasetId, format: 'csv' })
  expect([refused.status, refused.error.code]).toEqual([409, 'DATASET_NOT_READY'])
  await call(data.backlot, data.ada, 'DELETE', `/v1/datasets/${made.datasetId}`)
  expect((await exports.ask({ datasetId: made.datasetId, format: 'csv' })).status).toBe(404)
  await ended(made.jobId)
})

test('a cancel while it runs leaves no file and no object', async () => {
  const roomy = await signUp(data.backlot)
  const before = storedObjects(data.backlot)
  const { data: dataset } = await data.post('generate', wide(5_000_000), { prefer: 'wait=20' }, roomy)
  const wish = { datasetId: dataset.datasetId, format: 'parquet', compression: 'none' }
  const { data: asked } = await exportsClient(data.backlot, roomy).ask(wish)
  await expect.poll(() => drafts().length, { timeout: 10_000, interval: 5 }).toBe(1)
  const cancelledAt = performance.now()
  expect((await call(data.backlot, roomy, 'POST', asked.cancelUrl)).status).toBe(202)
  await expect
    .poll(async () => (await data.get(`exports/${asked.exportId}`, roomy)).data.status, {
      timeout: 5_000,
      interval: 10,
    })
    .toBe('cancelled')
  expect(performance.now() - cancelledAt).toBeLessThan(2_000)
  expect((await data.get(`exports/${asked.exportId}`, roomy)).data).toMatchObject({
    result: null,
    errorCode: null,
  })
  expect(drafts()).toEqual([])
  expect(storedObjects(data.backlot)).toEqual(before)
  expect((await data.get('files', roomy)).data).toEqual([])
})

test('a deleted export takes its file with it', async () => {
  const written = await exports.write({ datasetId: small, format: 'csv' })
  const { fileId, resultUri } = written.result
  expect((await data.get(`files/${fileId}`)).data).toMatchObject({
    kind: 'export',
    status: 'ready',
    sha256: written.result.sha256,
  })
  expect((await call(data.backlot, data.ada, 'DELETE', `/v1/exports/${written.id}`)).status).toBe(204)
  expect((await data.get(`exports/${written.id}`)).status).toBe(404)
  expect((await data.get(`files/${fileId}`)).status).toBe(404)
  // At once, not when deleted files are removed: the link may be in other hands.
  expect((await download(data.backlot, resultUri)).status).toBe(404)
})

test('a deleted export that runs ends, and leaves nothing', async () => {
  const { data: asked } = await exports.ask({ datasetId: huge, format: 'csv', columns: ['id'] })
  await expect.poll(() => drafts().length, { timeout: 10_000, interval: 5 }).toBe(1)
  expect((await call(data.backlot, data.ada, 'DELETE', `/v1/exports/${asked.exportId}`)).status).toBe(204)
  await ended(asked.jobId)
  expect((await data.get(`status/${asked.jobId}`)).data.status).toBe('cancelled')
  expect(drafts()).toEqual([])
})

test('exports go with their files when their time is over, and not before', async () => {
  const [old, young] = [
    await exports.write({ datasetId: small, format: 'json' }),
    await exports.write({ datasetId: small, format: 'ndjson' }),
  ]
  expect(Date.parse(old.expiresAt) - Date.parse(old.createdAt)).toBeGreaterThan(6.9 * 86_400_000)
  await data.query(`update exports set expires_at = now() - interval '1 second' where id = '${old.id}'`)
  expect(await removeExpiredExports({ db: data.db }, 100)).toBe(1)
  expect((await data.get(`exports/${old.id}`)).status).toBe(404)
  expect((await data.get(`files/${old.result.fileId}`)).status).toBe(404)
  await cleanUp()
  expect((await download(data.backlot, old.result.resultUri)).status).toBe(404)
  expect((await download(data.backlot, young.result.resultUri)).sha256).toBe(young.result.sha256)
})

test('more than the quota fails with the reason, and leaves nothing', async () => {
  await cleanUp()
  const before = storedObjects(data.backlot)
  const { data: asked } = await exports.ask({ datasetId: huge, format: 'csv' })
  await ended(asked.jobId)
  const { status, errorCode, errorMessage, result } = await exports.show(asked.exportId)
  expect({ status, errorCode, result }).toEqual({
    status: 'failed',
    errorCode: 'QUOTA_EXCEEDED',
    result: null,
  })
  expect(errorMessage).toMatch(/\d+ bytes are left/)
  expect((await data.get(`jobs/${asked.jobId}`)).data.attempts).toBe(1)
  await cleanUp()
  expect(storedObjects(data.backlot)).toEqual(before)
})

const mayMount = process.getuid?.() === 0

test.runIf(mayMount)(
  'a full disk fails with the reason and leaves nothing; run again with room, it is done',
  { timeout: 60_000 },
  async () => {
    const directory = path.join(data.backlot.dataDir, 'files')
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'tmpfs', directory])
    try {
      execFileSync('mkdir', [path.join(directory, 'drafts')])
      const middle = (await data.make(wide(5_000))).datasetId
      const { data: asked } = await exports.ask({ datasetId: middle, format: 'csv' })
      await ended(asked.jobId, 30_000)
      const failed = await exports.show(asked.exportId)
      expect(failed).toMatchObject({ status: 'failed', errorCode: 'INSUFFICIENT_STORAGE', result: null })
      expect(failed.errorMessage).not.toMatch(/ENOSPC|\//)
      expect(storedObjects(data.backlot)).toEqual([])
      execFileSync('mount', ['-o', 'remount,size=20m', directory])
      expect((await call(data.backlot, data.ada, 'POST', `/v1/jobs/${asked.jobId}/retry`)).status).toBe(202)
      await ended(asked.jobId)
      const done = await exports.show(asked.exportId)
      expect(done).toMatchObject({ status: 'completed', errorCode: null, result: { rows: 5_000 } })
      expect((await download(data.backlot, done.result.resultUri)).sha256).toBe(done.result.sha256)
    } finally {
      // A download that has just been read to its end is closed in a moment.
      await expect.poll(() => spawnSync('umount', [directory]).status, { timeout: 5_000 }).toBe(0)
    }
  },
)
