import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { actorOf } from '../auth/authenticate.ts'
import { type EventStreamDeps, streamJobEvents } from './job-event-stream.ts'
import {
  jobParams,
  jobSchema,
  jobStatusSchema,
  listJobsQuery,
  statusParams,
  viewJob,
  viewStatus,
} from './jobs.schema.ts'
import { cancelJob, getJob, type JobsDeps, listJobs, retryJob } from './jobs.service.ts'

const tags = ['jobs']

export const jobRoutes = (deps: JobsDeps & EventStreamDeps) => async (app: App) => {
  readRoutes(deps, app)
  changeRoutes(deps, app)
  streamJobEvents(deps, app)
}

const readRoutes = (deps: JobsDeps, app: App) => {
  app.get(
    '/jobs',
    {
      schema: {
        tags,
        summary: 'List jobs, newest first',
        querystring: listJobsQuery,
        response: { 200: listOf(jobSchema) },
      },
      config: { access: 'jobs:read', batchable: true },
    },
    (request) => listJobs(deps, actorOf(request), request.query),
  )

  app.get(
    '/jobs/:id',
    {
      schema: { tags, summary: 'Get a job', params: jobParams, response: { 200: successOf(jobSchema) } },
      config: { access: 'jobs:read', batchable: true },
    },
    async (request) => {
      const actor = actorOf(request)
      return ok(viewJob(actor, await getJob(deps, actor, request.params.id)))
    },
  )

  app.get(
    '/status/:jobId',
    {
      schema: {
        tags,
        operationId: 'jobs.status',
        summary: 'Get only the status of a job',
        params: statusParams,
        response: { 200: successOf(jobStatusSchema) },
      },
      config: { access: 'jobs:read', batchable: true },
    },
    async (request) => {
      const actor = actorOf(request)
      return ok(viewStatus(actor, await getJob(deps, actor, request.params.jobId)))
    },
  )
}

const changeRoutes = (deps: JobsDeps, app: App) => {
  app.post(
    '/jobs/:id/cancel',
    {
      schema: {
        tags,
        summary: 'Cancel a job',
        description:
          'A waiting job ends at once. A running one is told to stop; follow its events to see it end.',
        params: jobParams,
        response: { 202: successOf(jobSchema) },
      },
      config: { access: 'jobs:update', batchable: true },
    },
    async (request, reply) => {
      reply.status(202)
      const actor = actorOf(request)
      return ok(viewJob(actor, await cancelJob(deps, actor, request.params.id)))
    },
  )

  app.post(
    '/jobs/:id/retry',
    {
      schema: {
        tags,
        summary: 'Run a failed or cancelled job again',
        description: 'Under the same id, with all its retries. 409 `JOB_NOT_RETRYABLE` in any other state.',
        params: jobParams,
        response: { 202: successOf(jobSchema) },
      },
      config: { access: 'jobs:update', batchable: true },
    },
    async (request, reply) => {
      reply.status(202)
      const actor = actorOf(request)
      return ok(viewJob(actor, await retryJob(deps, actor, request.params.id)))
    },
  )
}
