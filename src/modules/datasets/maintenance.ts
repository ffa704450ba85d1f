import { eq, sql } from 'drizzle-orm'
import type { Db } from '../../platform/database/database.ts'
import { deleteChunks } from './chunks.repository.ts'
import { datasets } from './datasets.table.ts'
import { dropTables } from './table-storage.ts'

/** Marks datasets whose time is over or whose owner is gone. Returns how many. */
export const expireDatasets = async ({ db }: { db: Db }, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    update ${datasets} set deleted_at = now(), updated_at = now() where id in (
      select id from ${datasets} where deleted_at is null and (expires_at <= now() or owner_id is null)
      order by expires_at limit ${limit} for update skip locked)`)
  return rowCount ?? 0
}

/**
 * Removes the tables of one dataset that was deleted, failed or cancelled. Its row goes with them when it was deleted; else
 * the job can be run again, and begins anew. Returns how many were removed.
 */
export const removeLeftoverTables = ({ db }: { db: Db }): Promise<number> =>
  db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ id: string; deleted: boolean }>(sql`
      select id, deleted_at is not null as deleted from ${datasets}
      where deleted_at is not null or (has_tables and status in ('failed', 'cancelled'))
      order by updated_at limit 1 for update skip locked`)
    const [leftover] = rows
    if (leftover === undefined) return 0
    await dropTables(tx, leftover.id)
    await deleteChunks(tx, leftover.id)
    if (leftover.deleted) await tx.delete(datasets).where(eq(datasets.id, leftover.id))
    else await tx.update(datasets).set({ hasTables: false }).where(eq(datasets.id, leftover.id))
    return 1
  })
