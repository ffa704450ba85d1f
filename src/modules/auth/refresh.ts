import type { FastifyBaseLogger } from 'fastify'
import type { Cache } from '../../platform/cache/cache.ts'
import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { unauthorized } from '../../platform/errors.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { findActiveUser, type User } from '../users/users.service.ts'
import { type AuthKeys, derivedToken, hashToken } from './auth-keys.ts'
import {
  deleteSession,
  extendSession,
  findRefreshToken,
  insertRefreshToken,
  lockSessionOfToken,
  markRefreshTokenUsed,
} from './sessions.repository.ts'
import { networkOf, sessionDays } from './sessions.ts'

export type RefreshDeps = {
  db: Db
  cache: Cache
  keys: Pick<AuthKeys, 'refreshToken'>
  log: FastifyBaseLogger
}

export type Refreshed = { user: User; sessionId: string; refreshToken: string }

/** Tabs of one client that refresh at the same moment all get the same next token. */
const graceSeconds = 10
/** A used token is kept this long, so that using it again is noticed. */
const usedTokenDays = 7

type Rotation =
  | { outcome: 'rotated'; refreshed: Refreshed }
  | { outcome: 'reused'; sessionId: string; userId: string }
  | { outcome: 'unknown' }

/**
 * Exchanges a refresh token for the next one (rotation with reuse detection: RFC 9700, 4.14.2). The next token follows
 * from the current one by a key, so that parallel uses need not agree on one, and it is stored nowhere.
 * @throws 401 `REFRESH_TOKEN_REUSED` when the token was exchanged before: then somebody has a copy, and the session ends
 */
export const refresh = async (
  { db, cache, keys, log }: RefreshDeps,
  refreshToken: string,
  address: string,
): Promise<Refreshed> => {
  let endedSession: string | undefined
  const exchange = async (tx: Tx) => {
    const rotation = await rotate(tx, keys.refreshToken, refreshToken, networkOf(address))
    endedSession = rotation.outcome === 'reused' ? rotation.sessionId : undefined
    return rotation
  }
  const rotation = await invalidateAfter(
    () => db.transaction(exchange),
    () => {
      if (endedSession !== undefined) cache.invalidate(`session:${endedSession}`)
    },
  )
  if (rotation.outcome === 'rotated') return rotation.refreshed
  if (rotation.outcome === 'unknown') {
    throw unauthorized('The refresh token is not valid. Sign in again.', 'REFRESH_TOKEN_INVALID')
  }
  log.warn({ sessionId: rotation.sessionId }, 'a refresh token was used twice; its session has been ended')
  throw unauthorized('This refresh token was used before. Sign in again.', 'REFRESH_TOKEN_REUSED')
}

const rotate = async (tx: Tx, key: Uint8Array, refreshToken: string, address: string): Promise<Rotation> => {
  const tokenHash = hashToken(refreshToken)
  const session = await lockSessionOfToken(tx, tokenHash)
  const token = session && (await findRefreshToken(tx, tokenHash))
  if (session === undefined || token === undefined) return { outcome: 'unknown' }
  const { id: sessionId, userId } = session
  const nextToken = derivedToken(key, refreshToken)
  const nextHash = hashToken(nextToken)
  if (token.used) {
    const next = await findRefreshToken(tx, nextHash)
    const inGrace = next?.used === false && (token.usedSecondsAgo ?? Number.POSITIVE_INFINITY) <= graceSeconds
    if (!inGrace) {
      await deleteSession(tx, userId, sessionId)
      await recordAct(tx, {
        action: 'auth:refresh-reuse',
        target: userTarget(userId),
        details: { sessionId },
      })
      return { outcome: 'reused', sessionId, userId }
    }
  } else {
    if (token.expired) return { outcome: 'unknown' }
    await markRefreshTokenUsed(tx, tokenHash, usedTokenDays)
    await insertRefreshToken(tx, { sessionId, tokenHash: nextHash }, sessionDays)
    await extendSession(tx, sessionId, address, sessionDays)
  }
  const user = await findActiveUser(tx, userId)
  return user === undefined
    ? { outcome: 'unknown' }
    : { outcome: 'rotated', refreshed: { user, sessionId, refreshToken: nextToken } }
}
