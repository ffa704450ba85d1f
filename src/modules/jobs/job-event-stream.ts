import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Db } from '../../platform/database/database.ts'
import { AppError } from '../../platform/errors.ts'
import type { Notifications } from '../../platform/events/notifications.ts'
import type { App } from '../../platform/http/http-server.ts'
import { followEvents, isEnd, type JobEvent } from '../../platform/jobs/job-events.ts'
import type { JobRow } from '../../platform/jobs/jobs.table.ts'
import { actorOf } from '../auth/authenticate.ts'
import { parallelLimit } from '../auth/parallel-limit.ts'
import { type Actor, can } from '../auth/permissions.ts'
import { jobParams } from './jobs.schema.ts'
import { getJob } from './jobs.service.ts'

export type EventStreamDeps = {
  db: Db
  notifications: Notifications
  /** Aborted when this process drains: streams end, and clients resume them elsewhere. */
  draining: AbortSignal
  /** The actor as he is now, while his session lives. Asked again and again while a stream lasts. */
  findActorNow: (actor: Actor) => Promise<Actor | undefined>
}

const mostStreams = 5_000
const mostStreamsOfUser = 50
/** After a stream has lasted this long the client reconnects, with a token that is checked anew. */
const longestStreamMs = 60 * 60_000
const reconnectAfterMs = 1_000
/** A logout, or a role that may no longer read the job, ends a stream within this time and a silence. */
const checkActorEveryMs = 2_500

const eventHeaders = z.object({
  'last-event-id': z
    .string()
    .regex(/^\d{1,9}$/)
    .optional()
    .describe('The newest event that the client has seen.'),
})

/** `GET /jobs/:id/events` as Server-Sent Events (WHATWG HTML, 9.2): resumes after `Last-Event-ID`, ends with the job. */
export const streamJobEvents = (deps: EventStreamDeps, app: App): void => {
  let open = 0
  const ofUser = parallelLimit(mostStreamsOfUser)
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
        response: { 200: z.unknown().describe('Server-Sent Events'), 204: z.null() },
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
      if (open >= mostStreams)
        throw new AppError(503, 'TOO_MANY_STREAMS', 'Too many streams are open.', { retryAfterSeconds: 5 })
      const end = ofUser.begin(actor.userId)
      open += 1
      const gone = new AbortController()
      reply.raw.once('close', () => {
        open -= 1
        end()
        gone.abort()
      })
      const signal = AbortSignal.any([gone.signal, deps.draining, AbortSignal.timeout(longestStreamMs)])
      return reply
        .header('content-type', 'text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(Readable.from(frames(deps, actor, job, after, signal), { highWaterMark: 1 }))
    },
  )
}

/** Frames are made only as fast as the client reads: a slow reader costs one page of events. */
async function* frames(deps: EventStreamDeps, actor: Actor, job: JobRow, after: number, signal: AbortSignal) {
  yield `retry: ${reconnectAfterMs}\n\n`
  let checkedAt = Date.now()
  for await (const event of followEvents(deps, job.id, after, signal)) {
    if (Date.now() - checkedAt >= checkActorEveryMs) {
      const now = await deps.findActorNow(actor)
      if (now === undefined || !can(now, 'jobs:read', job.ownerId)) return
      checkedAt = Date.now()
    }
    yield event === undefined ? ': still here\n\n' : frame(event)
  }
}

const frame = ({ seq, type, data, createdAt }: JobEvent) =>
  `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ seq, ...data, at: createdAt.toISOString() })}\n\n`
