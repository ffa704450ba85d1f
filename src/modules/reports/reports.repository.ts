import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { ReadDb, Tx } from '../../platform/database/database.ts'
import type { ChangedJob } from '../../platform/jobs/transitions.ts'
import { type ReportRow, reports } from './reports.table.ts'

export const insertReport = async (tx: Tx, row: typeof reports.$inferInsert): Promise<void> => {
  await tx.insert(reports).values(row)
}

export const findReport = async (db: ReadDb, id: string): Promise<ReportRow | undefined> => {
  const [row] = await db.select().from(reports).where(eq(reports.id, id))
  return row
}

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listReports = (
  db: ReadDb,
  ownerId: string | undefined,
  before: string | undefined,
  limit: number,
): Promise<ReportRow[]> =>
  db
    .select()
    .from(reports)
    .where(
      and(
        ownerId === undefined ? undefined : eq(reports.ownerId, ownerId),
        before === undefined ? undefined : lt(reports.id, before),
      ),
    )
    .orderBy(desc(reports.id))
    .limit(limit + 1)

export const countReports = (db: ReadDb, ownerId: string | undefined): Promise<number> =>
  db.$count(reports, ownerId === undefined ? undefined : eq(reports.ownerId, ownerId))

/** How many reports of a user have not ended. Others of the same user wait until the transaction ends. */
export const countUnfinished = async (tx: Tx, ownerId: string): Promise<number> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`reports of ${ownerId}`}, 0))`)
  return tx.$count(
    reports,
    and(eq(reports.ownerId, ownerId), inArray(reports.status, ['pending', 'in-progress'])),
  )
}

/** Copies what happened to the job into its report. */
export const followJob = async (tx: Tx, id: string, job: ChangedJob): Promise<void> => {
  const { status, errorCode, errorMessage } = job
  const failed = status === 'failed'
  await tx
    .update(reports)
    .set({ status, errorCode: failed ? errorCode : null, errorMessage: failed ? errorMessage : null })
    .where(eq(reports.id, id))
}

/** Gives a report its file. Says whether it is still there; then it cannot be deleted until the transaction ends. */
export const setReportFile = async (tx: Tx, id: string, fileId: string): Promise<boolean> => {
  const { rowCount } = await tx.update(reports).set({ fileId }).where(eq(reports.id, id))
  return rowCount === 1
}

export const deleteReportRow = async (tx: Tx, id: string): Promise<ReportRow | undefined> => {
  const [row] = await tx.delete(reports).where(eq(reports.id, id)).returning()
  return row
}

/** Removes reports whose time is over or whose owner is gone. */
export const takeExpiredReports = async (tx: Tx, limit: number): Promise<{ fileId: string | null }[]> => {
  const { rows } = await tx.execute<{ fileId: string | null }>(sql`
    delete from ${reports} where id in (
      select id from ${reports} where (expires_at <= now() or owner_id is null) and status not in ('pending', 'in-progress')
      order by expires_at limit ${limit} for update skip locked)
    returning file_id as "fileId"`)
  return rows
}
