import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { Database } from '../database/database.ts'
import { claimTogether, completeTogether } from './claims.ts'
import { jobs } from './jobs.table.ts'

let own: Awaited<ReturnType<typeof createTestDatabase>>
let open: Database[]

const openDatabase = (url: string) => {
  const database = new Database({
    ...{ url, ssl: false, poolMax: 4, applicationName: 'test' },
    onConnectionError: () => undefined,
  })
  open.push(database)
  return database
}

beforeEach(async () => {
  own = await createTestDatabase()
  open = []
})
afterEach(async () => {
  await Promise.all(open.map((database) => database.close()))
  await own.drop()
})

const addJobs = async ({ db }: Database, count: number): Promise<string[]> => {
  const { rows } = await db.execute<{ id: string }>(sql`
    with job as (
      insert into jobs (type, queue, params) select 'test', 'emails', '{}' from generate_series(1, ${count}::int)
      returning id
    ), noted as (insert into job_events (job_id, seq, type, data) select id, 1, 'status', '{}' from job)
    select id from job`)
  return rows.map(({ id }) => id)
}
const claim = ({ db }: Database, id: string, workerId = 'one') =>
  claimTogether(db, { dispatched: { id, attempt: 0 }, workerId, leaseMs: 10_000 })
const statusOf = async ({ db }: Database, id: string) => {
  const [job] = await db.select().from(jobs).where(eq(jobs.id, id))
  return job?.status
}

test('of two who claim the same job at once, in one batch or in two, one gets it', async () => {
  const [first, second] = [openDatabase(own.url), openDatabase(own.url)]
  const ids = await addJobs(first, 300)
  const claims = await Promise.all([
    ...ids.map((id) => claim(first, id)),
    ...ids.toReversed().flatMap((id) => [claim(second, id, 'two'), claim(second, id, 'two')]),
  ])
  const won = claims.flatMap((job) => job ?? [])
  expect(won.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  expect(won.every(({ attempt, status }) => attempt === 1 && status === 'in-progress')).toBe(true)
})

test('a claim waits for whoever changes its row, and goes by what he leaves', async () => {
  const database = openDatabase(own.url)
  const ids = await addJobs(database, 3)
  const [marked = '', cancelled = '', free = ''] = ids
  const { promise: claimed, resolve } = Promise.withResolvers<unknown[]>()
  await database.db.transaction(async (tx) => {
    await tx.execute(sql`update jobs set dispatched_at = now() where id = ${marked}`)
    await tx.execute(sql`update jobs set status = 'cancelled', finished_at = now() where id = ${cancelled}`)
    resolve(Promise.all([marked, cancelled, free].map((id) => claim(database, id))))
    await expect
      .poll(async () => {
        const { rows } = await tx.execute(sql`select from pg_locks where not granted`)
        return rows.length
      })
      .toBeGreaterThan(0)
  })
  expect(await claimed).toMatchObject([{ id: marked, attempt: 1 }, undefined, { id: free }])
})

test('a result that PostgreSQL refuses does not keep others from their end', async () => {
  const database = openDatabase(own.url)
  const ids = await addJobs(database, 9)
  const claims = (await Promise.all(ids.map((id) => claim(database, id)))).flatMap((job) => job ?? [])
  const outcomes = await Promise.allSettled(
    claims.map((job, at) =>
      completeTogether(database.db, { claim: job, result: { text: at === 4 ? 'a\0b' : 'ab' } }),
    ),
  )
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(ids.map((_, at) => at !== 4))
  const statuses = await Promise.all(claims.map(({ id }) => statusOf(database, id)))
  expect(statuses).toEqual(ids.map((_, at) => (at === 4 ? 'in-progress' : 'completed')))
  const { rows } = await database.db.execute(sql`
    select job_id from job_events group by job_id having count(*) <> max(seq)`)
  expect(rows).toEqual([])
})

test('a completion is refused where the claim is lost or a cancel was asked for, and only there', async () => {
  const database = openDatabase(own.url)
  const ids = await addJobs(database, 3)
  const claims = (await Promise.all(ids.map((id) => claim(database, id)))).flatMap((job) => job ?? [])
  const [lost, cancelled, held] = claims
  await database.db.execute(sql`update jobs set attempt = 2 where id = ${lost?.id}`)
  await database.db.execute(sql`update jobs set cancel_requested_at = now() where id = ${cancelled?.id}`)
  const completed = await Promise.all(
    claims.map((job) => completeTogether(database.db, { claim: job, result: { from: job.id } })),
  )
  expect(completed).toMatchObject([undefined, undefined, { id: held?.id, status: 'completed' }])
})

test('a database that is away fails each claim of a batch', async () => {
  const away = openDatabase('postgresql://nobody@127.0.0.1:9/none')
  const claims = await Promise.allSettled(
    Array.from({ length: 5 }, () => claim(away, '01890000-0000-7000-8000-000000000000')),
  )
  expect(claims.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'))
})
