import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ok, successOf } from '../../../platform/http/envelope.ts'
import type { App } from '../../../platform/http/http-server.ts'
import { nothing } from '../auth.schema.ts'
import type { AuthDeps } from '../auth-deps.ts'
import { sessionActorOf } from '../authenticate.ts'
import { beginFlow } from './begin-flow.ts'
import { setFlowCookie } from './flow-cookie.ts'
import { requireLinkable, showIdentities, unlinkIdentity } from './identities.service.ts'
import {
  authorizationSchema,
  identityParams,
  identitySchema,
  providerParams,
  returnBody,
} from './oauth.schema.ts'
import type { SignInProviders } from './open-providers.ts'

const tags = ['auth']
const config = { access: 'signed-in' } as const

/** The providers by which the user who is signed in can sign in. */
export const identityRoutes = (deps: AuthDeps, providers: SignInProviders, app: App) => {
  ownIdentityRoutes(deps, app)
  const begin = beginner(deps, providers)

  app.post(
    '/auth/oauth/:provider/link',
    {
      schema: {
        tags,
        summary: 'Link a provider to your account',
        description:
          'Needs a recent proof. Send the browser that made this request, with its cookies, to `url`; it comes back to `returnTo`.',
        params: providerParams,
        body: returnBody,
        response: { 200: successOf(authorizationSchema) },
      },
      config,
    },
    async (request, reply) => {
      await requireLinkable(deps, sessionActorOf(request))
      return begin(request, reply, 'link', request.params.provider, request.body?.returnTo)
    },
  )

  app.post(
    '/auth/oauth/:provider/reauthenticate',
    {
      schema: {
        tags,
        summary: 'Prove again that it is you, by a provider',
        description:
          'For who has no password. Send the browser that made this request, with its cookies, to `url`; the proof counts when ' +
          'it is back.',
        params: providerParams,
        body: returnBody,
        response: { 200: successOf(authorizationSchema) },
      },
      config,
    },
    async (request, reply) =>
      begin(request, reply, 'reauthenticate', request.params.provider, request.body?.returnTo),
  )
}

const beginner =
  (deps: AuthDeps, providers: SignInProviders) =>
  async (
    request: FastifyRequest,
    reply: FastifyReply,
    purpose: 'link' | 'reauthenticate',
    name: string,
    returnTo: string | undefined,
  ) => {
    const { userId, sessionId } = sessionActorOf(request)
    const { url, flow } = await beginFlow(deps, providers.get(name), { purpose, userId, sessionId }, returnTo)
    setFlowCookie(reply, deps.keys, flow)
    return ok({ url: url.href })
  }

const ownIdentityRoutes = (deps: AuthDeps, app: App) => {
  app.get(
    '/auth/identities',
    {
      schema: {
        tags,
        summary: 'List the providers by which you can sign in',
        response: { 200: successOf(z.array(identitySchema)) },
      },
      config,
    },
    async (request) => ok(await showIdentities(deps, sessionActorOf(request))),
  )

  app.delete(
    '/auth/identities/:id',
    {
      schema: {
        tags,
        summary: 'Take a provider away from your account',
        description: 'Needs a recent proof, and another way to sign in.',
        params: identityParams,
        response: { 200: successOf(nothing) },
      },
      config,
    },
    async (request) => {
      await unlinkIdentity(deps, sessionActorOf(request), request.params.id)
      return ok({}, 'You can no longer sign in by it.')
    },
  )
}
