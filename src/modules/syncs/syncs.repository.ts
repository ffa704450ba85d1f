import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Db, Executor, ReadDb, Tx } from '../../platform/database/database.ts'
import type { ChangedJob } from '../../platform/jobs/transitions.ts'
import { type SyncRow, type SyncRunRow, syncRuns, syncs } from './syncs.table.ts'

export const insertSync = async (tx: Tx, row: typeof syncs.$inferInsert): Promise<void> => {
  await tx.insert(syncs).values(row)
}

export const findSync = async (db: ReadDb, id: string): Promise<SyncRow | undefined> => {
  const [row] = await db.select().from(syncs).where(eq(syncs.id, id))
  return row
}

/** Keeps a sync from being changed or deleted until the transaction ends. */
export const lockSync = async (tx: Tx, id: string): Promise<SyncRow | undefined> => {
  const [row] = await tx.select().from(syncs).where(eq(syncs.id, id)).for('update')
  return row
}

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listSyncs = (
  db: ReadDb,
  ownerId: string | undefined,
  before: string | undefined,
  limit: number,
): Promise<SyncRow[]> =>
  db
    .select()
    .from(syncs)
    .where(
      and(
        ownerId === undefined ? undefined : eq(syncs.ownerId, ownerId),
        before === undefined ? undefined : lt(syncs.id, before),
      ),
    )
    .orderBy(desc(syncs.id))
    .limit(limit + 1)

export const countSyncs = (db: ReadDb, ownerId: string | undefined): Promise<number> =>
  db.$count(syncs, ownerId === undefined ? undefined : eq(syncs.ownerId, ownerId))

/** How many syncs a user has. Others of the same user wait until the transaction ends. */
export const countForOneMore = async (tx: Tx, ownerId: string): Promise<number> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`syncs of ${ownerId}`}, 0))`)
  return countSyncs(tx, ownerId)
}

export type DisabledSync = Pick<SyncRow, 'id' | 'ownerId' | 'name' | 'url'>
export type SyncChanges = Partial<Omit<SyncRow, 'id' | 'ownerId' | 'createdAt' | 'updatedAt'>>

export const updateSync = async (db: Executor, id: string, changes: SyncChanges): Promise<void> => {
  await db.update(syncs).set(changes).where(eq(syncs.id, id))
}

/** @returns whether it was there */
export const deleteSyncRow = async (db: Executor, id: string): Promise<boolean> => {
  const { rowCount } = await db.delete(syncs).where(eq(syncs.id, id))
  return rowCount === 1
}

/** The syncs whose turn has come and that do not run, locked until the transaction ends; none that another has locked. */
export const lockDueSyncs = async (tx: Tx, limit: number): Promise<SyncRow[]> =>
  tx
    .select()
    .from(syncs)
    .where(
      and(
        syncs.enabled,
        sql`${syncs.nextRunAt} <= now()`,
        sql`not exists (select from ${syncRuns} where ${syncRuns.syncId} = ${syncs.id}
          and ${syncRuns.status} in ('pending', 'in-progress'))`,
      ),
    )
    .orderBy(syncs.nextRunAt)
    .limit(limit)
    .for('update', { skipLocked: true })

export const insertRun = async (tx: Tx, row: typeof syncRuns.$inferInsert): Promise<void> => {
  await tx.insert(syncRuns).values(row)
}

export const findRun = async (db: ReadDb, id: string): Promise<SyncRunRow | undefined> => {
  const [row] = await db.select().from(syncRuns).where(eq(syncRuns.id, id))
  return row
}

export const findUnfinishedRun = async (db: ReadDb, syncId: string): Promise<SyncRunRow | undefined> => {
  const [row] = await db
    .select()
    .from(syncRuns)
    .where(and(eq(syncRuns.syncId, syncId), sql`${syncRuns.status} in ('pending', 'in-progress')`))
  return row
}

/** Newest first, one more than `limit`. */
export const listRuns = (
  db: ReadDb,
  syncId: string,
  before: string | undefined,
  limit: number,
): Promise<SyncRunRow[]> =>
  db
    .select()
    .from(syncRuns)
    .where(and(eq(syncRuns.syncId, syncId), before === undefined ? undefined : lt(syncRuns.id, before)))
    .orderBy(desc(syncRuns.id))
    .limit(limit + 1)

export const countRuns = (db: ReadDb, syncId: string): Promise<number> =>
  db.$count(syncRuns, eq(syncRuns.syncId, syncId))

export const setRun = async (tx: Tx, id: string, changes: Partial<Omit<SyncRunRow, 'id'>>): Promise<void> => {
  await tx.update(syncRuns).set(changes).where(eq(syncRuns.id, id))
}

/** Copies what happened to the job into its run. */
export const followJob = async (tx: Tx, id: string, job: ChangedJob): Promise<void> => {
  const { status, errorCode, errorMessage } = job
  const hasEnded = status !== 'pending' && status !== 'in-progress'
  await setRun(tx, id, {
    status,
    // Also of a failure after which it is tried again.
    errorCode: status === 'completed' ? null : errorCode,
    errorMessage: status === 'completed' ? null : errorMessage,
    finishedAt: hasEnded ? new Date() : null,
  })
}

/** Notes a run that failed. The one that is `most` in a row disables the sync, which then comes back. */
export const countFailure = async (
  tx: Tx,
  id: string,
  most: number,
  reason: string,
): Promise<DisabledSync | undefined> => {
  const { rows } = await tx.execute<DisabledSync & { enabled: boolean }>(sql`
    update ${syncs} set consecutive_failures = consecutive_failures + 1, updated_at = now(),
      enabled = consecutive_failures + 1 < ${most},
      disabled_reason = case when consecutive_failures + 1 >= ${most} then ${reason} end
    where id = ${id} and enabled returning enabled, id, owner_id as "ownerId", name, url`)
  return rows.find(({ enabled }) => !enabled)
}

/** @returns how many runs were older than `days` and are gone now. The newest of each sync stays. */
export const deleteOldRuns = async (db: Db, days: number, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${syncRuns} where id in (
      select old.id from ${syncRuns} as old
      where old.created_at < now() - make_interval(days => ${days}) and old.status not in ('pending', 'in-progress')
        and exists (select from ${syncRuns} as newer where newer.sync_id = old.sync_id and newer.id > old.id)
      order by old.created_at limit ${limit})`)
  return rowCount ?? 0
}
