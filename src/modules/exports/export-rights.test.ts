import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call, type Person } from '../../../test/harness/client.ts'
import { type DataApp, startDataApp } from '../../../test/harness/data-app.ts'
import { exportsClient } from '../../../test/harness/exports-client.ts'
import { type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { makeThings } from '../../../test/harness/things.ts'
import { startWorker } from '../../app/worker.ts'
import type { Permission } from '../auth/permissions.ts'

let data: DataApp
let admin: SignedIn
let datasetId: string
let stopWorker = async () => {}

beforeAll(async () => {
  // Without a worker at first: exports wait until their owner has become somebody else.
  data = await startDataApp({})
  admin = await signInAs(data.backlot, 'admin')
  datasetId = (await makeThings(data.backlot, data.ada.id)).dataset.datasetId
})
afterAll(async () => {
  await stopWorker()
  await data.backlot.close()
})

const asKey = async (who: Person, scopes: Permission[]): Promise<Person> => ({
  ...who,
  token: (await newKeyOf(data.backlot.platform.db, who.id, scopes)).text,
})
const waitingExport = async (who: SignedIn, source: object): Promise<string> => {
  const {
    status,
    data: asked,
    text,
  } = await exportsClient(data.backlot, who).ask({
    format: 'csv',
    ...source,
  })
  if (status !== 202) throw new Error(text)
  return asked.jobId
}
const cancelledExport = async (who: SignedIn, source: object): Promise<string> => {
  const jobId = await waitingExport(who, source)
  expect((await call(data.backlot, who, 'POST', `/v1/jobs/${jobId}/cancel`)).status).toBe(202)
  return jobId
}
const retry = async (who: Person, jobId: string) => {
  const { status, error } = await call(data.backlot, who, 'POST', `/v1/jobs/${jobId}/retry`)
  return [status, error?.code]
}
const change = async (who: SignedIn, body: object) => {
  const { status, text } = await call(data.backlot, admin, 'PATCH', `/v1/users/${who.id}`, { body })
  expect(status, text).toBe(200)
}
const jobOf = async (id: string) => {
  const [job] = await data.query<{ status: string; error_code: string | null; attempt: number }>(
    `select status, error_code, attempt from jobs where id = '${id}'`,
  )
  return job
}

test('who reads less than when he made an export cannot run it again', async () => {
  const lowered = await signInAs(data.backlot, 'manager')
  const ofAll = await cancelledExport(lowered, { resource: 'users' })
  const ofAnother = await cancelledExport(lowered, { datasetId })
  await change(lowered, { role: 'user' })
  expect(await retry(lowered, ofAll)).toEqual([403, 'EXPORT_NOT_ALLOWED'])
  expect(await retry(lowered, ofAnother)).toEqual([404, 'DATASET_NOT_FOUND'])
  expect(await jobOf(ofAll)).toMatchObject({ status: 'cancelled' })
  const own = await cancelledExport(lowered, { resource: 'users' })
  expect(await retry(lowered, own)).toEqual([202, undefined])
})

test('a key runs an export again only with the scopes that it takes to make it', async () => {
  const manager = await signInAs(data.backlot, 'manager')
  const changing: Permission[] = ['jobs:read', 'jobs:update', 'exports:read']
  for (const [source, scope] of [
    [{ resource: 'users' }, 'users:read'],
    [{ datasetId }, 'datasets:read'],
  ] as const) {
    const jobId = await cancelledExport(manager, source)
    const refused = [403, 'INSUFFICIENT_SCOPE']
    expect(await retry(await asKey(manager, [...changing, scope]), jobId)).toEqual(refused)
    expect(await retry(await asKey(manager, [...changing, 'exports:create']), jobId)).toEqual(refused)
    expect(await jobOf(jobId)).toMatchObject({ status: 'cancelled' })
    expect(await retry(await asKey(manager, [...changing, 'exports:create', scope]), jobId)).toEqual([
      202,
      undefined,
    ])
  }
})

test('an export that waited is written only as far as its owner still reads', {
  timeout: 30_000,
}, async () => {
  const [lowered, disabled, kept] = [
    await signInAs(data.backlot, 'manager'),
    await signInAs(data.backlot, 'manager'),
    await signInAs(data.backlot, 'manager'),
  ]
  const refused = [
    [await waitingExport(lowered, { resource: 'users' }), 'EXPORT_NOT_ALLOWED'],
    [await waitingExport(lowered, { datasetId }), 'DATASET_NOT_FOUND'],
    [await waitingExport(disabled, { resource: 'users' }), 'EXPORT_NOT_ALLOWED'],
  ] as const
  const written = [await waitingExport(kept, { resource: 'users' }), await waitingExport(kept, { datasetId })]
  await change(lowered, { role: 'user' })
  await change(disabled, { disabled: true })
  written.push(await waitingExport(lowered, { resource: 'users' }))
  stopWorker = (await startWorker({ config: data.backlot.config, log: pino({ level: 'silent' }) })).stop
  for (const [jobId, error_code] of refused) {
    await expect.poll(() => jobOf(jobId), { timeout: 15_000 }).toMatchObject({ status: 'failed', error_code })
    expect((await jobOf(jobId))?.attempt).toBe(1)
  }
  for (const jobId of written) {
    await expect.poll(() => jobOf(jobId), { timeout: 15_000 }).toMatchObject({ status: 'completed' })
  }
})

test('the link to the file is not for a key that reads jobs and no exports', {
  timeout: 30_000,
}, async () => {
  const jobId = await waitingExport(admin, { resource: 'users' })
  await expect.poll(() => jobOf(jobId), { timeout: 15_000 }).toMatchObject({ status: 'completed' })
  const [job] = await data.query<{ queue: string; result_uri: string }>(
    `select queue, result_uri from jobs where id = '${jobId}'`,
  )
  const board = `/admin/queues/api/queues/${job?.queue}/${jobId}`
  const reading: Permission[] = ['jobs:read', 'queues:read']
  const without = await asKey(admin, reading)
  const having = await asKey(admin, [...reading, 'exports:read'])
  for (const path of [
    '/v1/jobs',
    `/v1/jobs/${jobId}`,
    `/v1/status/${jobId}`,
    `/v1/jobs/${jobId}/events`,
    board,
    `${board}/logs`,
  ]) {
    const read = async ({ token }: { token: string }) => {
      const answer = await fetch(data.backlot.url + path, { headers: { authorization: `Bearer ${token}` } })
      expect(answer.status, path).toBe(200)
      return answer.text()
    }
    const signature = new URL(job?.result_uri ?? '', data.backlot.url).pathname
    expect(await read(without), path).not.toContain(signature)
    if (path.startsWith('/v1/'))
      for (const who of [having, admin]) expect(await read(who), path).toContain(signature)
  }
  const { data: shown } = await call(data.backlot, without, 'GET', `/v1/jobs/${jobId}`)
  expect(shown).toMatchObject({ status: 'completed', resultUri: null })
})
