import { sql } from 'drizzle-orm'
import type { Db } from '../../platform/database/database.ts'
import { apiKeys } from './api-keys.table.ts'

/** How long its owner can still see a key that has ended. */
const shownDays = 90

/** Deletes keys that ended long ago, at most `limit` at a time. Returns how many are gone. */
export const deleteEndedKeys = async (db: Db, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${apiKeys} where id in (
      select id from ${apiKeys} where least(expires_at, revoked_at) < now() - make_interval(days => ${shownDays})
      order by least(expires_at, revoked_at) limit ${limit} for update skip locked)`)
  return rowCount ?? 0
}
