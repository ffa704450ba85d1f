import type { Db, Tx } from '../../platform/database/database.ts'
import { AppError, conflict, notFound } from '../../platform/errors.ts'
import type { Notifications } from '../../platform/events/notifications.ts'
import { decodeCursor, pageOf } from '../../platform/http/paging.ts'
import type { KnownJob } from '../../platform/jobs/define-job.ts'
import { dispatchChannel } from '../../platform/jobs/enqueue.ts'
import { jobChanged } from '../../platform/jobs/job-events.ts'
import type { JobRow } from '../../platform/jobs/jobs.table.ts'
import { cancelChannel } from '../../platform/jobs/leases.ts'
import {
  type ChangedJob,
  cancelPendingJob,
  requestCancel,
  restartJob,
} from '../../platform/jobs/transitions.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize, listedOwner } from '../auth/permissions.ts'
import { countJobs, findJob, listJobs as listJobRows } from './jobs.repository.ts'
import { type ListJobs, viewJob } from './jobs.schema.ts'

/** Throws, as `authorize` does, when the actor may not have this job run again. */
export type RetryGuard = (actor: Actor, job: JobRow) => Promise<void>

export type JobsDeps = {
  db: Db
  notifications: Notifications
  known: ReadonlyMap<string, KnownJob>
  /** By the job's type, where to run it again takes more than `jobs:update`. */
  retryGuards: ReadonlyMap<string, RetryGuard>
}

/** @throws 404 for a job that does not exist and for one that the actor may not see */
export const getJob = async ({ db }: Pick<JobsDeps, 'db'>, actor: Actor, id: string): Promise<JobRow> => {
  const job = await findJob(db, id)
  if (job === undefined) throw notFound('job')
  authorize(actor, 'jobs:read', { name: 'job', ownerId: job.ownerId })
  return job
}

export const listJobs = async ({ db }: Pick<JobsDeps, 'db'>, actor: Actor, query: ListJobs) => {
  const { status, queue, type, limit } = query
  const filter = { ownerId: listedOwner(actor, 'jobs:read', query.ownerId), status, queue, type }
  const rows = await listJobRows(db, filter, decodeCursor(query.cursor), limit)
  const total = query.total ? await countJobs(db, filter) : undefined
  return pageOf(rows, limit, (job) => viewJob(actor, job), total)
}

/**
 * Cancels a job: one that waits ends at once, one that runs is told to stop and ends when its worker did.
 * @throws 409 `JOB_ENDED` when there is nothing left to cancel
 */
export const cancelJob = async (deps: JobsDeps, actor: Actor, id: string): Promise<JobRow> => {
  const job = await getJob(deps, actor, id)
  authorize(actor, 'jobs:update', { name: 'job', ownerId: job.ownerId })
  await stopJob(deps, id, noteOf('jobs:cancel', actor, job))
  return getJob(deps, actor, id)
}

/**
 * The same for the job of a thing that the caller was allowed to change: it takes no permission of its own.
 * @throws 404 for a job that is not kept any more, 409 `JOB_ENDED`
 */
export const stopJob = async (deps: JobsDeps, id: string, note: Note = nothing): Promise<void> => {
  // Between the two updates a worker may put the job back; then the first is right the second time.
  const cancelled = (await tryCancel(deps, id, note)) || (await tryCancel(deps, id, note))
  if (!cancelled) {
    const job = await findJob(deps.db, id)
    if (job === undefined) throw notFound('job')
    throw conflict('JOB_ENDED', `This job has already ended: it is ${job.status}.`)
  }
  jobChanged(deps.notifications, id)
  deps.notifications.notify(cancelChannel, id)
}

/** The same for a job that may have ended, or is not kept any more: there is nothing to stop then. */
export const stopUnlessEnded = async (deps: JobsDeps, id: string): Promise<void> => {
  await stopJob(deps, id).catch((error: unknown) => {
    if (!(error instanceof AppError && (error.code === 'JOB_ENDED' || error.status === 404))) throw error
  })
}

const tryCancel = (deps: JobsDeps, id: string, note: Note): Promise<boolean> =>
  deps.db.transaction(async (tx) => {
    const waited = await keptInStep(deps, tx, cancelPendingJob(tx, id))
    const isCancelled = waited !== undefined || (await requestCancel(tx, id))
    if (isCancelled) await note(tx)
    return isCancelled
  })

/** What else is written when the job was changed. */
type Note = (tx: Tx) => Promise<void>
const nothing: Note = async () => undefined

/** The log tells what somebody does to the jobs of others. */
const noteOf =
  (action: 'jobs:cancel' | 'jobs:retry', { userId }: Actor, { id, ownerId, type }: JobRow): Note =>
  async (tx) => {
    if (ownerId === userId) return
    await recordAct(tx, { action, target: { type: 'job', id }, details: { ownerId, type } })
  }

/**
 * Runs a failed or cancelled job again, with all its retries.
 * @throws 403 where its module says so, 409 `JOB_NOT_RETRYABLE` in any other state
 */
export const retryJob = async (deps: JobsDeps, actor: Actor, id: string): Promise<JobRow> => {
  const job = await getJob(deps, actor, id)
  authorize(actor, 'jobs:update', { name: 'job', ownerId: job.ownerId })
  await deps.retryGuards.get(job.type)?.(actor, job)
  await rerunJob(deps, id, noteOf('jobs:retry', actor, job))
  return getJob(deps, actor, id)
}

/**
 * The same for the job of a thing that the caller was allowed to change: it takes no permission of its own.
 * @throws 404 for a job that is not kept any more, 409 `JOB_NOT_RETRYABLE`
 */
export const rerunJob = async (deps: JobsDeps, id: string, note: Note = nothing): Promise<void> => {
  const restarted = await deps.db.transaction(async (tx) => {
    const job = await keptInStep(deps, tx, restartJob(tx, id))
    if (job !== undefined) await note(tx)
    return job
  })
  if (restarted === undefined) {
    const job = await findJob(deps.db, id)
    if (job === undefined) throw notFound('job')
    throw conflict(
      'JOB_NOT_RETRYABLE',
      `Only a failed or cancelled job can be run again; this one is ${job.status}.`,
    )
  }
  jobChanged(deps.notifications, id)
  deps.notifications.notify(dispatchChannel, 'retry')
}

/** Lets the job's module keep its own row in step with a transition, in the same transaction. */
const keptInStep = async (
  { known }: JobsDeps,
  tx: Parameters<NonNullable<KnownJob['onTransition']>>[0],
  transition: Promise<ChangedJob | undefined>,
): Promise<ChangedJob | undefined> => {
  const changed = await transition
  if (changed !== undefined) await known.get(changed.type)?.onTransition?.(tx, changed)
  return changed
}
