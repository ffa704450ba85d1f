import { z } from 'zod'
import { ifMatchVersion, versionTag } from '../../platform/http/entity-version.ts'
import { ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { actorOf } from '../auth/authenticate.ts'
import { evaluatedFlagSchema, flagParams, flagSchema, putFlagBody, viewFlag } from './flags.schema.ts'
import { deleteFlag, evaluateAll, type FlagsDeps, getFlag, listFlags, putFlag } from './flags.service.ts'

const tags = ['admin']
/** As settings are: what `flags:read` gives is what a flag is for oneself. */
const reading = { access: 'settings:read' } as const
const config = { access: 'flags:update' } as const

export const flagRoutes = (deps: FlagsDeps) => async (app: App) => {
  app.get(
    '/flags',
    {
      schema: {
        tags: ['flags'],
        summary: 'What feature flags are for you',
        response: { 200: successOf(z.array(evaluatedFlagSchema)) },
      },
      config: { access: 'flags:read' },
    },
    async (request) => ok(await evaluateAll(deps, actorOf(request))),
  )
  readRoutes(deps, app)
  writeRoutes(deps, app)
}

const readRoutes = (deps: FlagsDeps, app: App) => {
  app.get(
    '/admin/flags',
    {
      schema: { tags, summary: 'List all feature flags', response: { 200: successOf(z.array(flagSchema)) } },
      config: reading,
    },
    async (request) => ok(listFlags(deps, actorOf(request)).map(viewFlag)),
  )

  app.get(
    '/admin/flags/:key',
    {
      schema: {
        tags,
        summary: 'Get a feature flag',
        params: flagParams,
        response: { 200: successOf(flagSchema) },
      },
      config: reading,
    },
    async (request, reply) => {
      const flag = await getFlag(deps, actorOf(request), request.params.key)
      reply.header('etag', versionTag(flag.version))
      return ok(viewFlag(flag))
    },
  )
}

const writeRoutes = (deps: FlagsDeps, app: App) => {
  app.put(
    '/admin/flags/:key',
    {
      schema: {
        tags,
        summary: 'Make or replace a feature flag',
        description: 'It acts at once, in every process.',
        params: flagParams,
        headers: ifMatchVersion,
        body: putFlagBody,
        response: { 200: successOf(flagSchema), 201: successOf(flagSchema) },
      },
      config,
    },
    async (request, reply) => {
      const { params, body, headers } = request
      const { flag, isNew } = await putFlag(deps, actorOf(request), params.key, body, headers['if-match'])
      reply.status(isNew ? 201 : 200).header('etag', versionTag(flag.version))
      return ok(viewFlag(flag))
    },
  )

  app.delete(
    '/admin/flags/:key',
    {
      schema: {
        tags,
        summary: 'Delete a feature flag',
        description: 'Whoever asks for it gets his own default from then on.',
        params: flagParams,
        headers: ifMatchVersion,
        response: { 200: successOf(z.object({ key: z.string() })) },
      },
      config,
    },
    async (request) => {
      const { key } = request.params
      await deleteFlag(deps, actorOf(request), key, request.headers['if-match'])
      return ok({ key })
    },
  )
}
