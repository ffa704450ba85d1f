import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database/database.ts'
import { apiKeys } from './api-keys.table.ts'

/** Ends all keys of a user, and says how many. After the commit, whoever calls this invalidates `user:<id>`. */
export const revokeKeysOf = async (tx: Tx, userId: string): Promise<number> => {
  const { rowCount } = await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.userId, userId), isNull(apiKeys.revokedAt)))
  return rowCount ?? 0
}
