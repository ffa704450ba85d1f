import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openS3Storage } from '../../src/platform/storage/s3/s3-storage.ts'
import { call } from '../harness/client.ts'
import { type DataApp, startDataApp } from '../harness/data-app.ts'
import { type Deployed, DeploymentServers, deployments } from '../harness/deployments.ts'
import { exportsClient, storedObjects } from '../harness/exports-client.ts'
import type { TestBucket } from '../harness/s3-account.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { provideSwift, startSwift } from '../harness/swift-s3-server.ts'
import { uploadsClient } from '../harness/uploads-client.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')
const againWithinMs = 60_000
const exportedRows = 100_000

// Swift, since it tells what was uploaded in parts and not completed.
const servers = new DeploymentServers(startSwift)
afterAll(() => servers.close())

/** Each engine and each storage once. All four combinations are killed in `worker-kill.test.ts`. */
const chosen = (await deployments({ isS3Here: await provideSwift() })).filter(
  ({ engine, files }) => (engine === 'Redis') === (files === 'S3'),
)

for (const deployment of chosen)
  describe.skipIf(!deployment.isHere)(deployment.name, () => {
    let deployed: Deployed
    let data: DataApp
    let worker: SpawnedProcess | undefined

    beforeAll(async () => {
      deployed = await servers.deploy(deployment)
      data = await startDataApp({ worker: false, env: deployed.env })
    })
    afterEach(() => kill())
    afterAll(() => data.backlot.close())

    const startWorker = () => {
      const { dataDir, databaseUrl } = data.backlot
      const env = { BACKLOT_DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...deployed.env }
      worker = spawnNode([main, 'worker'], env)
    }
    const kill = async () => {
      worker?.child.kill('SIGKILL')
      await worker?.exit
      worker = undefined
    }
    const statusOf = async (jobId: string) => (await data.get(`jobs/${jobId}`)).data
    /** By another worker. The lease of the killed one runs out at once, instead of after ten seconds. */
    const endedAgain = async (jobId: string) => {
      await data.query(`update jobs set lease_expires_at = now() where id = '${jobId}'`)
      startWorker()
      const status = async () => (await statusOf(jobId)).status
      await expect.poll(status, { timeout: againWithinMs, interval: 50 }).toBe('completed')
    }

    /** What has begun to be stored and is not yet an object. */
    const unfinished = async (): Promise<unknown[]> =>
      deployed.bucket?.uploadsInParts() ?? readdirSync(path.join(data.backlot.dataDir, 'files/drafts'))
    const stored = async (): Promise<unknown[]> =>
      deployed.bucket?.keys() ?? storedObjects(data.backlot).filter((name) => !name.startsWith('drafts/'))

    test('an export whose worker is killed is done again by the next, to the same byte', {
      timeout: 150_000,
    }, async () => {
      startWorker()
      const fields = [
        { name: 'id', type: 'sequence' },
        { name: 'email', type: 'email' },
        { name: 'text', type: 'sentence' },
      ]
      const { datasetId } = await data.make({ seed: '5', store: false, count: exportedRows, fields })
      const exports = exportsClient(data.backlot, data.ada)
      const { data: asked } = await exports.ask({ datasetId, format: 'csv', compression: 'none' })
      await expect.poll(unfinished, { timeout: 20_000, interval: 2 }).toHaveLength(1)
      await kill()
      expect(await statusOf(asked.jobId)).toMatchObject({ status: 'in-progress', attempts: 1 })
      expect(await exports.show(asked.exportId)).toMatchObject({ status: 'in-progress', result: null })
      expect(await stored()).toEqual([])

      await endedAgain(asked.jobId)
      expect((await statusOf(asked.jobId)).attempts).toBe(2)
      const { result } = await exports.show(asked.exportId)
      expect(result).toMatchObject({ rows: exportedRows })
      const { pathname, search } = new URL(result.resultUri)
      const link = deployed.bucket ? result.resultUri : data.backlot.url + pathname + search
      const file = Buffer.from(await (await fetch(link)).arrayBuffer())
      expect(createHash('sha256').update(file).digest('hex')).toBe(result.sha256)
      expect(file.toString('latin1').split('\n')).toHaveLength(exportedRows + 2)
      expect(await stored()).toEqual([expect.stringContaining(`${asked.jobId}-2-result`)])

      const undisturbed = await exports.write({ datasetId, format: 'csv', compression: 'none' })
      expect(undisturbed.result.sha256).toBe(result.sha256)
      const files = (await data.get('files')).data
      expect(files.map(({ kind }: { kind: string }) => kind)).toEqual(['export', 'export'])
      // Of the killed attempt only what it had begun is left, which is removed when it is a day old.
      expect(await unfinished()).toHaveLength(1)
      if (deployed.bucket) await expectSwept(deployed.bucket, `${asked.jobId}-1-result`)
    })

    const expectSwept = async (bucket: TestBucket, key: string) => {
      expect(await bucket.uploadsInParts()).toEqual([expect.stringContaining(key)])
      const storage = await openS3Storage({
        ...{ ...bucket.options, directory: path.join(data.backlot.dataDir, 'downloads') },
        ...{ signingKey: Buffer.alloc(32), log: pino({ level: 'silent' }), leftoversAfterMs: -5_000 },
      })
      expect(await storage.removeLeftovers()).toBe(1)
      storage.close()
      expect(await bucket.uploadsInParts()).toEqual([])
    }

    test('an upload whose worker is killed while it writes rows is read once, whole', {
      timeout: 150_000,
    }, async () => {
      const count = 90_000
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
      await kill()
      expect(await statusOf(taken.jobId)).toMatchObject({ status: 'in-progress', attempts: 1 })
      await expect.poll(() => parsers.filter(isAlive), { timeout: 10_000 }).toEqual([])

      await endedAgain(taken.jobId)
      const result = { rows: count, badRows: 0 }
      expect(await statusOf(taken.jobId)).toMatchObject({ attempts: 2, result })
      const { tables, status, rows: told } = await data.show(taken.datasetId)
      expect({ status, told }).toEqual({ status: 'completed', told: count })
      const [kept] = await data.query(
        `select count(*)::int as n, count(distinct id)::int as ids, max(id)::int as last from ${data.nameOf(taken.datasetId, tables[0].name)}`,
      )
      expect(kept).toEqual({ n: count, ids: count, last: count - 1 })
      expect(await uploads.row(taken.uploadId)).toMatchObject({ status: 'completed' })
      const shown = await call(data.backlot, data.ada, 'GET', `/v1/datasets/${taken.datasetId}/rows?limit=1`)
      expect(shown.data).toEqual([{ id: 0, name: 'name 0', day: '2026-01-01' }])
    })
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
