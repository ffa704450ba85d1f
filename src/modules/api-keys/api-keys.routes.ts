import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { sessionActorOf } from '../auth/authenticate.ts'
import {
  apiKeyParams,
  apiKeySchema,
  apiKeyWithSecretSchema,
  createApiKeyBody,
  rotateApiKeyBody,
  updateApiKeyBody,
  viewApiKey,
} from './api-keys.schema.ts'
import {
  type ApiKeysDeps,
  createApiKey,
  getApiKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
  updateApiKey,
} from './api-keys.service.ts'

const tags = ['api keys']
/** Of people, never of keys: none can make, see or change another one, or itself. */
const config = { access: 'signed-in' } as const
const defaultOverlapHours = 24

export const apiKeyRoutes = (deps: ApiKeysDeps) => async (app: App) => {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  secretRoutes(deps, app)
  plainRoutes(deps, app)
}

/** What answers with a secret. */
const secretRoutes = (deps: ApiKeysDeps, app: App) => {
  app.post(
    '/api-keys',
    {
      schema: {
        tags,
        summary: 'Make an API key',
        description:
          'The key itself is shown once. What the role of its user does not grant, or no longer grants, it cannot do.',
        body: createApiKeyBody,
        response: { 201: successOf(apiKeyWithSecretSchema) },
      },
      config,
    },
    async (request, reply) => {
      const { key, text } = await createApiKey(deps, sessionActorOf(request), request.body)
      reply.status(201).header('location', `/v1/api-keys/${key.id}`)
      return ok({ ...viewApiKey(key), apiKey: text })
    },
  )

  app.post(
    '/api-keys/:id/rotate',
    {
      schema: {
        tags,
        summary: "Replace an API key's secret",
        description:
          'The secret before works on for the overlap, 24 hours unless you say otherwise. There are never more than two.',
        params: apiKeyParams,
        body: rotateApiKeyBody,
        response: { 200: successOf(apiKeyWithSecretSchema) },
      },
      config,
    },
    async (request) => {
      const overlapHours = request.body?.overlapHours ?? defaultOverlapHours
      const { key, text } = await rotateApiKey(deps, sessionActorOf(request), request.params.id, overlapHours)
      return ok({ ...viewApiKey(key), apiKey: text })
    },
  )
}

const plainRoutes = (deps: ApiKeysDeps, app: App) => {
  app.get(
    '/api-keys',
    {
      schema: {
        tags,
        summary: 'List your API keys, newest first',
        querystring: pageQuery,
        response: { 200: listOf(apiKeySchema) },
      },
      config,
    },
    (request) => listApiKeys(deps, sessionActorOf(request), request.query),
  )

  app.get(
    '/api-keys/:id',
    {
      schema: {
        tags,
        summary: 'Get an API key',
        params: apiKeyParams,
        response: { 200: successOf(apiKeySchema) },
      },
      config,
    },
    async (request) => ok(viewApiKey(await getApiKey(deps, sessionActorOf(request), request.params.id))),
  )

  app.patch(
    '/api-keys/:id',
    {
      schema: {
        tags,
        summary: 'Change the name, scopes or expiry of an API key',
        description:
          'Holds from the next request of the key on. Takes a proof of the last ten minutes that it is you.',
        params: apiKeyParams,
        body: updateApiKeyBody,
        response: { 200: successOf(apiKeySchema) },
      },
      config,
    },
    async (request) => {
      const { params, body } = request
      return ok(viewApiKey(await updateApiKey(deps, sessionActorOf(request), params.id, body)))
    },
  )

  app.delete(
    '/api-keys/:id',
    {
      schema: {
        tags,
        summary: 'Revoke an API key',
        description: 'It stops working at once, with all its secrets, and stays in the list for 90 days.',
        params: apiKeyParams,
        response: { 200: successOf(apiKeySchema) },
      },
      config,
    },
    async (request) => ok(viewApiKey(await revokeApiKey(deps, sessionActorOf(request), request.params.id))),
  )
}
