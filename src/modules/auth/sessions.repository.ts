import { and, desc, eq, gt, lt, ne, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type Tx } from '../../platform/database/database.ts'
import { preparedOn } from '../../platform/database/prepared.ts'
import { refreshTokens, type SessionRow, sessions } from './auth.table.ts'

const inDays = (days: number) => sql`now() + make_interval(days => ${days})`

const findSessionStatement = preparedOn((executor: Executor) =>
  executor
    .select()
    .from(sessions)
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare('find_session'),
)

export const findSession = async (executor: Executor, id: string): Promise<SessionRow | undefined> => {
  const [session] = await findSessionStatement(executor).execute({ id })
  return session
}

/** @param tokenHash of the cookie's value */
export const findSessionByToken = async (executor: Executor, tokenHash: string) => {
  const [session] = await executor
    .select({ sessionId: sessions.id, userId: sessions.userId })
    .from(sessions)
    .where(eq(sessions.tokenHash, tokenHash))
  return session
}

export type NewSession = Pick<SessionRow, 'userId' | 'tokenHash' | 'device' | 'address'>

export const insertSession = async (tx: Tx, session: NewSession, days: number): Promise<{ id: string }> =>
  onlyRow(
    await tx
      .insert(sessions)
      .values({ ...session, expiresAt: inDays(days), provedAt: sql`now()` })
      .returning({ id: sessions.id }),
  )

/** Notes that the session is in use, once in `everyMinutes`. */
export const touchSession = async (executor: Executor, id: string, everyMinutes: number): Promise<void> => {
  await executor
    .update(sessions)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(eq(sessions.id, id), lt(sessions.lastUsedAt, sql`now() - make_interval(mins => ${everyMinutes})`)),
    )
}

/** Notes that the user has just proved who he is. */
export const noteProof = async (executor: Executor, id: string): Promise<void> => {
  await executor.update(sessions).set({ provedAt: sql`now()` }).where(eq(sessions.id, id))
}

/** Lets a user prove anew who he is, in all sessions but one. */
export const forgetProofs = async (executor: Executor, userId: string, keepId: string): Promise<void> => {
  await executor
    .update(sessions)
    .set({ provedAt: null })
    .where(and(eq(sessions.userId, userId), ne(sessions.id, keepId)))
}

export const isProvedWithin = async (executor: Executor, id: string, minutes: number): Promise<boolean> => {
  const lately = gt(sessions.provedAt, sql`now() - make_interval(mins => ${minutes})`)
  return (await executor.$count(sessions, and(eq(sessions.id, id), lately))) === 1
}

export const extendSession = async (tx: Tx, id: string, address: string, days: number): Promise<void> => {
  await tx
    .update(sessions)
    .set({ lastUsedAt: sql`now()`, address, expiresAt: inDays(days) })
    .where(eq(sessions.id, id))
}

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listSessions = (
  executor: Executor,
  userId: string,
  before: string | undefined,
  limit: number,
): Promise<SessionRow[]> =>
  executor
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, userId),
        gt(sessions.expiresAt, sql`now()`),
        before === undefined ? undefined : lt(sessions.id, before),
      ),
    )
    .orderBy(desc(sessions.id))
    .limit(limit + 1)

export const countSessions = (executor: Executor, userId: string): Promise<number> =>
  executor.$count(sessions, and(eq(sessions.userId, userId), gt(sessions.expiresAt, sql`now()`)))

/** Ends one session of a user. Says whether there was one. */
export const deleteSession = async (executor: Executor, userId: string, id: string): Promise<boolean> => {
  const { rowCount } = await executor
    .delete(sessions)
    .where(and(eq(sessions.id, id), eq(sessions.userId, userId)))
  return rowCount === 1
}

/** Ends all sessions of a user, but for the one to keep. Returns how many. */
export const deleteSessionsOf = async (
  executor: Executor,
  userId: string,
  keepId?: string,
): Promise<number> => {
  const { rowCount } = await executor
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), keepId === undefined ? undefined : ne(sessions.id, keepId)))
  return rowCount ?? 0
}

/**
 * Locks the session that a refresh token belongs to, so that all uses of its tokens happen one after the other. The
 * token itself is to be read after this: before, it may change.
 */
export const lockSessionOfToken = async (tx: Tx, tokenHash: string) => {
  const family = tx
    .select({ sessionId: refreshTokens.sessionId })
    .from(refreshTokens)
    .where(eq(refreshTokens.tokenHash, tokenHash))
  const [session] = await tx
    .select({ id: sessions.id, userId: sessions.userId })
    .from(sessions)
    .where(and(eq(sessions.id, family), gt(sessions.expiresAt, sql`now()`)))
    .for('update')
  return session
}

export const findRefreshToken = async (tx: Tx, tokenHash: string) => {
  const [token] = await tx
    .select({
      used: sql<boolean>`${refreshTokens.usedAt} is not null`,
      usedSecondsAgo: sql<number | null>`extract(epoch from now() - ${refreshTokens.usedAt})::float8`,
      expired: sql<boolean>`${refreshTokens.expiresAt} <= now()`,
    })
    .from(refreshTokens)
    .where(eq(refreshTokens.tokenHash, tokenHash))
  return token
}

export const insertRefreshToken = async (
  tx: Tx,
  { sessionId, tokenHash }: { sessionId: string; tokenHash: string },
  days: number,
): Promise<void> => {
  await tx.insert(refreshTokens).values({ sessionId, tokenHash, expiresAt: inDays(days) })
}

/** @param keptDays how long a second use of the token will be noticed */
export const markRefreshTokenUsed = async (tx: Tx, tokenHash: string, keptDays: number): Promise<void> => {
  await tx
    .update(refreshTokens)
    .set({ usedAt: sql`now()`, expiresAt: inDays(keptDays) })
    .where(eq(refreshTokens.tokenHash, tokenHash))
}
