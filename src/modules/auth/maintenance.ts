import { sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Db } from '../../platform/database/database.ts'
import { refreshTokens, sessions, verifications } from './auth.table.ts'

/** Deletes what has expired, at most `limit` rows at a time. Each returns how many rows are gone. */
export const deleteExpiredSessions = (db: Db, limit: number) => deleteExpired(db, sessions, limit)
export const deleteExpiredRefreshTokens = (db: Db, limit: number) => deleteExpired(db, refreshTokens, limit)
export const deleteExpiredVerifications = (db: Db, limit: number) => deleteExpired(db, verifications, limit)

const deleteExpired = async (db: Db, table: PgTable, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${table} where ctid in (
      select ctid from ${table} where expires_at < now() order by expires_at limit ${limit} for update skip locked)`)
  return rowCount ?? 0
}
