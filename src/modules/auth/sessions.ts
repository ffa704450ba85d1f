import { isIPv4 } from 'node:net'
import type { Cache } from '../../platform/cache/cache.ts'
import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { notFound } from '../../platform/errors.ts'
import { decodeCursor, type PageRequest, pageOf } from '../../platform/http/paging.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import type { User } from '../users/users.service.ts'
import { viewSession } from './auth.schema.ts'
import { hashToken, randomToken } from './auth-keys.ts'
import type { SessionActor } from './permissions.ts'
import {
  countSessions,
  deleteSession,
  deleteSessionsOf,
  insertRefreshToken,
  insertSession,
  listSessions as listSessionRows,
} from './sessions.repository.ts'
import { voidVerifications } from './verifications.repository.ts'

/** Who asks, as far as the connection tells. */
export type Client = { address: string; device: string | undefined }

/** What a sign-in gives: the tokens of a new session, readable this once. */
export type OpenedSession = { user: User; sessionId: string; sessionToken: string; refreshToken: string }

/** A session, its cookie and each refresh token last this long; every refresh begins the time anew. */
export const sessionDays = 30
const longestDevice = 300

export const openSession = async (tx: Tx, user: User, client: Client): Promise<OpenedSession> => {
  const sessionToken = randomToken()
  const refreshToken = randomToken()
  const { id: sessionId } = await insertSession(
    tx,
    {
      userId: user.id,
      tokenHash: hashToken(sessionToken),
      device: client.device?.slice(0, longestDevice) ?? null,
      address: networkOf(client.address),
    },
    sessionDays,
  )
  await insertRefreshToken(tx, { sessionId, tokenHash: hashToken(refreshToken) }, sessionDays)
  return { user, sessionId, sessionToken, refreshToken }
}

export const listSessions = async ({ db }: { db: Db }, actor: SessionActor, query: PageRequest) => {
  const rows = await listSessionRows(db, actor.userId, decodeCursor(query.cursor), query.limit)
  const total = query.total ? await countSessions(db, actor.userId) : undefined
  return pageOf(rows, query.limit, (session) => viewSession(session, actor.sessionId), total)
}

type EndDeps = { db: Db; cache: Cache }

/** @throws 404 for a session that is not the actor's own */
export const endSession = async ({ db, cache }: EndDeps, actor: SessionActor, id: string): Promise<void> => {
  const end = async (tx: Tx) => {
    if (!(await deleteSession(tx, actor.userId, id))) throw notFound('session')
    const action = id === actor.sessionId ? 'auth:sign-out' : 'sessions:revoke'
    await recordAct(tx, { action, target: { type: 'session', id } })
  }
  await invalidateAfter(
    () => db.transaction(end),
    () => cache.invalidate(`session:${id}`),
  )
}

/** Ends all of the actor's sessions but the one that asks. Returns how many. */
export const endOtherSessions = ({ db, cache }: EndDeps, actor: SessionActor): Promise<number> =>
  invalidateAfter(
    () =>
      db.transaction(async (tx) => {
        const ended = await deleteSessionsOf(tx, actor.userId, actor.sessionId)
        await recordAct(tx, {
          action: 'sessions:revoke',
          target: userTarget(actor.userId),
          details: { ended },
        })
        return ended
      }),
    () => cache.invalidate(`user:${actor.userId}`),
  )

/**
 * Ends a user's sessions, but for the one to keep, the reset links on their way to him and sign-ins that wait for a code or
 * to be taken up by an app.
 * After the commit, whoever calls this invalidates `user:<id>` (`invalidateAfter`).
 */
export const endSessionsOf = async (tx: Tx, userId: string, keepId?: string): Promise<void> => {
  await deleteSessionsOf(tx, userId, keepId)
  await voidVerifications(tx, 'reset-password', userId)
  await voidVerifications(tx, 'second-factor', userId)
  await voidVerifications(tx, 'oauth-code', userId)
}

/** An address without the part that singles out a household: the /24 of IPv4, the /48 of IPv6. */
export const networkOf = (address: string): string => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  if (isIPv4(plain)) return plain.replace(/\d+$/, '0')
  const [head = ''] = plain.split('::')
  return `${head.split(':').filter(Boolean).slice(0, 3).join(':')}::`
}
