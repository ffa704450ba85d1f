import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { actorOf } from '../auth/authenticate.ts'
import { type ProjectEventStreamDeps, streamProjectEvents } from './project-event-stream.ts'
import {
  listRelaysQuery,
  listStreamEventsQuery,
  listStreamsQuery,
  liveEventSchema,
  relaySchema,
  streamParams,
  streamSchema,
  viewStream,
} from './streams.schema.ts'
import { getStream, listRelays, listStreamEvents, listStreams, type StreamsDeps } from './streams.service.ts'

export type StreamRoutesDeps = StreamsDeps & ProjectEventStreamDeps

const tags = ['live']
const config = { access: 'projects:read' } as const

export const streamRoutes = (deps: StreamRoutesDeps) => async (app: App) => {
  app.get(
    '/projects/:id/streams',
    {
      schema: {
        tags,
        summary: "List a project's streams, newest first",
        params: streamParams,
        querystring: listStreamsQuery,
        response: { 200: listOf(streamSchema) },
      },
      config,
    },
    (request) => listStreams(deps, actorOf(request), request.params.id, request.query),
  )

  app.get(
    '/streams/:id',
    {
      schema: {
        tags,
        summary: 'Get a stream',
        params: streamParams,
        response: { 200: successOf(streamSchema) },
      },
      config,
    },
    async (request) => ok(viewStream(await getStream(deps, actorOf(request), request.params.id))),
  )

  app.get(
    '/streams/:id/events',
    {
      schema: {
        tags,
        summary: 'List what happened to a stream, oldest first',
        params: streamParams,
        querystring: listStreamEventsQuery,
        response: { 200: listOf(liveEventSchema) },
      },
      config,
    },
    (request) => listStreamEvents(deps, actorOf(request), request.params.id, request.query),
  )

  app.get(
    '/relays',
    {
      schema: {
        tags,
        summary: 'List the streams that run, with the states of their destinations',
        querystring: listRelaysQuery,
        response: { 200: listOf(relaySchema) },
      },
      config,
    },
    (request) => listRelays(deps, actorOf(request), request.query),
  )

  streamProjectEvents(deps, app)
}
