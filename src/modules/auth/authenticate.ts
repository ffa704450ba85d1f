import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { isInfrastructureError } from '../../platform/database/infrastructure-error.ts'
import { tooManyRequests, unauthorized } from '../../platform/errors.ts'
import type { App } from '../../platform/http/http-server.ts'
import { requireSameOrigin } from './csrf.ts'
import { type IdentifyDeps, type Identity, identifyToken, liveSession } from './identify.ts'
import {
  type Actor,
  type Permission,
  permissions,
  requireGrant,
  requireSession,
  type SessionActor,
} from './permissions.ts'
import { sessionCookie } from './session-cookie.ts'
import { findSessionOfCookie, findSessionState, type SessionState } from './session-state.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request, or has signed in with it; undefined on other public routes, and for who does not say on those for anyone. */
    actor: Actor | undefined
  }
}

export type AuthenticationDeps = IdentifyDeps & {
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
 * The same, for what only people do, never API keys.
 * @throws 403 `SESSION_REQUIRED`
 */
export const sessionActorOf = (request: FastifyRequest): SessionActor => requireSession(actorOf(request))

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
      isForAnyone || access === 'signed-in' || access === 'identified'
        ? undefined
        : knownPermission(access, `${route.method} ${route.url}`)
    const guard: onRequestAsyncHookHandler = async (request, reply) => {
      const identity = await (isForAnyone ? authenticateIfNamed(request) : authenticate(request))
      if (identity === undefined) return
      const { actor, loggedUser } = identity
      request.actor = actor
      request.loggedUser = loggedUser
      if ('keyId' in actor) request.loggedApiKey = actor.keyId
      await limitIdentity(request, reply)
      if (permission !== undefined) requireGrant(actor, permission)
      else if (access === 'signed-in') requireSession(actor)
    }
    route.onRequest = [...[route.onRequest ?? []].flat(), guard]
    if (route.schema !== undefined) route.schema.security = waysIn(access, permission)
  })
}

/** As OpenAPI 3.1 has it (4.8.30): one of these; for API keys with the scope that they need. */
const waysIn = (
  access: string | undefined,
  permission: Permission | undefined,
): Record<string, string[]>[] => [
  ...(access === 'anyone' ? [{}] : []),
  { bearer: [] },
  ...(access === 'signed-in' ? [] : [{ apiKey: permission === undefined ? [] : [permission] }]),
  { session: [] },
]

const knownPermission = (access: string | undefined, route: string): Permission => {
  const permission = permissions.find((known) => known === access)
  if (permission === undefined) throw new Error(`${route}: ${access} is no permission`)
  return permission
}

/** A token or key in `Authorization` counts alone, even when it is wrong; else the session cookie does. */
const authenticator = (deps: AuthenticationDeps) => {
  const trustedOrigins = new Set([deps.publicUrl, ...deps.corsOrigins])

  const ofToken = async (authorization: string): Promise<Identity> => {
    const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization) ?? []
    if (token === undefined)
      throw unauthorized('Send "Authorization: Bearer" and an access token or API key.')
    return identifyToken(deps, token)
  }

  const ofCookie = async (request: FastifyRequest, cookie: string): Promise<SessionState | undefined> => {
    requireSameOrigin(request, trustedOrigins)
    const session = await findSessionOfCookie(deps, cookie)
    return session && findSessionState(deps, session)
  }

  return {
    authenticate: async (request: FastifyRequest): Promise<Identity> => {
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
    authenticateIfNamed: async (request: FastifyRequest): Promise<Identity | undefined> => {
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

const maxIdentities = 50_000

const identityLimit = (app: App, max: number) => {
  // The store reads `cache` from here as from the plugin's own options; its types do not say so.
  const options = {
    max,
    timeWindow: 60_000,
    cache: maxIdentities,
    // A user's keys apart from himself: whoever has found one must not keep him from revoking it.
    keyGenerator: (request: FastifyRequest) => {
      const actor = actorOf(request)
      return 'keyId' in actor ? `keys:${actor.userId}` : actor.userId
    },
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
