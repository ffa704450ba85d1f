import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { isInfrastructureError } from '../../platform/database/infrastructure-error.ts'
import { forbidden, tooManyRequests, unauthorized } from '../../platform/errors.ts'
import type { App } from '../../platform/http/http-server.ts'
import type { AccessTokens } from './access-token.ts'
import { requireSameOrigin } from './csrf.ts'
import { type Actor, type Permission, permissions, scopeOf } from './permissions.ts'
import { sessionCookie } from './session-cookie.ts'
import {
  findSessionOfCookie,
  findSessionState,
  type SessionState,
  type SessionStateDeps,
} from './session-state.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request, or has signed in with it; undefined on other public routes, and for who does not say on those for anyone. */
    actor: Actor | undefined
  }
}

export type AuthenticationDeps = SessionStateDeps & {
  accessTokens: AccessTokens
  /** Where our own pages are, an origin. */
  publicUrl: string
  corsOrigins: string[]
  identityPerMinute: number
}

/** @throws 401 on a route that does not ask who is there */
export const actorOf = (request: FastifyRequest): Actor => {
  if (request.actor === undefined) throw unauthorized()
  return request.actor
}

/**
 * Guards every route that is added to `app` after this by its `config.access`. The guard comes after the limit by address,
 * and before the body is read.
 * @throws at start, for a route whose access is missing or is no known permission
 */
export const authentication = (app: App, deps: AuthenticationDeps): void => {
  app.decorateRequest('actor', undefined)
  const { authenticate, authenticateIfNamed } = authenticator(deps)
  const limitIdentity = identityLimit(app, deps.identityPerMinute)
  app.addHook('onRoute', (route) => {
    const access = route.config?.access
    if (access === 'public') return
    const isForAnyone = access === 'anyone'
    const permission =
      isForAnyone || access === 'signed-in'
        ? undefined
        : knownPermission(access, `${route.method} ${route.url}`)
    const guard: onRequestAsyncHookHandler = async (request, reply) => {
      const session = await (isForAnyone ? authenticateIfNamed(request) : authenticate(request))
      if (session === undefined) return
      const { actor, loggedUser } = session
      request.actor = actor
      request.loggedUser = loggedUser
      await limitIdentity(request, reply)
      if (permission !== undefined && scopeOf(actor, permission) === undefined) throw forbidden()
    }
    route.onRequest = [...[route.onRequest ?? []].flat(), guard]
    if (route.schema === undefined) return
    route.schema.security = [...(isForAnyone ? [{}] : []), { bearer: [] }, { session: [] }]
  })
}

const knownPermission = (access: string | undefined, route: string): Permission => {
  const permission = permissions.find((known) => known === access)
  if (permission === undefined) throw new Error(`${route}: ${access} is no permission`)
  return permission
}

/** A token in `Authorization` counts alone, even when it is wrong; else the session cookie does. */
const authenticator = (deps: AuthenticationDeps) => {
  const trustedOrigins = new Set([deps.publicUrl, ...deps.corsOrigins])

  const ofToken = async (authorization: string): Promise<SessionState> => {
    const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization) ?? []
    if (token === undefined) throw unauthorized('Send "Authorization: Bearer" and an access token.')
    return liveSession(await findSessionState(deps, await deps.accessTokens.verify(token)))
  }

  const ofCookie = async (request: FastifyRequest, cookie: string): Promise<SessionState | undefined> => {
    requireSameOrigin(request, trustedOrigins)
    const session = await findSessionOfCookie(deps, cookie)
    return session && findSessionState(deps, session)
  }

  return {
    authenticate: async (request: FastifyRequest): Promise<SessionState> => {
      const { authorization } = request.headers
      if (authorization !== undefined) return ofToken(authorization)
      const cookie = request.cookies[sessionCookie]
      if (cookie === undefined) throw unauthorized()
      return liveSession(await ofCookie(request, cookie))
    },

    /**
     * Browsers send the cookie of a session that has ended on and on: that must not keep them from what is public. Nor must
     * one that cannot be looked up while the database is away. Who sends a token asks for an answer about that token.
     */
    authenticateIfNamed: async (request: FastifyRequest): Promise<SessionState | undefined> => {
      const { authorization } = request.headers
      if (authorization !== undefined) return ofToken(authorization)
      const cookie = request.cookies[sessionCookie]
      if (cookie === undefined) return undefined
      return ofCookie(request, cookie).catch((error: unknown) => {
        if (isInfrastructureError(error)) return undefined
        throw error
      })
    },
  }
}

const liveSession = (state: SessionState | undefined): SessionState => {
  if (state === undefined) throw unauthorized('This session has ended. Sign in again.', 'SESSION_ENDED')
  return state
}

const maxIdentities = 50_000

const identityLimit = (app: App, max: number) => {
  // The store reads `cache` from here as from the plugin's own options; its types do not say so.
  const options = {
    max,
    timeWindow: 60_000,
    cache: maxIdentities,
    keyGenerator: (request: FastifyRequest) => actorOf(request).userId,
  }
  const count = app.createRateLimit(options)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const state = await count(request)
    if (state.isAllowed || !state.isExceeded) return
    reply
      .header('ratelimit-limit', state.max)
      .header('ratelimit-remaining', 0)
      .header('ratelimit-reset', state.ttlInSeconds)
    throw tooManyRequests(state.ttlInSeconds)
  }
}
