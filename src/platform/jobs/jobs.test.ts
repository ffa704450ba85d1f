import { eq, sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { queueEngines } from '../../../test/harness/deployments.ts'
import { type JobSystem, startJobSystem } from '../../../test/harness/job-system.ts'
import type { RedisServer } from '../../../test/harness/redis-server.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { claimJob, completeJob } from './claims.ts'
import { type Completion, defineJob, type RunningJob, runnableJob } from './define-job.ts'
import { enqueue } from './enqueue.ts'
import { followEvents, listEvents, waitForEnd } from './job-events.ts'
import { PermanentFailure, TemporaryFailure } from './job-failure.ts'
import { jobs } from './jobs.table.ts'
import { cancelChannel } from './leases.ts'
import { cancelPendingJob, releaseExpiredLeases, requestCancel, restartJob } from './transitions.ts'

type Handler = (job: RunningJob<{ key: string }>) => Promise<Completion>

/** What each test lets its jobs do, by the `key` of their parameters. */
const handlers = new Map<string, Handler>()
const transitions: string[] = []

/** What an operator hears of each job: 40 is a warning, 50 an error. */
const lines: { jobId?: string; type?: string; level: number }[] = []
const log = pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line)) })
const levelsOf = (jobId: string) => lines.filter((line) => line.jobId === jobId).map(({ level }) => level)

const scripted = defineJob({
  name: 'test.scripted',
  queue: 'emails',
  params: z.object({ key: z.string() }),
  onTransition: async (_tx, { key }, { status }) => void transitions.push(`${key} ${status}`),
  run: async (_deps: object, job) => handlers.get(job.params.key)?.(job) ?? {},
})

