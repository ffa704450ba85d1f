import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '../harness/client.ts'
import { download, storedObjects } from '../harness/exports-client.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')

let backlot: TestApp
let ada: SignedIn
let worker: SpawnedProcess | undefined

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signInAs(backlot, 'user')
})
afterAll(async () => {
  await kill()
  await backlot.close()
})

const startWorker = () => {
  const { dataDir, databaseUrl } = backlot
  worker = spawnNode([main, 'worker'], { BACKLOT_DATA_DIR: dataDir, DATABASE_URL: databaseUrl })
}
const kill = async () => {
  worker?.child.kill('SIGKILL')
  await worker?.exit
  worker = undefined
}

test('a report whose worker is killed while it counts is written once, by the next', {
  timeout: 60_000,
}, async () => {
  const client = new pg.Client(backlot.databaseUrl)
  await client.connect()
  await client.query('begin; lock table posts in access exclusive mode')
  startWorker()
  const body = { from: '2025-06-01', to: '2025-06-30' }
  const { data: asked } = await call(backlot, ada, 'POST', '/v1/reports', { body })
  const job = async () => (await call(backlot, ada, 'GET', `/v1/jobs/${asked.jobId}`)).data
  // Its count of posts waits for the lock.
  await expect.poll(async () => (await job()).progressMessage, { timeout: 20_000 }).toMatch(/^Posts/)
  await kill()
  await client.query('rollback')
  expect(await job()).toMatchObject({ status: 'in-progress', attempts: 1 })

  // The lease of the killed one runs out at once, instead of after ten seconds.
  await client.query('update jobs set lease_expires_at = now() where id = $1', [asked.jobId])
  await client.end()
  startWorker()
  await expect.poll(async () => (await job()).status, { timeout: 30_000 }).toBe('completed')
  expect(await job()).toMatchObject({ attempts: 2 })
  const { data } = await call(backlot, ada, 'GET', `/v1/reports/${asked.reportId}`)
  expect(data).toMatchObject({ status: 'completed' })
  expect((await download(backlot, data.result.resultUri)).sha256).toBe(data.result.sha256)
  expect(storedObjects(backlot)).toEqual([expect.stringContaining(`${asked.jobId}-2-result`)])
  expect((await call(backlot, ada, 'GET', '/v1/files')).data).toHaveLength(1)
})
