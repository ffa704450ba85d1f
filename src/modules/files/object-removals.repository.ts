import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Db, Executor, Tx } from '../../platform/database/database.ts'
import { files, objectRemovals, uploads } from './files.table.ts'

/**
 * No signed upload, from its request to its last byte, lasts longer. Until then the key of an object must stay taken, or
 * its URL could be used a second time.
 */
const uploadWindow = sql`interval '2 hours'`
/** No job works longer on one attempt. */
const writerWindow = sql`interval '24 hours'`
/** After that, another process takes a removal over. */
const removalTimeout = sql`interval '10 minutes'`
const deletedKept = sql`interval '24 hours'`

export type ListedObject = { storageKey: string; ownerId: string | null; sizeBytes: number }

/** Lists an object that is about to be written. Call it before the first byte. */
export const listUnfinishedObject = async (
  executor: Executor,
  { storageKey, ownerId, sizeBytes }: ListedObject,
): Promise<void> => {
  const dueAt = sql`now() + ${writerWindow}`
  await executor.insert(objectRemovals).values({ storageKey, ownerId, sizeBytes, dueAt })
}

/** Lists an object that a file no longer has. */
export const listSupersededObject = async (
  tx: Tx,
  { storageKey, ownerId, sizeBytes }: ListedObject,
): Promise<void> => {
  const dueAt = sql`now() + ${uploadWindow}`
  await tx.insert(objectRemovals).values({ storageKey, ownerId, sizeBytes, dueAt })
}

/** Lists an object that goes at once. */
export const listErasedObject = async (
  tx: Tx,
  { storageKey, ownerId, sizeBytes }: ListedObject,
): Promise<void> => {
  await tx.insert(objectRemovals).values({ storageKey, ownerId, sizeBytes, dueAt: sql`now()` })
}

/** Takes an object off the list, because a file of the same transaction has it now. */
export const keepObject = async (tx: Tx, storageKey: string): Promise<void> => {
  const { rowCount } = await tx
    .delete(objectRemovals)
    .where(and(eq(objectRemovals.storageKey, storageKey), eq(objectRemovals.begun, false)))
  if (rowCount !== 1) throw new Error('The object was given up before it became part of a file')
}

export const unlistObjects = async (executor: Executor, storageKeys: string[]): Promise<void> => {
  await executor.delete(objectRemovals).where(inArray(objectRemovals.storageKey, storageKeys))
}

/** Claims due objects for removal. Whoever dies with them leaves them to the next. */
export const beginRemovals = async (db: Db, limit: number): Promise<string[]> => {
  const { rows } = await db.execute<{ storageKey: string }>(sql`
    update ${objectRemovals} set begun = true, due_at = now() + ${removalTimeout}
    where storage_key in (
      select storage_key from ${objectRemovals} where due_at <= now()
      order by due_at limit ${limit} for update skip locked)
    returning storage_key as "storageKey"`)
  return rows.map(({ storageKey }) => storageKey)
}

/** Moves uploads that nobody confirmed in time to the list. Returns how many. */
export const listAbandonedUploads = async (db: Db, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    with abandoned as (
      delete from ${uploads} where id in (
        select id from ${uploads}
        where file_id is null and (expires_at < now() - ${uploadWindow} or owner_id is null)
        order by expires_at limit ${limit} for update skip locked)
      returning storage_key, owner_id, size_bytes, expires_at
    )
    insert into ${objectRemovals} (storage_key, owner_id, size_bytes, due_at)
    select storage_key, owner_id, size_bytes, expires_at + ${uploadWindow} from abandoned`)
  return rowCount ?? 0
}

/** Moves what deleted files, and files of users who are gone, are made of to the list. Returns how many objects. */
export const listDeletedFiles = async (db: Db, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    with gone as (
      delete from ${files} where id in (
        select id from ${files} where deleted_at < now() - ${deletedKept} or owner_id is null
        limit ${limit} for update skip locked)
      returning storage_key, thumbnail_key, owner_id, size_bytes
    )
    insert into ${objectRemovals} (storage_key, owner_id, size_bytes, due_at)
    select storage_key, owner_id, size_bytes, now() + ${uploadWindow} from gone
    union all
    select thumbnail_key, owner_id, 0, now() from gone where thumbnail_key is not null`)
  return rowCount ?? 0
}
