import { z } from 'zod'
import type { Db } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/events/notifications.ts'
import type { App } from '../../platform/http/http-server.ts'
import { followEvents, isEnd } from '../../platform/jobs/job-events.ts'
import { actorOf } from '../auth/authenticate.ts'
import { createEventStreams, type EventStreamGuard, eventHeaders } from '../auth/event-stream.ts'
import { jobEventSchema, jobParams } from './jobs.schema.ts'
import { getJob } from './jobs.service.ts'
import { viewEventData } from './result-link.ts'

export type EventStreamDeps = EventStreamGuard & { db: Db; notifications: Notifications }

/** `GET /jobs/:id/events` as Server-Sent Events: resumes after `Last-Event-ID`, ends with the job. */
export const streamJobEvents = (deps: EventStreamDeps, app: App): void => {
  const streamEvents = createEventStreams(deps)
  app.get(
    '/jobs/:id/events',
    {
      schema: {
        tags: ['jobs'],
        summary: 'Follow a job live',
        description:
          'Server-Sent Events `status` and `progress`, numbered from 1. A 204 means that all has been told.',
        params: jobParams,
        headers: eventHeaders,
        produces: ['text/event-stream'],
        response: {
          200: jobEventSchema.describe('Server-Sent Events, with this as the data of each.'),
          204: z.null(),
        },
      },
      config: { access: 'jobs:read' },
      compress: false,
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const job = await getJob(deps, actor, request.params.id)
      const after = Number(request.headers['last-event-id'] ?? 0)
      if (isEnd(job.status) && after >= job.eventSeq) return reply.status(204).send(null)
      return streamEvents(reply, {
        actor,
        permission: 'jobs:read',
        ownerId: job.ownerId,
        follow: (signal) => followEvents(deps, job.id, after, signal),
        view: ({ seq, type, data, createdAt }) => ({
          id: seq,
          event: type,
          data: { seq, ...viewEventData(actor, job, data), at: createdAt.toISOString() },
        }),
      })
    },
  )
}
