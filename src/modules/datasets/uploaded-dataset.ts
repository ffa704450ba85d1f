import { sql } from 'drizzle-orm'
import type { BulkConnections } from '../../platform/database/bulk-connections.ts'
import { copyIn } from '../../platform/database/copy.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { holdsClaim } from '../../platform/jobs/holds-claim.ts'
import { PermanentFailure } from '../../platform/jobs/job-failure.ts'
import type { Claim } from '../../platform/jobs/transitions.ts'
import { findDataset, insertDataset, lockDataset, replaceTables, setMeasured } from './datasets.repository.ts'
import { expiryOf } from './datasets.service.ts'
import type { DatasetColumn, DatasetRow, ImportReport } from './datasets.table.ts'
import { checkGrowth, type DataQuota, reserveData } from './quota.ts'
import {
  addKeys,
  analyzeTables,
  createTables,
  dropTables,
  measureTables,
  type StoredTable,
  sqlTable,
  tableSchemaOf,
} from './table-storage.ts'

export { followJob as datasetFollowsJob } from './datasets.repository.ts'

export type UploadedDeps = { db: Db; bulk: BulkConnections; quota: DataQuota }

/** A table as a file has it. */
export type UploadedTable = {
  name: string
  columns: DatasetColumn[]
  rowCount: number
  importReport: ImportReport
}

type NewUploaded = { id: string; jobId: string; ownerId: string; name: string; retentionDays: number }

/** The dataset of an upload, empty until its job has read the file. @throws 429 with too many unfinished ones */
export const addUploadedDataset = async (
  tx: Tx,
  { id, jobId, ownerId, name, retentionDays }: NewUploaded,
  quota: DataQuota,
): Promise<DatasetRow> => {
  await reserveData(tx, ownerId, { rows: 0, bytes: 0 }, quota)
  return insertDataset(
    tx,
    {
      id,
      jobId,
      ownerId,
      name,
      origin: 'uploaded',
      stored: true,
      rowCount: 0,
      sizeBytes: 0,
      expiresAt: expiryOf(retentionDays),
    },
    [],
  )
}

/**
 * Makes the tables of an upload anew, without what an earlier attempt has left.
 * @throws PermanentFailure `DATASET_DELETED`, 413 `QUOTA_EXCEEDED`
 */
export const beginUploadedTables = (
  { db, quota }: UploadedDeps,
  claim: Claim,
  datasetId: string,
  tables: UploadedTable[],
): Promise<void> =>
  db.transaction(async (tx) => {
    const dataset = await lockDataset(tx, datasetId)
    if (dataset === undefined || dataset.ownerId === null) throw deleted()
    await requireClaim(tx, claim)
    const rowCount = tables.reduce((sum, table) => sum + table.rowCount, 0)
    await reserveData(tx, dataset.ownerId, { rows: rowCount, bytes: 0 }, quota, datasetId)
    await dropTables(tx, datasetId)
    await createTables(tx, datasetId, tables.map(toStored))
    await replaceTables(
      tx,
      datasetId,
      tables.map((table) => ({
        ...toStored(table),
        rowCount: table.rowCount,
        importReport: table.importReport,
      })),
    )
    await setMeasured(tx, datasetId, { hasTables: true, rowCount })
  })

const toStored = ({ name, columns }: UploadedTable): StoredTable => ({
  name,
  columns,
  keyColumn: null,
  uniqueColumns: [],
  foreignKeys: [],
})

const deleted = () => new PermanentFailure('DATASET_DELETED', 'The dataset was deleted.')

const requireClaim = async (tx: Tx, claim: Claim): Promise<void> => {
  if (!(await holdsClaim(tx, claim))) throw new Error('The job is no longer ours')
}

/** What is looked at again and again while rows are written, by their bytes. */
const weighedBytes = 32 * 1024 * 1024

/** Passes rows on while they fit. What the database makes of them is about as long. @throws 413 `QUOTA_EXCEEDED` */
async function* weighed(
  { db, quota }: UploadedDeps,
  datasetId: string,
  rows: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const dataset = await findDataset(db, datasetId)
  if (dataset === undefined || dataset.ownerId === null) throw deleted()
  const { ownerId, rowCount } = dataset
  let bytes = await measureTables(db, datasetId)
  let unweighed = weighedBytes
  for await (const chunk of rows) {
    bytes += chunk.length
    unweighed += chunk.length
    if (unweighed >= weighedBytes) {
      await checkGrowth(db, ownerId, { rows: rowCount, bytes }, quota, datasetId)
      unweighed = 0
    }
    yield chunk
  }
}

/** Fills one table with COPY, all of it or nothing. @throws 413 `QUOTA_EXCEEDED` */
export const writeUploadedRows = (
  deps: UploadedDeps,
  claim: Claim,
  datasetId: string,
  { name, columns }: UploadedTable,
  rows: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<number> =>
  deps.bulk.use(signal, ({ db, client }) =>
    db.transaction(async (tx) => {
      // The next attempt must wait for this lock before it can make the table anew.
      await tx.execute(sql`lock table ${sqlTable(datasetId, name)} in row exclusive mode`)
      await requireClaim(tx, claim)
      const target = {
        schema: tableSchemaOf(datasetId),
        table: name,
        columns: columns.map((column) => column.name),
      }
      return copyIn(client, target, weighed(deps, datasetId, rows), signal)
    }),
  )

/** Gives the tables their keys. @returns what they take on the disk, in bytes */
export const finishUploadedTables = (
  { bulk }: UploadedDeps,
  datasetId: string,
  tables: UploadedTable[],
  signal: AbortSignal,
): Promise<number> =>
  bulk.use(signal, async ({ db }) => {
    const stored = tables.map(toStored)
    await db.transaction((tx) => addKeys(tx, datasetId, stored))
    await analyzeTables(db, datasetId, stored)
    return measureTables(db, datasetId)
  })

/** To be called in the job's commit. @throws 413 `QUOTA_EXCEEDED` when the tables have become larger than what is left */
export const commitUploadedTables = async (
  tx: Tx,
  { quota }: Pick<UploadedDeps, 'quota'>,
  datasetId: string,
  sizeBytes: number,
): Promise<void> => {
  const dataset = await lockDataset(tx, datasetId)
  if (dataset === undefined || dataset.ownerId === null) throw deleted()
  await reserveData(tx, dataset.ownerId, { rows: dataset.rowCount, bytes: sizeBytes }, quota, datasetId)
  await setMeasured(tx, datasetId, { sizeBytes })
}
