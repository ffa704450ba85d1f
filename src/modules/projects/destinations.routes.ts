import { z } from 'zod'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { actorOf } from '../auth/authenticate.ts'
import {
  createDestinationBody,
  destinationParams,
  destinationSchema,
  updateDestinationBody,
  viewDestination,
} from './destinations.schema.ts'
import {
  createDestination,
  deleteDestination,
  getDestination,
  listDestinations,
  startDestination,
  stopDestination,
  updateDestination,
} from './destinations.service.ts'
import { projectParams } from './projects.schema.ts'
import type { ProjectsDeps } from './projects.service.ts'

const tags = ['live']

export const destinationRoutes = (deps: ProjectsDeps) => async (app: App) => {
  projectDestinationRoutes(deps, app)
  oneDestinationRoutes(deps, app)
  startStopRoutes(deps, app)
}

const projectDestinationRoutes = (deps: ProjectsDeps, app: App) => {
  app.post(
    '/projects/:id/destinations',
    {
      schema: {
        tags,
        summary: 'Add a destination to a project',
        description: 'A project that is live begins to send to it at once.',
        params: projectParams,
        headers: idempotencyHeaders,
        body: createDestinationBody,
        response: { 201: successOf(destinationSchema) },
      },
      config: { access: 'projects:update', batchable: true },
    },
    async (request, reply) => {
      const { params, body, headers } = request
      const key = headers['idempotency-key']
      const answer = await createDestination(deps, actorOf(request), params.id, body, key)
      reply.status(201).header('location', `/v1/destinations/${answer.data.id}`)
      return answer
    },
  )

  app.get(
    '/projects/:id/destinations',
    {
      schema: {
        tags,
        summary: "List a project's destinations, in their order",
        params: projectParams,
        querystring: pageQuery,
        response: { 200: listOf(destinationSchema) },
      },
      config: { access: 'projects:read', batchable: true },
    },
    (request) => listDestinations(deps, actorOf(request), request.params.id, request.query),
  )
}

const oneDestinationRoutes = (deps: ProjectsDeps, app: App) => {
  app.get(
    '/destinations/:id',
    {
      schema: {
        tags,
        summary: 'Get a destination',
        params: destinationParams,
        response: { 200: successOf(destinationSchema) },
      },
      config: { access: 'projects:read', batchable: true },
    },
    async (request) => ok(viewDestination(await getDestination(deps, actorOf(request), request.params.id))),
  )

  app.patch(
    '/destinations/:id',
    {
      schema: {
        tags,
        summary: 'Change a destination',
        description: 'With another address or key, a relay that runs begins anew.',
        params: destinationParams,
        body: updateDestinationBody,
        response: { 200: successOf(destinationSchema) },
      },
      config: { access: 'projects:update', batchable: true },
    },
    async (request) => {
      const { params, body } = request
      return ok(viewDestination(await updateDestination(deps, actorOf(request), params.id, body)))
    },
  )

  app.delete(
    '/destinations/:id',
    {
      schema: {
        tags,
        summary: 'Delete a destination; a relay that runs ends',
        params: destinationParams,
        response: { 204: z.null() },
      },
      config: { access: 'projects:update', batchable: true },
    },
    async (request, reply) => {
      await deleteDestination(deps, actorOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}

const startStopRoutes = (deps: ProjectsDeps, app: App) => {
  const changes = [
    {
      action: 'start',
      summary: 'Send the feed to a destination; where it fails, try again at once',
      change: startDestination,
    },
    { action: 'stop', summary: 'Send no feed to a destination', change: stopDestination },
  ] as const
  for (const { action, summary, change } of changes) {
    app.post(
      `/destinations/:id/${action}`,
      {
        schema: {
          tags,
          summary,
          description: '`enabled` tells what is wanted now; `state` follows while the project is live.',
          params: destinationParams,
          response: { 200: successOf(destinationSchema) },
        },
        config: { access: 'projects:update', batchable: true },
      },
      async (request) => ok(viewDestination(await change(deps, actorOf(request), request.params.id))),
    )
  }
}
