import path from 'node:path'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDueSyncs } from '../../src/modules/syncs/start-runs.ts'
import { type SourceServer, startSourceServer } from '../fakes/source-server.ts'
import { call } from '../harness/client.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')
const env = { SYNCS_ALLOW_PRIVATE_ADDRESSES: 'true' }

let backlot: TestApp
let ada: SignedIn
let source: SourceServer
let worker: SpawnedProcess | undefined

beforeAll(async () => {
  backlot = await startTestApp({ env })
  ada = await signInAs(backlot, 'user')
  source = await startSourceServer()
})
afterAll(async () => {
  await kill()
  await backlot.close()
  await source.close()
})

const startWorker = () => {
  const { dataDir, databaseUrl } = backlot
  worker = spawnNode([main, 'worker'], { BACKLOT_DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...env })
}
const kill = async () => {
  worker?.child.kill('SIGKILL')
  await worker?.exit
  worker = undefined
}
const get = async (url: string) => (await call(backlot, ada, 'GET', url)).data

test('a run whose worker is killed in the middle leaves the dataset whole, and ends once', {
  timeout: 90_000,
}, async () => {
  const rowsWith = (value: string) => JSON.stringify([1, 2, 3].map((id) => ({ id, value })))
  source.has(rowsWith('old'))
  const timing = { everyMinutes: 60 }
  const asked = { name: 'A', url: source.url, format: 'json', keyColumns: ['id'], timing }
  const { data: sync } = await call(backlot, ada, 'POST', '/v1/syncs', { body: asked })
  await startDueSyncs({ db: backlot.platform.db }, 1)
  startWorker()
  const runs = () => get(`/v1/syncs/${sync.id}/runs`)
  await expect.poll(async () => (await runs())[0]?.status, { timeout: 30_000 }).toBe('completed')
  const { datasetId } = await get(`/v1/syncs/${sync.id}`)
  const values = async () =>
    (await get(`/v1/datasets/${datasetId}/rows`)).map(({ value }: { value: string }) => value)

  await kill()
  source.has(rowsWith('new'))
  const { data: run } = await call(backlot, ada, 'POST', `/v1/syncs/${sync.id}/run`)
  // Its rows are changed, and to note that waits for the lock.
  const client = new pg.Client(backlot.databaseUrl)
  await client.connect()
  await client.query('begin')
  await client.query('select from syncs where id = $1 for update', [sync.id])
  startWorker()
  const waiting = async () => {
    // Not by the client: within a transaction it would see the same activity each time.
    const { rows } = await backlot.platform.db.execute(
      sql`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%"syncs"%for update%'
        and datname = current_database()`,
    )
    return rows.length
  }
  await expect.poll(waiting, { timeout: 30_000, interval: 20 }).toBe(1)
  await kill()
  await client.query('rollback')
  expect(await values()).toEqual(['old', 'old', 'old'])
  expect((await runs())[0]).toMatchObject({ status: 'in-progress', outcome: null })

  // The lease of the killed one runs out at once, instead of after ten seconds.
  await client.query('update jobs set lease_expires_at = now() where id = $1', [run.jobId])
  await client.end()
  startWorker()
  await expect.poll(async () => (await runs())[0]?.status, { timeout: 30_000 }).toBe('completed')
  expect(await runs()).toMatchObject([{ outcome: 'changed', changed: 3 }, { added: 3 }])
  expect(await values()).toEqual(['new', 'new', 'new'])
  expect(await get(`/v1/jobs/${run.jobId}`)).toMatchObject({ attempts: 2 })
})
