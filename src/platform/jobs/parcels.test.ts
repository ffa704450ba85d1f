import { eq, max, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type JobSystem, startJobSystem } from '../../../test/harness/job-system.ts'
import { provideRedisServer, RedisServer } from '../../../test/harness/redis-server.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { Database } from '../database/database.ts'
import { defineJob, runnableJob } from './define-job.ts'
import { enqueue } from './enqueue.ts'
import { jobs } from './jobs.table.ts'
import { queues } from './queues.ts'
import { cancelPendingJob } from './transitions.ts'

const queue = 'emails'
const { concurrency } = queues[queue]
/** Less than the 30 s after which any id is given again, and than what a dead worker's parcel takes. */
const soon = { timeout: 6_000, interval: 20 }

/** What is at work, and what each job waits for: nothing, unless its number says so. */
let gates: Map<number, Promise<void>>
let started: number[]
let running: number
let mostRunning: number
let workers: Map<number, string>

const numbered = (worker: string) =>
  runnableJob(
    defineJob({
      name: 'test.numbered',
      queue,
      params: z.object({ n: z.int() }),
      run: async (_deps: object, { params: { n } }) => {
        started.push(n)
        workers.set(n, worker)
        running += 1
        mostRunning = Math.max(mostRunning, running)
        await gates.get(n)
        running -= 1
        return {}
      },
    }),
    {},
  )

const canRun = { PostgreSQL: true, Redis: await provideRedisServer() }

