import { and, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type Tx } from '../../platform/database/database.ts'
import { preparedOn } from '../../platform/database/prepared.ts'
import { type ApiKeyRow, apiKeys } from './api-keys.table.ts'

/** Whose key has this secret, whether it works or not. */
export const findKeyOfSecret = async (executor: Executor, secretHash: string) => {
  const [key] = await executor
    .select({ keyId: apiKeys.id, userId: apiKeys.userId })
    .from(apiKeys)
    .where(or(eq(apiKeys.secretHash, secretHash), eq(apiKeys.previousSecretHash, secretHash)))
  return key
}

const isCurrent = eq(apiKeys.secretHash, sql.placeholder('secretHash'))
const isLive = and(
  isNull(apiKeys.revokedAt),
  or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)),
)

const findWorkingKeyStatement = preparedOn((executor: Executor) =>
  executor
    .select({
      userId: apiKeys.userId,
      scopes: apiKeys.scopes,
      worksUntil:
        sql`least(${apiKeys.expiresAt}, case when not ${isCurrent} then ${apiKeys.previousSecretUntil} end)`
          .mapWith(apiKeys.expiresAt)
          .as('works_until'),
    })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.id, sql.placeholder('id')),
        isLive,
        or(
          isCurrent,
          and(
            eq(apiKeys.previousSecretHash, sql.placeholder('secretHash')),
            gt(apiKeys.previousSecretUntil, sql`now()`),
          ),
        ),
      ),
    )
    .prepare('find_working_api_key'),
)

/** The key, if it and this secret of it work. `worksUntil` is null for one that does not expire. */
export const findWorkingKey = async (executor: Executor, id: string, secretHash: string) => {
  const [key] = await findWorkingKeyStatement(executor).execute({ id, secretHash })
  return key
}

const isOf = (userId: string, id: string) => and(eq(apiKeys.id, id), eq(apiKeys.userId, userId))

export const findKey = async (
  executor: Executor,
  userId: string,
  id: string,
): Promise<ApiKeyRow | undefined> => {
  const [key] = await executor.select().from(apiKeys).where(isOf(userId, id))
  return key
}

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listKeys = (
  executor: Executor,
  userId: string,
  before: string | undefined,
  limit: number,
): Promise<ApiKeyRow[]> =>
  executor
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.userId, userId), before === undefined ? undefined : lt(apiKeys.id, before)))
    .orderBy(desc(apiKeys.id))
    .limit(limit + 1)

export const countKeys = (executor: Executor, userId: string): Promise<number> =>
  executor.$count(apiKeys, eq(apiKeys.userId, userId))

/** How many keys of a user work. */
export const countLiveKeys = (tx: Tx, userId: string): Promise<number> =>
  tx.$count(apiKeys, and(eq(apiKeys.userId, userId), isLive))

export type NewKey = Pick<ApiKeyRow, 'userId' | 'name' | 'prefix' | 'secretHash' | 'scopes' | 'expiresAt'>

export const insertKey = async (tx: Tx, key: NewKey): Promise<ApiKeyRow> =>
  onlyRow(await tx.insert(apiKeys).values(key).returning())

export type KeyChanges = Partial<Pick<ApiKeyRow, 'name' | 'scopes' | 'expiresAt'>>

/** Changes a key that works. */
export const updateKey = async (
  executor: Executor,
  userId: string,
  id: string,
  changes: KeyChanges,
): Promise<ApiKeyRow | undefined> => {
  const [key] = await executor
    .update(apiKeys)
    .set(changes)
    .where(and(isOf(userId, id), isLive))
    .returning()
  return key
}

/** Gives a key that works another secret. The one before it works for `overlapHours` more, and any older one no more. */
export const replaceSecret = async (
  executor: Executor,
  userId: string,
  id: string,
  { secretHash, overlapHours }: { secretHash: string; overlapHours: number },
): Promise<ApiKeyRow | undefined> => {
  const [key] = await executor
    .update(apiKeys)
    .set({
      secretHash,
      previousSecretHash: sql`${apiKeys.secretHash}`,
      previousSecretUntil: sql`now() + make_interval(hours => ${overlapHours})`,
    })
    .where(and(isOf(userId, id), isLive))
    .returning()
  return key
}

/** Ends a key. One that was revoked before stays as it was. */
export const revokeKey = async (
  executor: Executor,
  userId: string,
  id: string,
): Promise<ApiKeyRow | undefined> => {
  const [key] = await executor
    .update(apiKeys)
    .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, now())` })
    .where(isOf(userId, id))
    .returning()
  return key
}

export type KeyUse = { keyId: string; usedAt: Date }

/** Notes uses, unless a later one or one of the minute before is noted. Keys that somebody else changes now are left out. */
export const noteUses = async (executor: Executor, uses: KeyUse[]): Promise<void> => {
  const ids = uses.map(({ keyId }) => keyId)
  const times = uses.map(({ usedAt }) => usedAt.toISOString())
  await executor.execute(sql`
    with free as (
      select id from ${apiKeys} where id = any(${sql.param(ids)}::uuid[]) order by id for no key update skip locked)
    update ${apiKeys} set last_used_at = used.at
    from free join unnest(${sql.param(ids)}::uuid[], ${sql.param(times)}::timestamptz[]) as used (id, at) using (id)
    where ${apiKeys.id} = free.id
      and (${apiKeys.lastUsedAt} is null or ${apiKeys.lastUsedAt} < used.at - interval '1 minute')`)
}
