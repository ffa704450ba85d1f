import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import { type Db, onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import type { ChangedJob } from '../../platform/jobs/transitions.ts'
import { dataExports, type ExportRow } from './exports.table.ts'

export const insertExport = async (tx: Tx, row: typeof dataExports.$inferInsert): Promise<ExportRow> =>
  onlyRow(await tx.insert(dataExports).values(row).returning())

export const findExport = async (db: ReadDb, id: string): Promise<ExportRow | undefined> => {
  const [row] = await db.select().from(dataExports).where(eq(dataExports.id, id))
  return row
}

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listExports = (
  db: ReadDb,
  ownerId: string | undefined,
  before: string | undefined,
  limit: number,
) =>
  db
    .select()
    .from(dataExports)
    .where(
      and(
        ownerId === undefined ? undefined : eq(dataExports.ownerId, ownerId),
        before === undefined ? undefined : lt(dataExports.id, before),
      ),
    )
    .orderBy(desc(dataExports.id))
    .limit(limit + 1)

export const countExports = (db: ReadDb, ownerId: string | undefined): Promise<number> =>
  db.$count(dataExports, ownerId === undefined ? undefined : eq(dataExports.ownerId, ownerId))

/** How many exports of a user have not ended. Others of the same user wait until the transaction ends. */
export const countUnfinished = async (tx: Tx, ownerId: string): Promise<number> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`exports of ${ownerId}`}, 0))`)
  return tx.$count(
    dataExports,
    and(eq(dataExports.ownerId, ownerId), inArray(dataExports.status, ['pending', 'in-progress'])),
  )
}

/** Copies what happened to the job into its export. */
export const followJob = async (tx: Tx, id: string, job: ChangedJob): Promise<void> => {
  const { status, errorCode, errorMessage } = job
  const failed = status === 'failed'
  await tx
    .update(dataExports)
    .set({ status, errorCode: failed ? errorCode : null, errorMessage: failed ? errorMessage : null })
    .where(eq(dataExports.id, id))
}

/** Keeps an export from being deleted until the transaction ends. Says whether it is still there. */
export const lockExport = async (tx: Tx, id: string): Promise<boolean> => {
  const rows = await tx
    .select({ id: dataExports.id })
    .from(dataExports)
    .where(eq(dataExports.id, id))
    .for('update')
  return rows.length === 1
}

export const setExportResult = async (
  tx: Tx,
  id: string,
  result: Pick<ExportRow, 'fileId' | 'rowCount'>,
): Promise<void> => {
  await tx.update(dataExports).set(result).where(eq(dataExports.id, id))
}

export const deleteExportRow = async (tx: Tx, id: string): Promise<ExportRow | undefined> => {
  const [row] = await tx.delete(dataExports).where(eq(dataExports.id, id)).returning()
  return row
}

/** Removes exports whose time is over or whose owner is gone. */
export const takeExpiredExports = async (
  db: Db | Tx,
  limit: number,
): Promise<{ fileId: string | null }[]> => {
  const { rows } = await db.execute<{ fileId: string | null }>(sql`
    delete from ${dataExports} where id in (
      select id from ${dataExports} where (expires_at <= now() or owner_id is null) and status not in ('pending', 'in-progress')
      order by expires_at limit ${limit} for update skip locked)
    returning file_id as "fileId"`)
  return rows
}