for (const { engine, isHere, startRedis } of await queueEngines())
  describe.skipIf(!isHere)(`with queues on ${engine}`, () => {
    let database: Awaited<ReturnType<typeof createTestDatabase>>
    let system: JobSystem
    let redis: RedisServer | undefined

    beforeAll(async () => {
      transitions.length = 0
      database = await createTestDatabase()
      redis = await startRedis()
      system = await startJobSystem(database.url, [runnableJob(scripted, {})], { log, redisUrl: redis?.url })
    })
    afterAll(async () => {
      await system.close()
      await redis?.close()
      await database.drop()
    })

    const forever = new AbortController().signal
    const start = async (key: string, handler: Handler, options?: { runAt: Date }) => {
      handlers.set(key, handler)
      const { jobId } = await system.db.transaction((tx) => enqueue(tx, scripted, { key }, options))
      return jobId
    }
    const ended = async (jobId: string) => {
      expect(await waitForEnd(system, jobId, 15_000, forever)).toBe(true)
      return stored(jobId)
    }
    const stored = async (jobId: string) => {
      const [job] = await system.db.select().from(jobs).where(eq(jobs.id, jobId))
      if (job === undefined) throw new Error('no such job')
      return job
    }
    /** What the retry policy would wait for comes at once. */
    const makeDue = (jobId: string) =>
      system.db
        .update(jobs)
        .set({ runAt: sql`now()` })
        .where(eq(jobs.id, jobId))
        .then(() => system.dispatcher.wake())

    /** A job that runs until it is told to stop. */
    const startEndless = async (key: string) => {
      const { promise: running, resolve } = Promise.withResolvers<AbortSignal>()
      const jobId = await start(key, async ({ signal }) => {
        resolve(signal)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        return {}
      })
      return { jobId, signal: await running }
    }

    test('a job of a transaction that is rolled back does not exist', async () => {
      const before = await system.db.$count(jobs)
      await expect(
        system.db.transaction(async (tx) => {
          await enqueue(tx, scripted, { key: 'never' })
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await system.db.$count(jobs)).toBe(before)
    })

    test('runs, tells its progress, and completes with what it commits', async () => {
      await system.db.execute(sql`create table committed (key text)`)
      const jobId = await start('plain', async ({ progress }) => {
        progress(0.5, 'half way')
        return {
          result: { answer: 42 },
          resultUri: '/v1/answer',
          commit: async (tx) => void (await tx.execute(sql`insert into committed values ('plain')`)),
        }
      })
      const job = await ended(jobId)
      expect(job).toMatchObject({
        status: 'completed',
        attempt: 1,
        result: { answer: 42 },
        resultUri: '/v1/answer',
        progress: 1,
      })
      expect((await system.db.execute(sql`select * from committed`)).rows).toEqual([{ key: 'plain' }])
      const events = await listEvents(system.db, jobId, 0)
      expect(events.map(({ seq, type, data }) => [seq, type, data.status ?? data.message])).toEqual([
        [1, 'status', 'pending'],
        [2, 'status', 'in-progress'],
        [3, 'progress', 'half way'],
        [4, 'status', 'completed'],
      ])
      expect(transitions.filter((line) => line.startsWith('plain '))).toEqual([
        'plain in-progress',
        'plain completed',
      ])
    })

    test('follows a job from where the reader left off', async () => {
      const jobId = await start('followed', async () => ({}))
      await ended(jobId)
      const seen: number[] = []
      for await (const event of followEvents(system, jobId, 2, forever)) if (event) seen.push(event.seq)
      expect(seen).toEqual([3])
    })

    test('tries again after a failure, and counts it', async () => {
      let tries = 0
      const jobId = await start('flaky', async () => {
        tries += 1
        if (tries === 1) throw new TemporaryFailure('AWAY', 'The other side is away.', { retryAfterMs: 20 })
        return {}
      })
      const job = await ended(jobId)
      expect(job).toMatchObject({ status: 'completed', attempt: 2, failures: 1, errorCode: null })
    })

    test('gives up after the retries of its queue, and says why', async () => {
      const jobId = await start('hopeless', async () => {
        throw new Error('secret host 10.0.0.7')
      })
      for (let failure = 1; failure <= 3; failure += 1) {
        await expect.poll(() => stored(jobId), { timeout: 10_000 }).toMatchObject({ failures: failure })
        expect((await stored(jobId)).runAt.getTime()).toBeGreaterThan(Date.now() + 1_000)
        await makeDue(jobId)
      }
      expect(await ended(jobId)).toMatchObject({
        status: 'failed',
        failures: 4,
        errorCode: 'JOB_FAILED',
        errorMessage: 'The job failed unexpectedly.',
      })
      expect(levelsOf(jobId)).toEqual([40, 40, 40, 50])
    })

    test.each([
      [false, 50],
      [true, 40],
    ])(
      'a last failure that is the fault of what its owner named (%s) is told at level %i',
      async (isOwners, level) => {
        const jobId = await start(`away ${isOwners}`, async () => {
          throw new TemporaryFailure('AWAY', 'The other side is away.', { isOwners, retryAfterMs: 0 })
        })
        for (const failures of [1, 2, 3]) {
          await expect.poll(() => stored(jobId)).toMatchObject({ failures })
          await makeDue(jobId)
        }
        expect(await ended(jobId)).toMatchObject({ status: 'failed', failures: 4 })
        expect(levelsOf(jobId)).toEqual([40, 40, 40, level])
      },
    )

    test('does not try again what can only fail again', async () => {
      const jobId = await start('refused', async () => {
        throw new PermanentFailure('BAD_INPUT', 'This cannot be done.')
      })
      expect(await ended(jobId)).toMatchObject({
        status: 'failed',
        attempt: 1,
        errorCode: 'BAD_INPUT',
        errorMessage: 'This cannot be done.',
      })
      expect(levelsOf(jobId)).toEqual([40])
    })

    test('cancels a job that waits, for good', async () => {
      const jobId = await start('later', async () => ({}), { runAt: new Date(Date.now() + 3_600_000) })
      expect(await cancelPendingJob(system.db, jobId)).toMatchObject({ status: 'cancelled' })
      await makeDue(jobId)
      expect(await stored(jobId)).toMatchObject({ status: 'cancelled', attempt: 0 })
      expect(await cancelPendingJob(system.db, jobId)).toBeUndefined()
    })

    test('cancels a job that runs: its signal aborts', async () => {
      const { jobId, signal } = await startEndless('endless')
      expect(await requestCancel(system.db, jobId)).toBe(true)
      system.notifications.notify(cancelChannel, jobId)
      expect(await ended(jobId)).toMatchObject({ status: 'cancelled' })
      expect(signal.reason).toBe('cancelled')
    })

    test('a cancel whose notification is lost still arrives, with the next renewal of the lease', async () => {
      const { jobId } = await startEndless('unheard')
      await requestCancel(system.db, jobId)
      expect(await ended(jobId)).toMatchObject({ status: 'cancelled' })
    })

    test('a job whose cancel came first does not complete', async () => {
      const { promise: held, resolve: release } = Promise.withResolvers<void>()
      const { promise: running, resolve: runs } = Promise.withResolvers<void>()
      const jobId = await start('too-late', async () => {
        runs()
        await held
        return { result: { made: true } }
      })
      await running
      await requestCancel(system.db, jobId)
      release()
      expect(await ended(jobId)).toMatchObject({ status: 'cancelled', result: null })
    })

    test('a worker that was taken for dead and wakes up changes nothing', async () => {
      const jobId = await start('stalled', async () => ({}), { runAt: new Date(Date.now() + 3_600_000) })
      const first = await claimJob(system.db, { id: jobId, attempt: 0 }, 'sleeper', 1)
      await system.db.execute(sql`select pg_sleep(0.01)`)
      await releaseExpiredLeases(system.db)
      const second = await claimJob(system.db, { id: jobId, attempt: 1 }, 'other', 60_000)
      expect([first?.attempt, second?.attempt]).toEqual([1, 2])
      expect(await completeJob(system.db, { id: jobId, attempt: 1 }, { from: 'sleeper' })).toBeUndefined()
      expect(await claimJob(system.db, { id: jobId, attempt: 1 }, 'third', 60_000)).toBeUndefined()
      expect(await stored(jobId)).toMatchObject({ status: 'in-progress', result: null })
      expect(await completeJob(system.db, { id: jobId, attempt: 2 }, { from: 'other' })).toMatchObject({
        status: 'completed',
      })
    })

    test('a lost queue engine loses no job', async () => {
      const runAt = new Date(Date.now() + 3_600_000)
      const jobId = await start('forgotten', async () => ({ result: { ran: true } }), { runAt })
      // As after a flush: the row was dispatched a minute ago, and the engine has nothing of it.
      await system.db.execute(
        sql`update jobs set run_at = now(), dispatched_at = now() - interval '1 minute' where id = ${jobId}`,
      )
      expect(await ended(jobId)).toMatchObject({ status: 'completed', result: { ran: true } })
    })

    test('a cancelled job can be started anew', async () => {
      const jobId = await start('again', async () => ({ result: { ran: true } }), {
        runAt: new Date(Date.now() + 3_600_000),
      })
      await cancelPendingJob(system.db, jobId)
      expect(await restartJob(system.db, jobId)).toMatchObject({ status: 'pending', failures: 0 })
      system.dispatcher.wake()
      await expect.poll(() => stored(jobId), { timeout: 10_000 }).toMatchObject({ status: 'completed' })
    })

    test('a worker that stops hands its job back for another', async () => {
      const own = await createTestDatabase()
      const first = await startJobSystem(own.url, [runnableJob(scripted, {})], {
        worker: { leaseMs: 30_000, drainMs: 50 },
        redisUrl: redis?.url,
      })
      const { promise: running, resolve: runs } = Promise.withResolvers<void>()
      handlers.set('handed', async ({ attempt, signal }) => {
        if (attempt > 1) return { result: { attempt } }
        runs()
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        return {}
      })
      const { jobId } = await first.db.transaction((tx) => enqueue(tx, scripted, { key: 'handed' }))
      await running
      await first.close()
      const second = await startJobSystem(own.url, [runnableJob(scripted, {})], { redisUrl: redis?.url })
      expect(await waitForEnd(second, jobId, 10_000, forever)).toBe(true)
      const [job] = await second.db.select().from(jobs).where(eq(jobs.id, jobId))
      expect(job).toMatchObject({
        status: 'completed',
        attempt: 2,
        failures: 0,
        crashes: 0,
        result: { attempt: 2 },
      })
      await second.close()
      await own.drop()
    })
  })
