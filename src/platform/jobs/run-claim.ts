import type { Logger } from 'pino'
import type { Db, Tx } from '../database/database.ts'
import type { Notifications } from '../events/notifications.ts'
import { noteFailureOfActiveSpan } from '../observability/tracing.ts'
import { completeJob, completeTogether } from './claims.ts'
import type { Completion, JobOutcome, RunnableJob } from './define-job.ts'
import { appendProgress, jobChanged } from './job-events.ts'
import { isPermanent, isUnexpected, reasonOf, TemporaryFailure } from './job-failure.ts'
import { inProcessSpan } from './job-spans.ts'
import { ProgressReporter } from './progress-reporter.ts'
import { queues, retryDelayMs } from './queues.ts'
import { type ChangedJob, cancelClaim, failJob, handBackJob, retryClaimLater } from './transitions.ts'

export type RunClaimDeps = { db: Db; notifications: Notifications; log: Logger }

/** Thrown to roll a completion back whose claim no longer holds. */
class ClaimLost extends Error {}

/**
 * Runs the handler of a claimed job and stores how it ended. The handler works outside any transaction; what it gives to
 * commit is stored together with the end, under the claim's number, or not at all. `handled` is called when others may run, while
 * the end is stored with theirs.
 */
export const runClaim = (
  deps: RunClaimDeps,
  kind: RunnableJob,
  job: ChangedJob,
  signal: AbortSignal,
  handled: () => void,
): Promise<JobOutcome> => inProcessSpan(job, () => runAndSettle(deps, kind, job, signal, handled))

const runAndSettle = async (
  deps: RunClaimDeps,
  kind: RunnableJob,
  job: ChangedJob,
  signal: AbortSignal,
  handled: () => void,
): Promise<JobOutcome> => {
  const startedAt = performance.now()
  const reporter = new ProgressReporter(async (fraction, message) => {
    if (await appendProgress(deps.db, job, fraction, message)) jobChanged(deps.notifications, job.id)
  })
  let ended: JobOutcome['outcome']
  try {
    signal.throwIfAborted()
    const completion = await kind.run({
      id: job.id,
      attempt: job.attempt,
      ownerId: job.ownerId ?? undefined,
      params: job.params,
      signal,
      progress: reporter.report,
    })
    await reporter.close()
    if (isAlone(kind, completion)) handled()
    ended = await complete(deps, kind, job, completion)
  } catch (error) {
    await reporter.close()
    ended = await settleFailure(deps, kind, job, error, signal)
  }
  jobChanged(deps.notifications, job.id)
  const seconds = (performance.now() - startedAt) / 1_000
  deps.log.info(
    { jobId: job.id, queue: job.queue, type: job.type, attempt: job.attempt, outcome: ended, seconds },
    'job',
  )
  return { queue: job.queue, type: job.type, outcome: ended, seconds }
}

/** Whether the job's own row is all that changes with its end. */
const isAlone = (kind: RunnableJob, { commit }: Completion): boolean =>
  commit === undefined && kind.onTransition === undefined

const complete = async (
  { db }: RunClaimDeps,
  kind: RunnableJob,
  job: ChangedJob,
  completion: Completion,
): Promise<JobOutcome['outcome']> => {
  const { result, resultUri, commit } = completion
  if (isAlone(kind, completion)) {
    const completed = await completeTogether(db, { claim: job, result, resultUri })
    return completed === undefined ? cancelOrLose(db, kind, job) : 'completed'
  }
  try {
    await db.transaction(async (tx) => {
      const completed = await completeJob(tx, job, result, resultUri)
      if (completed === undefined) throw new ClaimLost()
      await commit?.(tx)
      await kind.onTransition?.(tx, completed)
    })
    return 'completed'
  } catch (error) {
    if (error instanceof ClaimLost) return cancelOrLose(db, kind, job)
    throw error
  }
}

const settleFailure = async (
  { db, log }: RunClaimDeps,
  kind: RunnableJob,
  job: ChangedJob,
  error: unknown,
  signal: AbortSignal,
): Promise<JobOutcome['outcome']> => {
  if (signal.aborted && signal.reason === 'worker-stopping') {
    return (await settle(db, kind, (tx) => handBackJob(tx, job)))
      ? 'handed-back'
      : cancelOrLose(db, kind, job)
  }
  if (signal.aborted) return cancelOrLose(db, kind, job)
  noteFailureOfActiveSpan(error)
  const reason = reasonOf(error)
  const lastTry = isPermanent(error) || job.failures >= queues[kind.queue].retries
  const { id: jobId, queue, type, attempt } = job
  const level = lastTry && isUnexpected(error) ? 'error' : 'warn'
  log[level]({ err: error, jobId, queue, type, attempt, lastTry }, 'job failed')
  if (lastTry) {
    const failed = await settle(db, kind, (tx) => failJob(tx, job, reason))
    return failed ? 'failed' : cancelOrLose(db, kind, job)
  }
  const asked = error instanceof TemporaryFailure ? error.retryAfterMs : undefined
  const delayMs = asked ?? retryDelayMs(kind.queue, job.failures + 1)
  const retried = await settle(db, kind, (tx) => retryClaimLater(tx, job, reason, delayMs))
  return retried ? 'retried' : cancelOrLose(db, kind, job)
}

const cancelOrLose = async (db: Db, kind: RunnableJob, job: ChangedJob): Promise<'cancelled' | 'lost'> =>
  (await settle(db, kind, (tx) => cancelClaim(tx, job))) ? 'cancelled' : 'lost'

/** Stores a transition together with what the kind of job keeps in step. Says whether the claim still held. */
const settle = (
  db: Db,
  kind: RunnableJob,
  change: (tx: Tx) => Promise<ChangedJob | undefined>,
): Promise<boolean> =>
  db.transaction(async (tx) => {
    const changed = await change(tx)
    if (changed !== undefined) await kind.onTransition?.(tx, changed)
    return changed !== undefined
  })