for (const engine of ['PostgreSQL', 'Redis'] as const)
  describe.skipIf(!canRun[engine])(`parcels of ids, with queues on ${engine}`, () => {
    let redis: RedisServer | undefined
    let own: Awaited<ReturnType<typeof createTestDatabase>>
    let database: Database
    let open: JobSystem[]
    let gate: PromiseWithResolvers<void>

    beforeAll(async () => {
      redis = engine === 'Redis' ? await RedisServer.start() : undefined
    })
    afterAll(() => redis?.close())

    beforeEach(async () => {
      ;[gates, started, running, mostRunning, workers] = [new Map(), [], 0, 0, new Map()]
      gate = Promise.withResolvers<void>()
      open = []
      own = await createTestDatabase()
      database = new Database({
        ...{ url: own.url, ssl: false, poolMax: 4, applicationName: 'test' },
        onConnectionError: () => undefined,
      })
    })
    afterEach(async () => {
      gate.resolve()
      await Promise.all(open.map((system) => system.close()))
      await database.close()
      await own.drop()
    })

    const start = async (worker: string) => {
      const options = { worker: { leaseMs: 30_000, drainMs: 50 }, redisUrl: redis?.url }
      const system = await startJobSystem(own.url, [numbered(worker)], options)
      open.push(system)
      return system
    }
    const stop = async (system: JobSystem) => {
      open = open.filter((other) => other !== system)
      await system.close()
    }
    /** Jobs 0 to `count` - 1, due in this order and found due together: they travel as one. */
    const add = (count: number) =>
      database.db.transaction(async (tx) => {
        const ids: string[] = []
        for (let n = 0; n < count; n += 1) {
          const runAt = new Date(Date.now() - 60_000 + n)
          const { jobId } = await enqueue(tx, { name: 'test.numbered', queue, params }, { n }, { runAt })
          ids.push(jobId)
        }
        return ids
      })
    const params = z.object({ n: z.int() })
    const holdUp = (...numbers: number[]) => {
      for (const n of numbers) gates.set(n, gate.promise)
    }
    const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, n) => from + n)
    const completed = () => database.db.$count(jobs, eq(jobs.status, 'completed'))
    const expectNoGaps = async () => {
      const { rows } = await database.db.execute(
        sql`select job_id from job_events group by job_id having count(*) <> max(seq)`,
      )
      expect(rows).toEqual([])
    }

    test('all run, in their order, each once', async () => {
      await start('one')
      await add(80)
      await expect.poll(completed, soon).toBe(80)
      expect(started).toEqual(upTo(80))
      await expectNoGaps()
    })

    test('a job that is slow holds up none of the others', async () => {
      await start('one')
      holdUp(3)
      await add(80)
      await expect.poll(completed, soon).toBe(79)
      gate.resolve()
      await expect.poll(completed, soon).toBe(80)
      await expectNoGaps()
    })

    test('not more run at a time than the queue allows, and not fewer', async () => {
      await start('one')
      holdUp(...upTo(40))
      await add(40)
      await expect.poll(() => running, soon).toBe(concurrency)
      gate.resolve()
      await expect.poll(completed, soon).toBe(40)
      expect(mostRunning).toBe(concurrency)
    })

    test('what one worker has no room for goes to another at once', async () => {
      await start('one')
      holdUp(...upTo(concurrency))
      await add(40)
      await expect.poll(() => running, soon).toBe(concurrency)
      await start('two')
      await expect.poll(completed, soon).toBe(40 - concurrency)
      expect(upTo(40, concurrency).map((n) => workers.get(n))).toEqual(upTo(40, concurrency).map(() => 'two'))
      gate.resolve()
      await expect.poll(completed, soon).toBe(40)
    })

    test('what was claimed ahead of jobs that turn out to be slow is handed back, once', async () => {
      await start('one')
      holdUp(...upTo(150 + concurrency, 150))
      await add(300)
      await expect.poll(() => running, soon).toBe(concurrency)
      const claimed = () => database.db.$count(jobs, eq(jobs.status, 'in-progress'))
      await expect.poll(claimed, soon).toBe(concurrency)
      await start('two')
      await expect.poll(completed, soon).toBe(300 - concurrency)
      gate.resolve()
      await expect.poll(completed, soon).toBe(300)
      const [most] = await database.db.select({ attempts: max(jobs.attempt) }).from(jobs)
      expect(most?.attempts).toBeLessThanOrEqual(2)
      await expectNoGaps()
    })

    test('a worker that stops gives back what it has not claimed, and what it has', async () => {
      const first = await start('one')
      holdUp(...upTo(concurrency))
      await add(40)
      await expect.poll(() => running, soon).toBe(concurrency)
      const stopping = stop(first)
      gates.clear()
      await start('two')
      await expect.poll(completed, soon).toBe(40 - concurrency)
      gate.resolve()
      await stopping
      await expect.poll(completed, soon).toBe(40)
      await expectNoGaps()
    })

    test('who is cancelled on the way does not run', async () => {
      await start('one')
      holdUp(...upTo(concurrency))
      const ids = await add(40)
      await expect.poll(() => running, soon).toBe(concurrency)
      await cancelPendingJob(database.db, ids[20] ?? '')
      gate.resolve()
      await expect.poll(completed, soon).toBe(39)
      expect(started).not.toContain(20)
    })

    test('a job that has lost a worker travels alone', async () => {
      const dispatcher = await startJobSystem(own.url, [], { redisUrl: redis?.url })
      open.push(dispatcher)
      await database.db.execute(sql`
        insert into jobs (type, queue, params, crashes)
        select 'test.numbered', ${queue}, '{"n": 0}', case when n <= 2 then 1 else 0 end from generate_series(1, 5) as n`)
      const sizes: number[] = []
      const take = async (dispatched: object[]) => {
        sizes.push(dispatched.length)
        return []
      }
      const drain = dispatcher.engine.work(queue, { take, room: async () => undefined })
      dispatcher.dispatcher.wake()
      await expect.poll(() => sizes.toSorted(), soon).toEqual([1, 1, 3])
      await drain.close()
    })

    test('of what waits unclaimed for long, only what the engine has lost is given again', async () => {
      const dispatcher = await startJobSystem(own.url, [], { redisUrl: redis?.url })
      open.push(dispatcher)
      // The engine has been this one for long.
      const seemOld = () =>
        database.db.execute(sql`update queue_incarnation set since = now() - interval '1 hour'`)
      await expect.poll(async () => (await seemOld()).rowCount, soon).toBe(1)
      const ids = await add(3)
      const dispatchedAt = async () => {
        const rows = await database.db.select({ at: jobs.dispatchedAt }).from(jobs).orderBy(jobs.runAt)
        return rows.map(({ at }) => at?.getTime() ?? 0)
      }
      await expect.poll(async () => Math.min(...(await dispatchedAt())), soon).toBeGreaterThan(0)
      // The engine has all three, since now. As if it had got them 40 s ago, and the last one before that, in vain.
      const taken: string[] = []
      const drain = dispatcher.engine.work(queue, {
        take: async (dispatched) => {
          taken.push(...dispatched.map(({ id }) => id))
          return []
        },
        room: async () => undefined,
      })
      await expect.poll(() => taken.length, soon).toBe(3)
      await drain.close()
      const agoMs = Date.now() - 40_000
      const [first = '', second = '', lost = ''] = ids
      const dispatched = [first, second].map((id) => ({ id, type: 'test.numbered', attempt: 0 }))
      await dispatcher.engine.add(queue, dispatched, agoMs)
      await database.db.execute(sql`
        update jobs set dispatched_at = to_timestamp(${agoMs / 1_000}) - case when id = ${lost} then interval '5 s' else interval '0' end`)
      await expect.poll(async () => (await dispatchedAt())[2], soon).toBeGreaterThan(agoMs)
      expect((await dispatchedAt()).slice(0, 2)).toEqual([agoMs, agoMs])
      await start('one')
      await expect.poll(completed, soon).toBe(3)
    })
  })
