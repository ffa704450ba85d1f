import { z } from 'zod'
import { jobLinks } from '../../platform/http/envelope.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { type JobRow, jobStatuses } from '../../platform/jobs/jobs.table.ts'
import { queueNames } from '../../platform/jobs/queues.ts'
import type { Actor } from '../auth/permissions.ts'
import { maySeeResultLink } from './result-link.ts'

const status = z.enum(jobStatuses)

export const jobParams = z.object({ id: z.uuid() })
export const statusParams = z.object({ jobId: z.uuid() })

export const listJobsQuery = pageQuery.extend({
  status: status.optional(),
  queue: z.enum(queueNames).optional(),
  type: z.string().max(100).optional(),
  ownerId: z.uuid().optional().describe("Another user's jobs: managers and admins only."),
})
export type ListJobs = z.infer<typeof listJobsQuery>

export const jobSchema = z
  .object({
    id: z.uuid(),
    type: z.string(),
    queue: z.string(),
    ownerId: z.uuid().nullable(),
    status,
    progress: z.number().min(0).max(1),
    progressMessage: z.string().nullable(),
    cancelRequested: z.boolean(),
    attempts: z.int().describe('How often a worker has taken the job.'),
    result: z.unknown(),
    resultUri: z.string().nullable().describe('Of an export, only for who may read exports.'),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    statusUrl: z.string(),
    eventsUrl: z.string(),
    cancelUrl: z.string(),
  })
  .meta({ id: 'Job' })

export const jobEventSchema = z
  .object({
    seq: z.int().describe('Numbers the events of a job, from 1.'),
    status: status.optional().describe('Only when it changed.'),
    attempt: z.int().optional(),
    progress: z.number().min(0).max(1).optional(),
    message: z.string().optional().describe('What is being done.'),
    resultUri: z.string().optional(),
    errorCode: z.string().optional(),
    errorMessage: z.string().optional(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'JobEvent' })

export const jobStatusSchema = z.object({
  jobId: z.uuid(),
  type: z.string(),
  status,
  progress: z.number(),
  resultUri: z.string().optional(),
  errorMessage: z.string().optional(),
})

/** `params` are left out: they are between the module and its handler. */
export const viewJob = (actor: Actor, job: JobRow) => ({
  id: job.id,
  type: job.type,
  queue: job.queue,
  ownerId: job.ownerId,
  status: job.status,
  progress: job.progress,
  progressMessage: job.progressMessage,
  cancelRequested: job.cancelRequestedAt !== null,
  attempts: job.attempt,
  result: job.result,
  resultUri: maySeeResultLink(actor, job) ? job.resultUri : null,
  errorCode: job.errorCode,
  errorMessage: job.errorMessage,
  createdAt: job.createdAt.toISOString(),
  updatedAt: job.updatedAt.toISOString(),
  startedAt: job.startedAt?.toISOString() ?? null,
  finishedAt: job.finishedAt?.toISOString() ?? null,
  ...jobLinks(job.id),
})

/** Requirement D's answer: the result's address when it is there, the reason when it failed. */
export const viewStatus = (actor: Actor, job: JobRow) => ({
  jobId: job.id,
  type: job.type,
  status: job.status,
  progress: job.progress,
  ...(job.resultUri !== null && maySeeResultLink(actor, job) ? { resultUri: job.resultUri } : {}),
  ...(job.status === 'failed' && job.errorMessage !== null ? { errorMessage: job.errorMessage } : {}),
})
