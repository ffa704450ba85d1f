import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Db, ReadDb } from '../database/database.ts'
import { Hints } from '../events/hints.ts'
import type { Notifications } from '../events/notifications.ts'
import { type JobStatus, jobEvents, jobs } from './jobs.table.ts'
import type { Claim } from './transitions.ts'

/** Tells the id of a job that has new events, once they are committed. */
export const eventChannel = 'backlot_job_events'
const pageSize = 200
/** Hints can be lost; the table is read again after this long without one. */
const rereadAfterMs = 3_000
const longestMessage = 500

/** Tells followers of `jobId` to read its events. */
export const jobChanged = (notifications: Notifications, jobId: string): void =>
  notifications.notify(eventChannel, jobId)

export type JobEvent = {
  seq: number
  type: 'status' | 'progress'
  data: JobEventData
  createdAt: Date
}

export type JobEventData = {
  status?: JobStatus
  attempt?: number
  progress?: number
  message?: string
  resultUri?: string
  errorCode?: string
  errorMessage?: string
}

export const isEnd = (status: JobStatus | undefined): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled'

/** Appends a progress event, if the claim still holds. Progress never goes back, not even when a job is done again. */
export const appendProgress = async (db: Db, claim: Claim, fraction: number, message: string | undefined) => {
  const progress = Math.min(1, Math.max(0, fraction))
  const { rowCount } = await db.execute(sql`
    with changed as (
      update ${jobs} set progress = greatest(progress, ${progress}::real), progress_message = ${message?.slice(0, longestMessage) ?? null},
        event_seq = event_seq + 1, updated_at = now()
      where id = ${claim.id} and attempt = ${claim.attempt} and status = 'in-progress'
      returning id, event_seq, progress, progress_message
    )
    insert into ${jobEvents} (job_id, seq, type, data)
    select id, event_seq, 'progress',
      jsonb_strip_nulls(jsonb_build_object('progress', progress, 'message', progress_message))
    from changed`)
  return rowCount === 1
}

/** The events of a job after number `after`, oldest first, a page at a time. */
export const listEvents = async (db: ReadDb, jobId: string, after: number): Promise<JobEvent[]> => {
  const rows = await db
    .select({
      seq: jobEvents.seq,
      type: jobEvents.type,
      data: jobEvents.data,
      createdAt: jobEvents.createdAt,
    })
    .from(jobEvents)
    .where(and(eq(jobEvents.jobId, jobId), gt(jobEvents.seq, after)))
    .orderBy(asc(jobEvents.seq))
    .limit(pageSize)
  return rows.map((row) => ({ ...row, data: row.data as JobEventData }))
}

/**
 * Yields the events of a job after number `after`, those to come included, and `undefined` after each silence of
 * `rereadAfterMs`. Returns when the job has ended and all is told, or when `signal` aborts.
 */
export async function* followEvents(
  { db, notifications }: { db: Db; notifications: Notifications },
  jobId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<JobEvent | undefined> {
  let seq = after
  // Subscribed before the first read: what happens in between is not missed.
  const hints = new Hints(notifications, eventChannel, jobId, signal)
  try {
    while (!signal.aborted) {
      const page = await listEvents(db, jobId, seq)
      for (const event of page) {
        seq = event.seq
        yield event
      }
      if (page.length === pageSize) continue
      if (await isTold(db, jobId, seq)) return
      if (!(await hints.next(rereadAfterMs))) yield undefined
    }
  } finally {
    hints.close()
  }
}

/** Whether the job has ended and `seq` is its last event; also when the job no longer exists. */
const isTold = async (db: Db, jobId: string, seq: number): Promise<boolean> => {
  const [job] = await db
    .select({ status: jobs.status, eventSeq: jobs.eventSeq })
    .from(jobs)
    .where(eq(jobs.id, jobId))
  return job === undefined || (isEnd(job.status) && job.eventSeq <= seq)
}

/**
 * Waits until a job ends, for `timeoutMs` at most.
 * @returns whether it has ended.
 */
export const waitForEnd = async (
  deps: { db: Db; notifications: Notifications },
  jobId: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> => {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  for await (const event of followEvents(deps, jobId, 0, bounded)) {
    if (isEnd(event?.data.status)) return true
  }
  return false
}

/** The number of the newest event of each job; jobs that are no more are missing. */
export const readEventSeqs = async (db: ReadDb, jobIds: string[]): Promise<Map<string, number>> => {
  const rows = await db
    .select({ id: jobs.id, eventSeq: jobs.eventSeq })
    .from(jobs)
    .where(sql`${jobs.id} = any(${sql.param(jobIds)}::uuid[])`)
  return new Map(rows.map(({ id, eventSeq }) => [id, eventSeq]))
}
