import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openStorage } from '../../src/platform/storage/open-storage.ts'
import { type Deployed, DeploymentServers, deployments } from '../harness/deployments.ts'
import { quickImports } from '../harness/spawned-process.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase } from '../harness/test-database.ts'

/** KILLS=200 for as much as one likes to wait for. Each worker process dispatches, too. */
const killCount = Number(process.env.KILLS ?? 4)
/** A kill loses five of those that travel alone, and ten of the others: none should meet three. */
const [aloneCount, smallCount] = [5 * killCount, 20 * killCount]
const jobCount = aloneCount + smallCount
const workerCounts: Record<string, number> = { PostgreSQL: 4, Redis: 2 }
const endWithinMs = 120_000

const servers = new DeploymentServers()
afterAll(() => servers.close())

for (const deployment of await deployments())
  describe.skipIf(!deployment.isHere)(deployment.name, () => {
    let deployed: Deployed
    let dataDir: string
    let database: Awaited<ReturnType<typeof createTestDatabase>>
    let client: pg.Client
    let workers: (ChildProcess | undefined)[]

    beforeEach(async () => {
      workers = []
      dataDir = makeTemporaryDirectory()
      deployed = await servers.deploy(deployment)
      database = await createTestDatabase()
      client = new pg.Client({ connectionString: database.url })
      await client.connect()
      await client.query('create table effects (n int not null, key text not null)')
    })
    afterEach(async () => {
      for (const worker of workers) worker?.kill('SIGKILL')
      await client.end()
      await database.drop()
      removeTemporaryDirectory(dataDir)
    })

    const forkWorker = (): ChildProcess =>
      fork(path.join(import.meta.dirname, 'job-worker-process.ts'), {
        stdio: 'inherit',
        execArgv: quickImports,
        env: { ...process.env, ...deployed.env, BACKLOT_DATA_DIR: dataDir, DATABASE_URL: database.url },
      })

    const startWorker = async (): Promise<ChildProcess> => {
      const worker = forkWorker()
      await once(worker, 'message')
      return worker
    }

    const kill = async (worker: ChildProcess | undefined) => {
      if (worker === undefined) throw new Error('There is no worker to kill')
      const exit = once(worker, 'exit')
      worker.kill('SIGKILL')
      await exit
    }

    /** Those from number `from` to number `to`. */
    const addJobs = (type: string, queue: string, params: string, from: number, to: number) =>
      client.query(
        `with job as (
       insert into jobs (type, queue, params)
       select $1, $2, ($3::jsonb || jsonb_build_object('n', n)) from generate_series($4::int, $5::int) as n returning id)
     insert into job_events (job_id, seq, type, data) select id, 1, 'status', '{"status": "pending"}' from job`,
        [type, queue, params, from, to],
      )

    const unended = async () => {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from jobs where status in ('pending', 'in-progress')`,
      )
      return rows[0]?.n
    }

    /** Once all that it holds goes, and once it dies. */
    const harmRedis = async (kills: number) => {
      const { redis } = deployed
      if (kills === Math.floor(killCount / 3)) await redis?.with((connection) => connection.flushall())
      if (kills !== Math.ceil((2 * killCount) / 3)) return
      await redis?.kill()
      await redis?.restart()
    }

    /** What the jobs that completed have stored, by what they were to store. */
    const storedObjects = async () => {
      const storage = await openStorage({
        ...{ s3: deployed.bucket?.options, dataDir },
        ...{ signingKey: Buffer.alloc(32), log: pino({ level: 'silent' }) },
      })
      const { rows } = await client.query<{ n: number; key: string }>('select n, key from effects')
      const contents = await Promise.all(
        rows.map(async ({ n, key }) => {
          const content = await storage.read(key)
          return { n: String(n), content: content && (await text(content)) }
        }),
      )
      storage.close()
      return contents
    }

    test(`${killCount} kills of workers over ${jobCount} jobs: all end, each effect once`, {
      timeout: endWithinMs + 300_000 + killCount * 4_000,
    }, async () => {
      await addJobs('test.effect', 'uploads', '{"ms": 60}', 1, aloneCount)
      await addJobs('test.small-effect', 'emails', '{"ms": 60}', aloneCount + 1, jobCount)
      workers = await Promise.all(Array.from({ length: workerCounts[deployment.engine] ?? 2 }, startWorker))
      let kills = 0
      const killer = async (slot: number) => {
        while (kills < killCount) {
          kills += 1
          await harmRedis(kills)
          const waitMs = 20 + Math.random() * 150
          await new Promise((resolve) => setTimeout(resolve, waitMs))
          await kill(workers[slot])
          workers[slot] = await startWorker()
        }
      }
      await Promise.all(workers.map((_, slot) => killer(slot)))
      await expect.poll(unended, { timeout: endWithinMs, interval: 50 }).toBe(0)
      for (const worker of workers) await kill(worker)
      workers = []

      const { rows } = await client.query(`
    select job.status, job.crashes, job.error_code, count(effects.n)::int as effects
    from jobs as job left join effects on effects.n = (job.params ->> 'n')::int
    where job.type in ('test.effect', 'test.small-effect') group by job.id`)
      expect(rows).toHaveLength(jobCount)
      const completed = rows.filter(({ status }) => status === 'completed')
      const failed = rows.filter(({ status }) => status === 'failed')
      expect(completed.every(({ effects }) => effects === 1)).toBe(true)
      // Who lost three workers is given up, with a reason and without an effect.
      expect(
        failed.every((job) => job.crashes === 3 && job.error_code === 'WORKER_LOST' && job.effects === 0),
      ).toBe(true)
      expect(completed.length + failed.length).toBe(jobCount)
      expect(completed.length).toBeGreaterThan(jobCount * 0.9)
      expect(kills).toBe(killCount)

      const objects = await storedObjects()
      expect(objects).toHaveLength(completed.length)
      expect(objects.filter(({ n, content }) => content !== n)).toEqual([])
      const events = await client.query(`
    select job_id from job_events group by job_id having count(*) <> max(seq)`)
      expect(events.rows).toHaveLength(0)
    })

    // Where its files would be makes no difference to a job that stores none.
    if (deployment.files === 'S3') return
    test('a job that kills its worker three times ends failed, with a reason', {
      timeout: 120_000,
    }, async () => {
      await addJobs('test.poison', 'images', '{}', 1, 1)
      for (let crash = 1; crash <= 3; crash += 1) {
        const worker = forkWorker()
        const [, signal] = await once(worker, 'exit')
        expect(signal).toBe('SIGKILL')
        await client.query(`update jobs set lease_expires_at = now() where status = 'in-progress'`)
      }
      const sweeper = await startWorker()
      workers = [sweeper]
      await expect.poll(unended, { timeout: 20_000, interval: 100 }).toBe(0)
      const { rows } = await client.query(
        `select status, crashes, error_code, error_message from jobs where type = 'test.poison'`,
      )
      expect(rows).toEqual([
        {
          status: 'failed',
          crashes: 3,
          error_code: 'WORKER_LOST',
          error_message: 'The worker died 3 times while it ran this job.',
        },
      ])
    })
  })
