import type { FastifyBaseLogger } from 'fastify'
import type { Cache } from '../../platform/cache/cache.ts'
import type { Db } from '../../platform/database/database.ts'
import { findActiveUser } from '../users/users.service.ts'
import type { AccessClaims } from './access-token.ts'
import { type AuthKeys, hashToken, loggedUserOf } from './auth-keys.ts'
import type { SessionActor } from './permissions.ts'
import { findSession, findSessionByToken, touchSession } from './sessions.repository.ts'

export type SessionStateDeps = {
  db: Db
  cache: Cache
  keys: Pick<AuthKeys, 'loggedUser'>
  log: FastifyBaseLogger
}

/** What the database says of a session and its user. `loggedUser` stands for the user's id in logs. */
export type SessionState = { actor: SessionActor; loggedUser: string; expiresAtMs: number }

const touchEveryMinutes = 5

/**
 * The state of a session that exists, has not expired and belongs to a user who may sign in. Cached until the session or
 * the user changes, so that a logout, a disabled user or another role holds from the next request on.
 */
export const findSessionState = async (
  deps: SessionStateDeps,
  { sessionId, userId }: AccessClaims,
): Promise<SessionState | undefined> => {
  const session = `session:${sessionId}`
  const state = await deps.cache.get(session, [session, `user:${userId}`], () =>
    loadSessionState(deps, sessionId, userId),
  )
  return state !== undefined && state.expiresAtMs > Date.now() ? state : undefined
}

const loadSessionState = async (
  { db, keys, log }: SessionStateDeps,
  sessionId: string,
  userId: string,
): Promise<SessionState | undefined> => {
  const [session, user] = await Promise.all([findSession(db, sessionId), findActiveUser(db, userId)])
  if (session === undefined || user === undefined || session.userId !== user.id) return undefined
  if (Date.now() - session.lastUsedAt.getTime() > touchEveryMinutes * 60_000) {
    // A request is not refused because this could not be noted.
    await touchSession(db, sessionId, touchEveryMinutes).catch((error: unknown) =>
      log.warn({ err: error }, 'session use not noted'),
    )
  }
  return {
    actor: { userId, role: user.role, sessionId },
    loggedUser: loggedUserOf(keys, userId),
    expiresAtMs: session.expiresAt.getTime(),
  }
}

/** Which session a cookie belongs to. That never changes, so it is only forgotten when the session's state is. */
export const findSessionOfCookie = ({ db, cache }: SessionStateDeps, cookie: string) => {
  const tokenHash = hashToken(cookie)
  return cache.get(`cookie:${tokenHash}`, [], () => findSessionByToken(db, tokenHash))
}
