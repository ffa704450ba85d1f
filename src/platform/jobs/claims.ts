import { type SQL, sql } from 'drizzle-orm'
import type { Executor } from '../database/database.ts'
import { inBatches } from '../database/in-batches.ts'
import { jobs } from './jobs.table.ts'
import { type ChangedJob, type Claim, ended, transition } from './transitions.ts'

const given = sql.placeholder

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
