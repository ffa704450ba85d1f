import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { call } from '../harness/client.ts'
import { type DataApp, startDataApp } from '../harness/data-app.ts'
import { download, exportsClient, storedObjects } from '../harness/exports-client.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { uploadsClient } from '../harness/uploads-client.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')
/** A lease of 10 s, and the work. */
const againWithinMs = 60_000

let data: DataApp
let worker: SpawnedProcess | undefined

beforeAll(async () => {
  data = await startDataApp({ worker: false })
})
afterEach(async () => {
  if (worker !== undefined) await kill(worker)
  worker = undefined
})
afterAll(() => data.backlot.close())

const startWorker = () => {
  const { dataDir, databaseUrl } = data.backlot
  worker = spawnNode([main, 'worker'], { BACKLOT_DATA_DIR: dataDir, DATABASE_URL: databaseUrl })
  return worker
}
const kill = async ({ child, exit }: SpawnedProcess) => {
  child.kill('SIGKILL')
  await exit
}
const statusOf = async (jobId: string) => (await data.get(`jobs/${jobId}`)).data
const ended = (jobId: string) =>
  expect
    .poll(async () => (await statusOf(jobId)).status, { timeout: againWithinMs, interval: 50 })
    .toBe('completed')
const drafts = () => readdirSync(path.join(data.backlot.dataDir, 'files/drafts'))

test('an export whose worker is killed is done again by the next, to the same byte', {
  timeout: 150_000,
}, async () => {
  startWorker()
  const { datasetId } = await data.make({
    seed: '5',
    store: false,
    count: 600_000,
    fields: [
      { name: 'id', type: 'sequence' },
      { name: 'email', type: 'email' },
      { name: 'text', type: 'sentence' },
    ],
  })
  const exports = exportsClient(data.backlot, data.ada)
  const wish = { datasetId, format: 'csv', compression: 'gzip' }
  const undisturbed = await exports.write(wish)
  const { data: asked } = await exports.ask(wish)
  await expect.poll(() => drafts().length, { timeout: 10_000, interval: 2 }).toBe(1)
  if (worker !== undefined) await kill(worker)
  expect(await statusOf(asked.jobId)).toMatchObject({ status: 'in-progress', attempts: 1 })
  expect(await exports.show(asked.exportId)).toMatchObject({ status: 'in-progress', result: null })

  startWorker()
  await ended(asked.jobId)
  expect((await statusOf(asked.jobId)).attempts).toBe(2)
  const { result } = await exports.show(asked.exportId)
  expect(result).toMatchObject({ rows: 600_000, sha256: undisturbed.result.sha256 })
  expect((await download(data.backlot, result.resultUri)).sha256).toBe(undisturbed.result.sha256)
  const files = (await data.get('files')).data
  expect(files.map(({ kind }: { kind: string }) => kind)).toEqual(['export', 'export'])
  // Of the killed attempt only its draft is left, which is removed when it is a day old.
  expect(drafts()).toHaveLength(1)
  expect(storedObjects(data.backlot).filter((name) => !name.startsWith('drafts/'))).toHaveLength(2)
})

test('an upload whose worker is killed while it writes rows is read once, whole', {
  timeout: 150_000,
}, async () => {
  const count = 400_000
  const rows = Array.from({ length: count }, (_, index) => `${index},name ${index},2026-01-01\n`)
  startWorker()
  const uploads = uploadsClient(data)
  const { data: taken } = await uploads.send('long.csv', `id,name,day\n${rows.join('')}`)
  const copying = async () => {
    const found = await data.query<{ n: number }>(
      `select coalesce(max(tuples_processed), 0)::int as n from pg_stat_progress_copy where datname = current_database()`,
    )
    return found[0]?.n
  }
  await expect.poll(copying, { timeout: 30_000, interval: 2 }).toBeGreaterThan(1_000)
  const parsers = childrenOf(worker?.child.pid)
  expect(parsers).toHaveLength(1)
  if (worker !== undefined) await kill(worker)
  expect(await statusOf(taken.jobId)).toMatchObject({ status: 'in-progress', attempts: 1 })
  await expect.poll(() => parsers.filter(isAlive), { timeout: 10_000 }).toEqual([])

  startWorker()
  await ended(taken.jobId)
  expect(await statusOf(taken.jobId)).toMatchObject({ attempts: 2, result: { rows: count, badRows: 0 } })
  const { tables, status, rows: told } = await data.show(taken.datasetId)
  expect({ status, told }).toEqual({ status: 'completed', told: count })
  const [stored] = await data.query(
    `select count(*)::int as n, count(distinct id)::int as ids, max(id)::int as last from ${data.nameOf(taken.datasetId, tables[0].name)}`,
  )
  expect(stored).toEqual({ n: count, ids: count, last: count - 1 })
  expect(await uploads.row(taken.uploadId)).toMatchObject({ status: 'completed' })
  const shown = await call(data.backlot, data.ada, 'GET', `/v1/datasets/${taken.datasetId}/rows?limit=1`)
  expect(shown.data).toEqual([{ id: 0, name: 'name 0', day: '2026-01-01' }])
})

const statOf = (pid: string) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return []
  }
}
const childrenOf = (parent: number | undefined): string[] =>
  readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && statOf(pid)[1] === String(parent))
/** One that has ended and is not yet taken note of is not. */
const isAlive = (pid: string) => !['', 'Z'].includes(statOf(pid)[0] ?? '')
