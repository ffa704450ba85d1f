import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { PoolBreaker } from './breaker.ts'
import { BulkConnections } from './bulk-connections.ts'

const most = 3
const forever = new AbortController().signal

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>
let other: pg.Client
let breaker: PoolBreaker
let bulk: BulkConnections

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  other = new pg.Client({ connectionString: testDatabase.url })
  await other.connect()
})
beforeEach(() => {
  breaker = new PoolBreaker('bulk test', async () => undefined)
  const options = { url: testDatabase.url, ssl: false, max: most, applicationName: 'test' }
  bulk = new BulkConnections({ ...options, onIdleError: () => undefined }, breaker)
  return async () => {
    await bulk.close()
    breaker.close()
  }
})
afterAll(async () => {
  await other.end()
  await testDatabase.drop()
})

const backends = async () =>
  (
    await other.query<{ pid: number; state: string }>(
      `select pid, state from pg_stat_activity where application_name = 'test bulk' and datname = current_database()`,
    )
  ).rows
const sleeping = async () =>
  (
    await other.query(
      `select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
    )
  ).rowCount

test('gives what the work gives, and the same session to both handles', async () => {
  const pids = await bulk.use(forever, async ({ db, client }) => [
    (await db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)).rows[0]?.pid,
    (await client.query('select pg_backend_pid() as pid')).rows[0].pid,
  ])
  expect(pids[0]).toBe(pids[1])
  const again = await bulk.use(forever, async ({ client }) => client.query('select pg_backend_pid() as pid'))
  expect(again.rows[0].pid).toBe(pids[0])
})

test('prints values the same way, however the server and the last work were set up', async () => {
  await other.query(`alter role current_user set timezone = 'Asia/Tokyo'`)
  await other.query(`alter role current_user set datestyle = 'German'`)
  const print = () =>
    bulk.use(forever, async ({ client }) => {
      const { rows } = await client.query(`select '2024-01-02 03:04:05+00'::timestamptz::text as at`)
      await client.query(`set timezone = 'America/New_York'`)
      return rows[0].at
    })
  try {
    expect([await print(), await print()]).toEqual(['2024-01-02 03:04:05+00', '2024-01-02 03:04:05+00'])
  } finally {
    await other.query('alter role current_user reset timezone')
    await other.query('alter role current_user reset datestyle')
  }
})

test('a connection whose work failed is not used again', async () => {
  const work = bulk.use(forever, async ({ client }) => {
    await client.query('begin')
    throw new Error('half-way')
  })
  await expect(work).rejects.toThrow('half-way')
  await expect.poll(backends).toEqual([])
  expect(await bulk.use(forever, async () => 'next')).toBe('next')
})

test('a signal that has aborted lets nothing begin', async () => {
  let begun = false
  const work = bulk.use(AbortSignal.abort(new Error('too late')), async () => {
    begun = true
  })
  await expect(work).rejects.toThrow('too late')
  expect(begun).toBe(false)
})

test('an abort cancels all statements that run, while one connection is left for it', async () => {
  const stop = new AbortController()
  const working = Array.from({ length: most - 1 }, () =>
    bulk.use(stop.signal, ({ client }) => client.query('select pg_sleep(30)')),
  )
  const ended = Promise.allSettled(working)
  await expect.poll(sleeping).toBe(most - 1)
  const aborted = performance.now()
  stop.abort()
  const results = await ended
  expect(performance.now() - aborted).toBeLessThan(2_000)
  expect(results.map((result) => result.status === 'rejected' && result.reason.code)).toEqual(
    Array(most - 1).fill('57014'),
  )
  expect(await bulk.use(forever, async () => 'next')).toBe('next')
})

test('an abort after the work has no effect on the next', async () => {
  const stop = new AbortController()
  await bulk.use(stop.signal, ({ client }) => client.query('select 1'))
  stop.abort()
  const next = bulk.use(forever, ({ client }) => client.query('select pg_sleep(0.2)'))
  expect((await next).rowCount).toBe(1)
})

test('a connection that is cut fails its work alone', async () => {
  const work = bulk.use(forever, ({ client }) => client.query('select pg_sleep(30)'))
  const failed = expect(work).rejects.toThrow(/terminat/)
  await expect.poll(sleeping).toBe(1)
  for (const { pid } of await backends()) await other.query('select pg_terminate_backend($1)', [pid])
  await failed
  expect(await bulk.use(forever, async () => 'next')).toBe('next')
})

test('work begins on a connection that is whole, though others broke while idle', async () => {
  await Promise.all(
    Array.from({ length: most }, () =>
      bulk.use(forever, ({ client }) => client.query('select pg_sleep(0.1)')),
    ),
  )
  const pids = (await backends()).map(({ pid }) => pid)
  expect(pids).toHaveLength(most)
  void other.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids])
  // This process does not hear of it before it uses them.
  const blockedUntil = performance.now() + 300
  while (performance.now() < blockedUntil);
  expect(await bulk.use(forever, async () => 'done')).toBe('done')
})
