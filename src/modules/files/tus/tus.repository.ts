import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type ReadDb, type Tx } from '../../../platform/database/database.ts'
import type { DraftProgress } from '../../../platform/storage/storage.ts'
import { resumableUploads, uploads } from '../files.table.ts'

/** After so long without a word of it, a request that holds a lock is taken for dead. */
const lease = sql`interval '6 seconds'`
export const leaseMs = 6_000

/** Only of `ownerId`. */
export const findResumable = async (db: ReadDb, id: string, ownerId: string) => {
  const { receivedBytes, parts, metadata } = resumableUploads
  const [found] = await db
    .select({ upload: uploads, progress: { receivedBytes, parts }, metadata })
    .from(resumableUploads)
    .innerJoin(uploads, eq(uploads.id, resumableUploads.uploadId))
    .where(and(eq(uploads.id, id), eq(uploads.ownerId, ownerId)))
  return found
}

export const insertResumable = async (tx: Tx, uploadId: string, metadata: string): Promise<void> => {
  await tx.insert(resumableUploads).values({ uploadId, metadata })
}

/** Those that are neither files yet nor expired. */
export const countOpen = async (tx: Tx, ownerId: string): Promise<number> => {
  const open = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(resumableUploads)
    .innerJoin(uploads, eq(uploads.id, resumableUploads.uploadId))
    .where(and(eq(uploads.ownerId, ownerId), isNull(uploads.fileId), gt(uploads.expiresAt, sql`now()`)))
  return onlyRow(open).count
}

/** Says whether the lock is this request's now. If not, whoever has it is asked to let it go. */
export const takeLock = async (executor: Executor, uploadId: string, lockId: string): Promise<boolean> => {
  const { rowCount } = await executor.execute(sql`
    update ${resumableUploads} set lock_id = ${lockId}, locked_until = now() + ${lease}, lock_wanted = false
    where upload_id = ${uploadId} and (locked_until is null or locked_until < now())`)
  if (rowCount === 1) return true
  await executor
    .update(resumableUploads)
    .set({ lockWanted: true })
    .where(eq(resumableUploads.uploadId, uploadId))
  return false
}

/** Undefined when the lock has been lost; else whether another request wants it. */
export const keepLock = async (
  executor: Executor,
  uploadId: string,
  lockId: string,
  progress?: DraftProgress,
): Promise<boolean | undefined> => {
  const [row] = await executor
    .update(resumableUploads)
    .set({ lockedUntil: sql`now() + ${lease}`, ...progress })
    .where(and(eq(resumableUploads.uploadId, uploadId), eq(resumableUploads.lockId, lockId)))
    .returning({ isWanted: resumableUploads.lockWanted })
  return row?.isWanted
}

/** Nothing of the upload counts as received any more. */
export const forgetBytes = async (executor: Executor, uploadId: string): Promise<void> => {
  await executor
    .update(resumableUploads)
    .set({ receivedBytes: 0, parts: null })
    .where(eq(resumableUploads.uploadId, uploadId))
}

export const releaseLock = async (executor: Executor, uploadId: string, lockId: string): Promise<void> => {
  await executor
    .update(resumableUploads)
    .set({ lockId: null, lockedUntil: null, lockWanted: false })
    .where(and(eq(resumableUploads.uploadId, uploadId), eq(resumableUploads.lockId, lockId)))
}
