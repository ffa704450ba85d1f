import { z } from 'zod'
import { clientGone } from '../../platform/http/client-gone.ts'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { provedSchema, reauthenticateBody, sessionParams, sessionSchema } from './auth.schema.ts'
import type { AuthDeps } from './auth-deps.ts'
import { sessionActorOf } from './authenticate.ts'
import { proofGoodForMinutes, reauthenticate } from './reauthenticate.ts'
import { clearSessionCookie } from './session-cookie.ts'
import { endOtherSessions, endSession, listSessions } from './sessions.ts'

const tags = ['auth']
const endedSchema = z.object({ ended: z.int().describe('How many sessions.') })

export const sessionRoutes = (deps: AuthDeps) => async (app: App) => {
  app.post(
    '/auth/logout',
    {
      schema: {
        tags,
        summary: 'Sign out',
        description: 'Ends this session: its access token, refresh token and cookie stop working at once.',
        response: { 200: successOf(endedSchema) },
      },
      config: { access: 'signed-in' },
    },
    async (request, reply) => {
      const actor = sessionActorOf(request)
      await endSession(deps, actor, actor.sessionId)
      clearSessionCookie(reply)
      return ok({ ended: 1 })
    },
  )

  app.post(
    '/auth/reauthenticate',
    {
      schema: {
        tags,
        summary: 'Prove again that it is you',
        description:
          'What changes how an account can be entered, such as making an API key, needs a proof of the last ten minutes, else ' +
          'it answers 403 `REAUTHENTICATION_REQUIRED`. Signing in is one.',
        body: reauthenticateBody,
        response: { 200: successOf(provedSchema) },
      },
      config: { access: 'signed-in' },
    },
    async (request, reply) => {
      await reauthenticate(deps, sessionActorOf(request), request.body, clientGone(reply))
      return ok({ expiresIn: proofGoodForMinutes * 60 })
    },
  )

  sessionListRoutes(deps, app)
}

const sessionListRoutes = (deps: AuthDeps, app: App) => {
  app.get(
    '/auth/sessions',
    {
      schema: {
        tags,
        summary: 'List your sessions, newest first',
        querystring: pageQuery,
        response: { 200: listOf(sessionSchema) },
      },
      config: { access: 'signed-in' },
    },
    (request) => listSessions(deps, sessionActorOf(request), request.query),
  )

  app.delete(
    '/auth/sessions/:id',
    {
      schema: {
        tags,
        summary: 'End one of your sessions',
        description:
          'Its access token, refresh token and cookie stop working at once, and its sockets are closed.',
        params: sessionParams,
        response: { 200: successOf(endedSchema) },
      },
      config: { access: 'signed-in' },
    },
    async (request, reply) => {
      const actor = sessionActorOf(request)
      await endSession(deps, actor, request.params.id)
      if (request.params.id === actor.sessionId) clearSessionCookie(reply)
      return ok({ ended: 1 })
    },
  )

  app.delete(
    '/auth/sessions',
    {
      schema: {
        tags,
        summary: 'End all your other sessions',
        description:
          'Their access tokens, refresh tokens and cookies stop working at once, and their sockets are closed.',
        response: { 200: successOf(endedSchema) },
      },
      config: { access: 'signed-in' },
    },
    async (request) => ok({ ended: await endOtherSessions(deps, sessionActorOf(request)) }),
  )
}
