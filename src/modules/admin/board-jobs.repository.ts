import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../platform/database/database.ts'
import { type JobRow, jobs } from '../../platform/jobs/jobs.table.ts'

/** How a job stands on the board; `waiting` and `delayed` are both `pending`. */
export const boardStates = ['active', 'waiting', 'delayed', 'completed', 'failed', 'cancelled'] as const
export type BoardState = (typeof boardStates)[number]

/** Of jobs that completed only so many are looked through, those of all queues together, the newest. */
const completedWindow = 10_000
/** The same for jobs that wait: those that were dispatched, and those that were not. */
const pendingWindow = 50_000
/** More than this is told as this: nobody pages further, and nobody retries more at once. */
export const mostCounted = 1_000

/** By an index each: the rest of the table is not looked at. */
const pending = sql`
  (select id, queue, run_at from ${jobs} where status = 'pending' and dispatched_at is null
   order by run_at limit ${pendingWindow})
  union all
  (select id, queue, run_at from ${jobs} where status = 'pending' and dispatched_at is not null
   order by dispatched_at limit ${pendingWindow})`
const lastEnded = sql`
  select id, queue, status, finished_at from ${jobs} where finished_at is not null
  order by finished_at desc limit ${completedWindow}`

export type BoardCount = { queue: string; state: BoardState; count: number }

/** How many jobs each queue has in each state, `mostCounted` at most. */
export const countBoardJobs = async (db: Db): Promise<BoardCount[]> => {
  const { rows } = await db.execute<BoardCount>(sql`
    with pending as materialized (${pending}), ended as materialized (${lastEnded}), counted as (
      select queue, case when run_at > now() then 'delayed' else 'waiting' end as state, count(*) as jobs
      from pending group by 1, 2
      union all
      select queue, 'active', count(*) from ${jobs} where status = 'in-progress' group by 1
      union all
      select queue, 'completed', count(*) from ended where status = 'completed' group by 1
      union all
      select queue, status, count(*) from ${jobs} where status in ('failed', 'cancelled') group by 1, 2
    )
    select queue, state, least(jobs, ${mostCounted})::int as count from counted`)
  return rows
}

export type BoardPage = { offset: number; limit: number }

/** Jobs of a queue, or of all, in one state: those that ended newest first, those that wait in their turn. */
export const listBoardJobs = async (
  db: Db,
  state: BoardState,
  queue: string | undefined,
  { offset, limit }: BoardPage,
): Promise<JobRow[]> => {
  const ofQueue = queue === undefined ? sql`true` : sql`found.queue = ${queue}`
  const page = sql`limit ${limit} offset ${offset}`
  const { rows } = await db.execute<{ id: string }>(
    sql`select id from (${sourceOf[state]}) found where ${ofQueue} order by ${orderOf[state]} ${page}`,
  )
  const ids = rows.map(({ id }) => id)
  const found = await db
    .select()
    .from(jobs)
    .where(sql`${jobs.id} = any(${sql.param(ids)}::uuid[])`)
  const byId = new Map(found.map((job) => [job.id, job]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

const withStatus = (status: string) =>
  sql`select id, queue, started_at, finished_at from ${jobs} where status = ${sql.raw(`'${status}'`)}`

const sourceOf: Record<BoardState, SQL> = {
  active: withStatus('in-progress'),
  waiting: sql`select * from (${pending}) pending where run_at <= now()`,
  delayed: sql`select * from (${pending}) pending where run_at > now()`,
  completed: sql`select * from (${lastEnded}) ended where status = 'completed'`,
  failed: withStatus('failed'),
  cancelled: withStatus('cancelled'),
}

const newestEnd = sql`finished_at desc, id`
const orderOf: Record<BoardState, SQL> = {
  active: sql`started_at, id`,
  waiting: sql`run_at, id`,
  delayed: sql`run_at, id`,
  completed: newestEnd,
  failed: newestEnd,
  cancelled: newestEnd,
}
