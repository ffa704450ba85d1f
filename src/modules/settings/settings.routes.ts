import { z } from 'zod'
import { ifMatchVersion, versionTag } from '../../platform/http/entity-version.ts'
import { ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { actorOf } from '../auth/authenticate.ts'
import { putSettingBody, settingParams, settingSchema } from './settings.schema.ts'
import { listSettings, putSetting, resetSetting, type SettingsDeps, showSetting } from './settings.service.ts'

const tags = ['admin']
const reading = { access: 'settings:read' } as const
const changing = { access: 'settings:update' } as const
const answer = { 200: successOf(settingSchema) }

export const settingRoutes = (deps: SettingsDeps) => async (app: App) => {
  app.get(
    '/admin/settings',
    {
      schema: {
        tags,
        summary: 'List what can be changed without a restart',
        response: { 200: successOf(z.array(settingSchema)) },
      },
      config: reading,
    },
    async (request) => ok(await listSettings(deps, actorOf(request))),
  )

  app.get(
    '/admin/settings/:key',
    {
      schema: { tags, summary: 'Get a runtime setting', params: settingParams, response: answer },
      config: reading,
    },
    async (request, reply) => {
      const setting = await showSetting(deps, actorOf(request), request.params.key)
      reply.header('etag', versionTag(setting.version))
      return ok(setting)
    },
  )

  app.put(
    '/admin/settings/:key',
    {
      schema: {
        tags,
        summary: 'Change a runtime setting',
        description: 'It acts at once, in every process.',
        params: settingParams,
        headers: ifMatchVersion,
        body: putSettingBody,
        response: answer,
      },
      config: changing,
    },
    async (request, reply) => {
      const { params, body, headers } = request
      const wanted = { key: params.key, value: body.value }
      const setting = await putSetting(deps, actorOf(request), wanted, headers['if-match'])
      reply.header('etag', versionTag(setting.version))
      return ok(setting)
    },
  )

  app.delete(
    '/admin/settings/:key',
    {
      schema: {
        tags,
        summary: 'Let a runtime setting be as the environment says again',
        params: settingParams,
        headers: ifMatchVersion,
        response: answer,
      },
      config: changing,
    },
    async (request) =>
      ok(await resetSetting(deps, actorOf(request), request.params.key, request.headers['if-match'])),
  )
}
