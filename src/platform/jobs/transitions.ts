import { type SQL, sql } from 'drizzle-orm'
import type { Executor } from '../database/database.ts'
import { preparedSql } from '../database/prepared.ts'
import type { FailureReason } from './job-failure.ts'
import { type JobStatus, jobEvents, jobs } from './jobs.table.ts'

/** A job as a transition left it. */
export type ChangedJob = {
  id: string
  type: string
  queue: string
  ownerId: string | null
  params: unknown
  traceparent: string | null
  status: JobStatus
  attempt: number
  failures: number
  crashes: number
  errorCode: string | null
  errorMessage: string | null
  seconds: number | null
}

/** The claim that a worker speaks for. */
export type Claim = { id: string; attempt: number }

/** How often a worker may die with a job before the job is taken for the cause. */
const mostCrashes = 3
const sweepBatch = 200

/**
 * Every change of a job's status is this one statement: it changes the rows that still are as `where` says, and writes
 * the change as the job's next event. No row comes back when somebody else was first. `given` adds what comes before.
 */
export const transition = (
  name: string,
  set: SQL,
  where: SQL,
  { given, from }: { given?: SQL; from?: SQL } = {},
) =>
  preparedSql<ChangedJob>(
    name,
    sql`
    with ${given === undefined ? sql`` : sql`${given},`} changed as (
      update ${jobs} set ${set}, event_seq = event_seq + 1, updated_at = now()
      ${from === undefined ? sql`` : sql`from ${from}`}
      where ${where}
      returning ${jobs}.*
    ), noted as (
      insert into ${jobEvents} (job_id, seq, type, data)
      select id, event_seq, 'status', jsonb_strip_nulls(jsonb_build_object('status', status, 'attempt', attempt,
        'progress', progress, 'resultUri', result_uri, 'errorCode', error_code, 'errorMessage', error_message))
      from changed
    )
    select id, type, queue, owner_id as "ownerId", params, traceparent, status, attempt, failures, crashes,
      error_code as "errorCode", error_message as "errorMessage",
      extract(epoch from finished_at - started_at)::float8 as seconds
    from changed`,
  )

const given = sql.placeholder
const seconds = (name: string) => sql`make_interval(secs => ${given(name)})`
const isClaim = sql`id = ${given('id')} and attempt = ${given('attempt')} and status = 'in-progress'`
const unassigned = sql`worker_id = null, lease_expires_at = null`
export const ended = sql`${unassigned}, finished_at = now()`

const fail = transition(
  'fail_job',
  sql`status = 'failed', failures = failures + 1, error_code = ${given('code')}, error_message = ${given('message')},
      ${ended}`,
  sql`${isClaim} and cancel_requested_at is null`,
)

export const failJob = async (executor: Executor, { id, attempt }: Claim, reason: FailureReason) => {
  const [job] = await fail(executor, { id, attempt, ...reason })
  return job
}

const retryLater = transition(
  'retry_job',
  sql`status = 'pending', failures = failures + 1, error_code = ${given('code')}, error_message = ${given('message')},
      run_at = now() + ${seconds('delaySeconds')}, dispatched_at = null, ${unassigned}`,
  sql`${isClaim} and cancel_requested_at is null`,
)

/** Puts a failed claim back, to be run again after `delayMs`. */
export const retryClaimLater = async (
  executor: Executor,
  { id, attempt }: Claim,
  reason: FailureReason,
  delayMs: number,
) => {
  const [job] = await retryLater(executor, { id, attempt, ...reason, delaySeconds: delayMs / 1_000 })
  return job
}

const handBack = transition(
  'hand_back_job',
  sql`status = 'pending', run_at = now(), dispatched_at = null, ${unassigned}`,
  sql`${isClaim} and cancel_requested_at is null`,
)

/** Hands a claim back unharmed, because its worker stops. */
export const handBackJob = async (executor: Executor, { id, attempt }: Claim) => {
  const [job] = await handBack(executor, { id, attempt })
  return job
}

const cancelRunning = transition(
  'cancel_claim',
  sql`status = 'cancelled', ${ended}`,
  sql`${isClaim} and cancel_requested_at is not null`,
)

/** Ends a claim that somebody asked to cancel. */
export const cancelClaim = async (executor: Executor, { id, attempt }: Claim) => {
  const [job] = await cancelRunning(executor, { id, attempt })
  return job
}

const cancelPending = transition(
  'cancel_pending_job',
  sql`status = 'cancelled', cancel_requested_at = now(), ${ended}`,
  sql`id = ${given('id')} and status = 'pending'`,
)

/** Cancels a job that nobody runs. */
export const cancelPendingJob = async (executor: Executor, id: string) => {
  const [job] = await cancelPending(executor, { id })
  return job
}

/** Marks a running job for its worker to stop. Not an end yet: the worker, or the sweep after its death, ends it. */
export const requestCancel = async (executor: Executor, id: string): Promise<boolean> => {
  const { rowCount } = await executor.execute(sql`
    update ${jobs} set cancel_requested_at = coalesce(cancel_requested_at, now()), updated_at = now()
    where id = ${id} and status = 'in-progress'`)
  return rowCount === 1
}

const restart = transition(
  'restart_job',
  sql`status = 'pending', failures = 0, crashes = 0, progress = 0, progress_message = null, error_code = null,
      error_message = null, cancel_requested_at = null, run_at = now(), dispatched_at = null, finished_at = null,
      started_at = null`,
  sql`id = ${given('id')} and status in ('failed', 'cancelled')`,
)

/** Starts a failed or cancelled job anew, with all its retries. */
export const restartJob = async (executor: Executor, id: string) => {
  const [job] = await restart(executor, { id })
  return job
}

const releaseExpired = transition(
  'release_expired_leases',
  sql`crashes = crashes + 1, dispatched_at = null, run_at = now(), ${unassigned},
      status = case when cancel_requested_at is not null then 'cancelled'
                    when crashes + 1 >= ${mostCrashes} then 'failed' else 'pending' end,
      finished_at = case when cancel_requested_at is not null or crashes + 1 >= ${mostCrashes} then now() end,
      error_code = case when crashes + 1 >= ${mostCrashes} then 'WORKER_LOST' else error_code end,
      error_message = case when crashes + 1 >= ${mostCrashes}
        then ${`The worker died ${mostCrashes} times while it ran this job.`} else error_message end`,
  sql`id in (select id from ${jobs} where status = 'in-progress' and lease_expires_at < now()
             order by lease_expires_at limit ${sweepBatch} for update skip locked)`,
)

/** Frees jobs whose worker has stopped renewing its lease: they run again, or end if they were cancelled or keep killing workers. */
export const releaseExpiredLeases = (executor: Executor): Promise<ChangedJob[]> => releaseExpired(executor)
