import { type SQL, sql } from 'drizzle-orm'
import type { Executor } from '../database/database.ts'
import { inBatches } from '../database/in-batches.ts'
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
const transition = (name: string, set: SQL, where: SQL, { given, from }: { given?: SQL; from?: SQL } = {}) =>
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
    select id, type, queue, owner_id as "ownerId", params, status, attempt, failures, crashes,
      error_code as "errorCode", error_message as "errorMessage",
      extract(epoch from finished_at - started_at)::float8 as seconds
    from changed`,
  )

const given = sql.placeholder
const seconds = (name: string) => sql`make_interval(secs => ${given(name)})`
const isClaim = sql`id = ${given('id')} and attempt = ${given('attempt')} and status = 'in-progress'`
const unassigned = sql`worker_id = null, lease_expires_at = null`
const ended = sql`${unassigned}, finished_at = now()`

/**
 * The same change of many jobs, each as its row in `of` (`job_id`, `seen_attempt`, ...) says. All rows are locked by id before any
 * is changed, so that two of these statements never wait for each other. What is asked of a row is asked of what was locked:
 * that is how it stands now, and no index is tempting but that of the ids.
 */
const transitionOfMany = (name: string, set: SQL, of: SQL, where: SQL) =>
  transition(name, set, sql`${jobs}.id = due.job_id`, {
    given: sql`locked as materialized (
        select id as locked_id, attempt, status, cancel_requested_at from ${jobs}
        where id = any(${given('ids')}::uuid[]) order by id for no key update
      ), due as materialized (
        select of.* from ${of}, locked where job_id = locked_id and seen_attempt = attempt and ${where}
      )`,
    from: sql`due`,
  })

/** More would keep the first waiting for the last. */
const mostTogether = 250

const claimAll = transitionOfMany(
  'claim_jobs',
  sql`status = 'in-progress', attempt = attempt + 1, worker_id = due.worker_id,
      lease_expires_at = now() + make_interval(secs => due.lease_seconds), started_at = coalesce(started_at, now())`,
  sql`unnest(${given('ids')}::uuid[], ${given('attempts')}::int[], ${given('workerIds')}::text[],
        ${given('leaseSeconds')}::float8[]) as of(job_id, seen_attempt, worker_id, lease_seconds)`,
  sql`status = 'pending'`,
)

type Claiming = { dispatched: Claim; workerId: string; leaseMs: number }

/**
 * Takes pending jobs for workers. `dispatched.attempt` is the number of claims that the dispatcher saw.
 * @returns the jobs in the order of `claims`; undefined for those that were no longer so
 */
const claimJobs = async (executor: Executor, claims: Claiming[]): Promise<(ChangedJob | undefined)[]> => {
  const claimed = await claimAll(executor, {
    ids: claims.map(({ dispatched }) => dispatched.id),
    attempts: claims.map(({ dispatched }) => dispatched.attempt),
    workerIds: claims.map(({ workerId }) => workerId),
    leaseSeconds: claims.map(({ leaseMs }) => leaseMs / 1_000),
  })
  const take = eachOnce(claimed)
  return claims.map(({ dispatched: { id, attempt } }) => take({ id, attempt: attempt + 1 }))
}

/** Takes a pending job for a worker, as a transaction of its own makes it. */
export const claimJob = async (executor: Executor, dispatched: Claim, workerId: string, leaseMs: number) => {
  const [job] = await claimJobs(executor, [{ dispatched, workerId, leaseMs }])
  return job
}

/** The same, together with others. */
export const claimTogether = inBatches(mostTogether, claimJobs)

const completeAll = transitionOfMany(
  'complete_jobs',
  sql`status = 'completed', progress = 1, result = due.result::jsonb, result_uri = due.result_uri,
      error_code = null, error_message = null, ${ended}`,
  sql`unnest(${given('ids')}::uuid[], ${given('attempts')}::int[], ${given('results')}::text[],
        ${given('resultUris')}::text[]) as of(job_id, seen_attempt, result, result_uri)`,
  sql`status = 'in-progress' and cancel_requested_at is null`,
)

type Completed = { claim: Claim; result: object | undefined; resultUri?: string | undefined }

const completeJobs = async (
  executor: Executor,
  completions: Completed[],
): Promise<(ChangedJob | undefined)[]> => {
  const completed = await completeAll(executor, {
    ids: completions.map(({ claim }) => claim.id),
    attempts: completions.map(({ claim }) => claim.attempt),
    results: completions.map(({ result }) => (result === undefined ? null : JSON.stringify(result))),
    resultUris: completions.map(({ resultUri }) => resultUri ?? null),
  })
  const take = eachOnce(completed)
  return completions.map(({ claim }) => take(claim))
}

/** Completes a claim, unless it was lost or somebody asked to cancel it. */
export const completeJob = async (
  executor: Executor,
  claim: Claim,
  result: object | undefined,
  resultUri?: string,
) => {
  const [job] = await completeJobs(executor, [{ claim, result, resultUri }])
  return job
}

/** The same, together with others. */
export const completeTogether = inBatches(mostTogether, completeJobs)

/** Who asks for the same twice is told of it once: the other came too late. */
const eachOnce = (changed: ChangedJob[]) => {
  const keyOf = ({ id, attempt }: Claim) => `${id} ${attempt}`
  const left = new Map(changed.map((job) => [keyOf(job), job]))
  return (claim: Claim): ChangedJob | undefined => {
    const job = left.get(keyOf(claim))
    left.delete(keyOf(claim))
    return job
  }
}

const fail = transition(
  'fail_job',
  sql`status = 'failed', failures = failures + 1, error_code = ${given('code')}, error_message = ${given('message')},
      ${ended}`,
  isClaim,
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
