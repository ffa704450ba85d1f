import { eq, isNotNull, ne, or, sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type JobSystem, startJobSystem } from '../../../test/harness/job-system.ts'
import { provideRedisServer, RedisServer } from '../../../test/harness/redis-server.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { Database } from '../database/database.ts'
import { defineJob, type RunnableJob, runnableJob } from './define-job.ts'
import { enqueue } from './enqueue.ts'
import { jobs } from './jobs.table.ts'

/** What a race comes to that nothing else has won. */
const late = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms, 'late'))
const canRun = await provideRedisServer()
/** Less than the 30 s after which any id is given again. */
const soon = { timeout: 12_000, interval: 50 }

let gate: PromiseWithResolvers<void>
const gated = defineJob({
  name: 'test.gated',
  queue: 'uploads',
  params: z.object({}),
  run: async (_deps: object, { id }) => {
    await gate.promise
    return { commit: async (tx) => void (await tx.execute(sql`insert into effects values (${id})`)) }
  },
})
const kinds = [runnableJob(gated, {})]

describe.skipIf(!canRun)('queues on Redis', () => {
  let own: Awaited<ReturnType<typeof createTestDatabase>>
  let database: Database
  let redis: RedisServer
  let open: JobSystem[]
  let logged: string[]

  beforeAll(async () => {
    redis = await RedisServer.start()
  })
  afterAll(() => redis.close())

  beforeEach(async () => {
    gate = Promise.withResolvers<void>()
    open = []
    logged = []
    own = await createTestDatabase()
    database = new Database({
      ...{ url: own.url, ssl: false, poolMax: 4, applicationName: 'test' },
      onConnectionError: () => undefined,
    })
    await database.db.execute(sql`create table effects (id uuid)`)
  })
  afterEach(async () => {
    gate.resolve()
    await Promise.all(open.map((system) => system.close()))
    await database.close()
    await own.drop()
  })

  const start = async (redisUrl: string | undefined, ofKinds: RunnableJob[] = kinds) => {
    const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) })
    const system = await startJobSystem(own.url, ofKinds, { redisUrl, log })
    open.push(system)
    return system
  }
  const stop = async (system: JobSystem) => {
    open = open.filter((other) => other !== system)
    await system.close()
  }
  const add = (count: number) =>
    database.db.transaction(async (tx) => {
      for (let n = 0; n < count; n += 1) await enqueue(tx, gated, {})
    })
  /** One that was claimed before it could be marked stays without the mark. */
  const dispatched = () =>
    database.db.$count(jobs, or(isNotNull(jobs.dispatchedAt), ne(jobs.status, 'pending')))
  const completed = () => database.db.$count(jobs, eq(jobs.status, 'completed'))
  const effects = async () => {
    const { rows } = await database.db.execute<{ all: number; different: number }>(
      sql`select count(*)::int as all, count(distinct id)::int as different from effects`,
    )
    return rows[0]
  }
  const expectAllOnce = async (count: number) => {
    await expect.poll(completed, soon).toBe(count)
    expect(await effects()).toEqual({ all: count, different: count })
  }
  const linesOf = (message: string) => logged.filter((line) => line.includes(`"msg":"${message}"`))

  test('a flush loses no job, and none waits long', async () => {
    await start(redis.url)
    await start(redis.url)
    await add(40)
    await expect.poll(dispatched, soon).toBe(40)
    await redis.with((client) => client.flushall())
    gate.resolve()
    await expectAllOnce(40)
  })

  test.each([
    ['with', false],
    ['without', true],
  ])('killed, and back %s what it held', async (_with, isEmpty) => {
    await start(redis.url)
    await add(40)
    await expect.poll(dispatched, soon).toBe(40)
    if (isEmpty) await redis.with((client) => client.flushall())
    await redis.kill()
    await add(10)
    await expect.poll(() => linesOf('redis is away').length, soon).toBe(1)
    gate.resolve()
    await redis.restart()
    await expectAllOnce(50)
    for (const line of ['redis is away', 'redis is back', 'dispatcher pass failed', 'dispatcher works again'])
      expect({ line, times: linesOf(line).length }).toEqual({ line, times: 1 })
  })

  test('who starts and stops while it is away does not wait for it, and works once it is there', async () => {
    gate.resolve()
    await redis.kill()
    const startedAt = performance.now()
    const first = await start(redis.url)
    await add(10)
    await stop(first)
    expect(performance.now() - startedAt).toBeLessThan(8_000)
    await start(redis.url)
    await redis.restart()
    await expectAllOnce(10)
  })

  test.each([
    ['has just gone', 0],
    ['is known to be away', 1],
  ])('who has nothing to do and stops when it %s does not wait for it', async (_when, timesTold) => {
    const system = await start(redis.url)
    await add(1)
    gate.resolve()
    await expectAllOnce(1)
    await redis.kill()
    await expect.poll(() => linesOf('redis is away').length, soon).toBeGreaterThanOrEqual(timesTold)
    const stopped = await Promise.race([stop(system).then(() => true), late(6_000)])
    await redis.restart()
    expect(stopped).toBe(true)
  })

  test('who stops when it goes away with jobs at work does not wait for it', async () => {
    const system = await start(redis.url)
    await add(10)
    await expect.poll(dispatched, soon).toBe(10)
    const stopping = stop(system)
    await redis.kill()
    gate.resolve()
    await stopping
    await redis.restart()
    await start(redis.url)
    await expectAllOnce(10)
  })

  test('one that takes commands and answers none', async () => {
    await start(redis.url)
    redis.pause()
    await add(10)
    await expect.poll(() => linesOf('dispatcher pass failed').length, soon).toBe(1)
    redis.resume()
    gate.resolve()
    await expectAllOnce(10)
  })

  test('jobs that wait when the engine is switched are given to the other one, and back', async () => {
    const onPostgres = await start(undefined, [])
    await add(600)
    await expect.poll(dispatched, soon).toBe(600)
    await stop(onPostgres)
    const switched = performance.now()
    const onRedis = await start(redis.url, [])
    const given = () => redis.with((client) => client.llen(`test:${new URL(own.url).pathname}:uploads:wait`))
    await expect.poll(given, soon).toBe(600)
    expect(performance.now() - switched).toBeLessThan(5_000)
    await stop(onRedis)
    gate.resolve()
    await start(undefined)
    await expectAllOnce(600)
  })
})
