import type { Db } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/events/notifications.ts'
import type { App } from '../../platform/http/http-server.ts'
import { actorOf } from '../auth/authenticate.ts'
import { createEventStreams, type EventStreamGuard, eventHeaders } from '../auth/event-stream.ts'
import { getProject } from '../projects/projects.service.ts'
import { followLiveEvents } from './live-events.ts'
import { liveEventSchema, streamParams, viewLiveEvent } from './streams.schema.ts'

export type ProjectEventStreamDeps = EventStreamGuard & { db: Db; notifications: Notifications }

/** `GET /projects/:id/events` as Server-Sent Events: resumes after `Last-Event-ID`, ends when the project is deleted. */
export const streamProjectEvents = (deps: ProjectEventStreamDeps, app: App): void => {
  const streamEvents = createEventStreams(deps)
  app.get(
    '/projects/:id/events',
    {
      schema: {
        tags: ['live'],
        summary: "Follow a project's streams and destinations live",
        description:
          'Server-Sent Events such as `stream.live` and `destination.errored`, numbered from 1 without gaps. ' +
          'Without `Last-Event-ID` all that are kept are told first.',
        params: streamParams,
        headers: eventHeaders,
        produces: ['text/event-stream'],
        response: { 200: liveEventSchema.describe('Server-Sent Events, with this as the data of each.') },
      },
      config: { access: 'projects:read' },
      compress: false,
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const { id, ownerId } = await getProject({ readDb: deps.db }, actor, request.params.id)
      const after = Number(request.headers['last-event-id'] ?? 0)
      return streamEvents(reply, {
        actor,
        permission: 'projects:read',
        ownerId,
        follow: (signal) => followLiveEvents(deps, id, after, signal),
        view: (event) => ({ id: event.seq, event: event.type, data: viewLiveEvent(event) }),
      })
    },
  )
}
