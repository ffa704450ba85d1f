import type { JobState, QueueJob, QueueJobJson } from '@bull-board/api/dist/types.js'
import type { JobRow } from '../../platform/jobs/jobs.table.ts'
import { type QueuePolicy, queues } from '../../platform/jobs/queues.ts'
import type { Actor } from '../auth/permissions.ts'
import { viewJob } from '../jobs/jobs.schema.ts'
import { cancelJob, type JobsDeps, retryJob } from '../jobs/jobs.service.ts'
import { refusedOnBoard } from './board-errors.ts'

/** A job as Bull Board asks for it. To clean one that has not ended is to cancel it; none is removed. */
export const boardJob = (deps: JobsDeps, actor: Actor, job: JobRow): QueueJob & { id: string } => ({
  id: job.id,
  opts: { delay: waitOf(job) },
  toJSON: () => describeJob(actor, job),
  getState: async () => stateOf(job),
  retry: async () => {
    await retryJob(deps, actor, job.id)
  },
  remove: async () => {
    await cancelJob(deps, actor, job.id)
  },
  promote: async () => {
    throw refusedOnBoard()
  },
})

const stateOf = ({ status, runAt }: JobRow): JobState => {
  if (status === 'in-progress') return 'active'
  // Bull Board knows no cancelled jobs: they are among what has ended.
  if (status === 'cancelled') return 'completed'
  if (status !== 'pending') return status
  return runAt.getTime() > Date.now() ? 'delayed' : 'waiting'
}

/** From when the job was made until it may run, in milliseconds. */
const waitOf = ({ runAt, createdAt }: JobRow): number => Math.max(0, runAt.getTime() - createdAt.getTime())

/**
 * Only what `GET /v1/jobs/:id` shows, without the link to the result: parameters of a job may hold addresses and links that let
 * somebody in, and so does a result's link, whoever may read the result.
 */
const describeJob = (actor: Actor, job: JobRow): QueueJobJson => {
  const { id, type, progress, attempts, result, errorCode, errorMessage, ...rest } = viewJob(actor, job)
  const { ownerId, queue, status, progressMessage, cancelRequested, statusUrl } = rest
  return {
    id,
    name: type,
    progress: Math.round(progress * 100),
    attemptsMade: attempts,
    timestamp: job.createdAt.getTime(),
    // The pages take null for 1970.
    ...(job.startedAt && { processedOn: job.startedAt.getTime() }),
    ...(job.finishedAt && { finishedOn: job.finishedAt.getTime() }),
    delay: waitOf(job),
    failedReason: failureOf(job),
    stacktrace: status === 'failed' ? [`${errorCode}: ${errorMessage}`] : [],
    data: {
      ...{ ownerId, queue, status, progressMessage, cancelRequested, errorCode, errorMessage },
      statusUrl,
    },
    returnvalue: result,
    opts: { attempts: policies[queue] && policies[queue].retries + 1, delay: waitOf(job) },
  }
}

/** Bull Board takes a job with a reason for failed, also one that failed before and will be tried again. */
const failureOf = ({ status, errorMessage }: JobRow): string => {
  if (status === 'cancelled') return 'Cancelled.'
  return status === 'failed' ? (errorMessage ?? '') : ''
}

/** A job may be in a queue of another version. */
const policies: Record<string, QueuePolicy | undefined> = queues
