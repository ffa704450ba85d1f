import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { Database } from './database.ts'

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>
let database: Database
let other: pg.Client
const lost: Error[] = []

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  const onConnectionError = (error: Error) => void lost.push(error)
  database = new Database({
    url: testDatabase.url,
    ssl: false,
    poolMax: 4,
    applicationName: 'test',
    onConnectionError,
  })
  other = new pg.Client({ connectionString: testDatabase.url })
  await other.connect()
})
afterAll(async () => {
  await other.end()
  await database.close()
  await testDatabase.drop()
})

const isGone = async (pid: number) =>
  (await other.query('select 1 from pg_stat_activity where pid = $1', [pid])).rowCount === 0

test('a connection that is cut inside a transaction fails that transaction, and nothing else', async () => {
  const uncaught: unknown[] = []
  const note = (error: unknown) => void uncaught.push(error)
  process.on('uncaughtException', note)
  const broken = database.db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
    const pid = rows[0]?.pid ?? 0
    await other.query('select pg_terminate_backend($1)', [pid])
    await expect.poll(() => isGone(pid)).toBe(true)
    await expect.poll(() => lost.length).toBeGreaterThan(0)
    await tx.execute(sql`select 1`)
  })
  await expect(broken).rejects.toThrow()
  expect((await database.db.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }])
  process.off('uncaughtException', note)
  expect(uncaught).toEqual([])
})

test('connections that broke while nobody used them are no trouble to transactions, and hold no place in the pool', async () => {
  const begun = Promise.withResolvers<void>()
  let waiting = 0
  const open = () =>
    database.db.transaction(async (tx) => {
      const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      waiting += 1
      if (waiting === 4) begun.resolve()
      await begun.promise
      return rows[0]?.pid ?? 0
    })
  const pids = await Promise.all([open(), open(), open(), open()])
  // All in one read of the sockets: `BEGIN` is sent before this process hears that the connections are gone.
  void other.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids])
  const blocked = performance.now() + 300
  while (performance.now() < blocked);
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => database.db.transaction(async () => 1)))
  expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'))
  await expect.poll(() => database.pool.totalCount - database.pool.idleCount).toBe(0)
  expect(await Promise.all([1, 2, 3, 4].map(() => database.db.transaction(async () => 1)))).toEqual([
    1, 1, 1, 1,
  ])
})

test('statements of one turn share a connection, and each gets its own answer', async () => {
  await other.query('create table numbers as select n, n * n as square from generate_series(1, 200) as n')
  const read = (n: number) =>
    database.readDb.select({ square: sql<number>`square` }).from(sql`numbers`).where(sql`n = ${n}`)
  const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => read(index + 1)))
  expect(answers.map(([row]) => row?.square)).toEqual(
    Array.from({ length: 200 }, (_, index) => (index + 1) ** 2),
  )
})

test('a statement that is wrong fails alone, in the middle of others', async () => {
  const right = () => database.readDb.select({ one: sql<number>`1` }).from(sql`numbers`).limit(1)
  const wrong = database.readDb.select({ one: sql<number>`no_such_column` }).from(sql`numbers`)
  const [before, failed, after] = await Promise.allSettled([right(), wrong, right()])
  expect([before.status, failed.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(database.breaker.state).toBe('closed')
})
