import { sql } from 'drizzle-orm'
import { type Executor, onlyRow, type Tx } from '../../platform/database/database.ts'
import { AppError } from '../../platform/errors.ts'
import { files, objectRemovals, uploads } from './files.table.ts'

/** Each holds a row, whatever its size. */
const mostPendingUploads = 1_000
/** How long an upload may still be confirmed after its URL has expired: the slowest body takes that long to arrive. */
export const confirmWindowMs = 60 * 60_000

/**
 * Makes sure that a user may store `bytes` more, and keeps others of the same user waiting until the transaction ends, so
 * that what is inserted in it counts for the next. What is deleted counts no longer, but what is deleted and not yet gone
 * may be no more than the quota again.
 * @throws 413 `QUOTA_EXCEEDED`
 */
export const reserveRoom = async (
  tx: Tx,
  ownerId: string,
  bytes: number,
  quotaBytes: number,
): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`files of ${ownerId}`}, 0))`)
  const { heldBytes, leavingBytes, pendingUploads } = await readUsage(tx, ownerId)
  if (heldBytes + bytes > quotaBytes) throw quotaExceeded(quotaBytes - heldBytes)
  if (heldBytes + leavingBytes + bytes > 2 * quotaBytes) {
    throw new AppError(413, 'QUOTA_EXCEEDED', 'Deleted files still take up room. Try again in a day.')
  }
  if (pendingUploads >= mostPendingUploads) {
    const message = `${mostPendingUploads} uploads wait to be confirmed. Confirm them first, or let them expire.`
    throw new AppError(429, 'TOO_MANY_PENDING_UPLOADS', message, {
      retryAfterSeconds: confirmWindowMs / 1_000,
    })
  }
}

/** How many bytes a user may store now; only a hint outside of `reserveRoom`. */
export const roomLeft = async (executor: Executor, ownerId: string, quotaBytes: number): Promise<number> => {
  const { heldBytes, leavingBytes } = await readUsage(executor, ownerId)
  return Math.max(0, Math.min(quotaBytes - heldBytes, 2 * quotaBytes - heldBytes - leavingBytes))
}

export const quotaExceeded = (leftBytes: number) =>
  new AppError(
    413,
    'QUOTA_EXCEEDED',
    `This does not fit in your storage: ${Math.max(0, leftBytes)} bytes are left. Delete files to make room.`,
  )

type Usage = { heldBytes: number; leavingBytes: number; pendingUploads: number }

const readUsage = async (executor: Executor, ownerId: string): Promise<Usage> => {
  const confirmable = sql`expires_at > now() - make_interval(secs => ${confirmWindowMs / 1_000})`
  const { rows } = await executor.execute<Usage>(sql`
    select (stored.held + pending.held)::float8 as "heldBytes",
      (stored.leaving + pending.leaving + listed.leaving)::float8 as "leavingBytes",
      pending.count::int as "pendingUploads"
    from (
      select coalesce(sum(size_bytes) filter (where deleted_at is null), 0) as held,
        coalesce(sum(size_bytes) filter (where deleted_at is not null), 0) as leaving
      from ${files} where owner_id = ${ownerId}
    ) stored, (
      select coalesce(sum(size_bytes) filter (where ${confirmable}), 0) as held,
        coalesce(sum(size_bytes) filter (where not ${confirmable}), 0) as leaving, count(*) as count
      from ${uploads} where owner_id = ${ownerId} and file_id is null
    ) pending, (
      select coalesce(sum(size_bytes), 0) as leaving from ${objectRemovals} where owner_id = ${ownerId}
    ) listed`)
  return onlyRow(rows)
}
