import { sql } from 'drizzle-orm'
import { type Db, onlyRow, type Tx } from '../../platform/database/database.ts'
import { AppError } from '../../platform/errors.ts'
import { datasets } from './datasets.table.ts'

/** What all datasets of one user may be together. */
export type DataQuota = { rows: number; bytes: number }

const mostUnfinished = 50

/**
 * Makes sure that a user may have so much more, and keeps others of the same user waiting until the transaction ends, so
 * that what is inserted in it counts for the next.
 * @param except a dataset that is being made, whose present share does not count
 * @throws 413 `QUOTA_EXCEEDED`, 429 `TOO_MANY_DATASETS`
 */
export const reserveData = async (
  tx: Tx,
  ownerId: string,
  asked: DataQuota,
  quota: DataQuota,
  except: string | null = null,
): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`data of ${ownerId}`}, 0))`)
  const { rows } = await tx.execute<DataQuota & { unfinished: number }>(sql`
    select coalesce(sum(row_count) filter (where stored), 0)::float8 as rows,
      coalesce(sum(size_bytes), 0)::float8 as bytes,
      (count(*) filter (where status in ('pending', 'in-progress')))::int as unfinished
    from ${datasets} where owner_id = ${ownerId} and deleted_at is null and status not in ('failed', 'cancelled')
      and id is distinct from ${except}`)
  const held = onlyRow(rows)
  if (except === null && held.unfinished >= mostUnfinished) {
    throw new AppError(
      429,
      'TOO_MANY_DATASETS',
      `You have ${mostUnfinished} unfinished datasets. Wait for some.`,
      {
        retryAfterSeconds: 10,
      },
    )
  }
  if (held.rows + asked.rows > quota.rows) throw quotaExceeded('rows', quota.rows - held.rows)
  if (held.bytes + asked.bytes > quota.bytes) throw quotaExceeded('bytes', quota.bytes - held.bytes)
}

/** For rows that are being written: whether what they have grown to still fits. @throws 413 `QUOTA_EXCEEDED` */
export const checkGrowth = async (
  db: Db,
  ownerId: string,
  grown: DataQuota,
  quota: DataQuota,
  datasetId: string,
): Promise<void> => db.transaction((tx) => reserveData(tx, ownerId, grown, quota, datasetId))

export const quotaExceeded = (unit: string, left: number) =>
  new AppError(
    413,
    'QUOTA_EXCEEDED',
    `This does not fit in your data: ${Math.max(0, Math.floor(left))} ${unit} are left. Delete datasets to make room.`,
  )
