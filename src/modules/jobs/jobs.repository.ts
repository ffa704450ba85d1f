import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Db, Executor } from '../../platform/database/database.ts'
import { preparedOn } from '../../platform/database/prepared.ts'
import { archivedJobs, type JobRow, type JobStatus, jobs } from '../../platform/jobs/jobs.table.ts'
import type { QueueDepth } from '../../platform/observability/metrics.ts'

export type JobFilter = {
  ownerId?: string | undefined
  status?: JobStatus | undefined
  queue?: string | undefined
  type?: string | undefined
}

const findJobStatement = preparedOn((db: Executor) =>
  db
    .select()
    .from(jobs)
    .where(eq(jobs.id, sql.placeholder('id')))
    .prepare('find_job'),
)

export const findJob = async (db: Executor, id: string): Promise<JobRow | undefined> => {
  const [job] = await findJobStatement(db).execute({ id })
  return job
}

const matches = ({ ownerId, status, queue, type }: JobFilter) =>
  and(
    ownerId === undefined ? undefined : eq(jobs.ownerId, ownerId),
    status === undefined ? undefined : eq(jobs.status, status),
    queue === undefined ? undefined : eq(jobs.queue, queue),
    type === undefined ? undefined : eq(jobs.type, type),
  )

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listJobs = (db: Executor, filter: JobFilter, before: string | undefined, limit: number) =>
  db
    .select()
    .from(jobs)
    .where(and(matches(filter), before === undefined ? undefined : lt(jobs.id, before)))
    .orderBy(desc(jobs.id))
    .limit(limit + 1)

export const countJobs = (db: Executor, filter: JobFilter): Promise<number> =>
  db.$count(jobs, matches(filter))

/**
 * How many jobs run, are due (`pending`) or are for later (`delayed`), by queue. Each part has an index of its own: those that
 * have ended are not looked at.
 */
export const readQueueDepths = async (db: Db): Promise<QueueDepth[]> => {
  const { rows } = await db.execute<QueueDepth>(sql`
    select queue, status, count(*)::int as count,
      greatest(0, extract(epoch from now() - min(run_at)))::float8 as "oldestSeconds"
    from (
      select queue, status, run_at from ${jobs} where status = 'in-progress'
      union all
      select queue, status, run_at from ${jobs} where status = 'pending' and dispatched_at is not null
      union all
      select queue, case when run_at > now() then 'delayed' else status end, run_at
      from ${jobs} where status = 'pending' and dispatched_at is null
    ) live group by queue, status`)
  return rows
}

/**
 * Moves jobs that ended more than `days` ago to the archive, `limit` at a time.
 * @returns how many
 */
export const archiveEndedJobs = async (db: Db, days: number, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    with old as (
      delete from ${jobs} where id in (
        select id from ${jobs} where finished_at < now() - make_interval(days => ${days})
        order by finished_at limit ${limit} for update skip locked)
      returning *
    )
    insert into ${archivedJobs} (id, owner_id, job, finished_at)
    select id, owner_id, to_jsonb(old) - 'params' - 'event_seq' - 'worker_id' - 'lease_expires_at', finished_at from old
    on conflict (id) do nothing`)
  return rowCount ?? 0
}

/** @returns how many archived jobs were older than `days` and are gone now */
export const deleteArchivedJobs = async (db: Db, days: number, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${archivedJobs} where id in (
      select id from ${archivedJobs} where archived_at < now() - make_interval(days => ${days}) limit ${limit})`)
  return rowCount ?? 0
}
