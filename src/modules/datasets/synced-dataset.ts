import { sql } from 'drizzle-orm'
import { copyIn } from '../../platform/database/copy.ts'
import type { Tx } from '../../platform/database/database.ts'
import { quoteName } from '../../platform/database/quote-name.ts'
import { holdsClaim } from '../../platform/jobs/holds-claim.ts'
import { PermanentFailure } from '../../platform/jobs/job-failure.ts'
import type { Claim } from '../../platform/jobs/transitions.ts'
import { databaseTypeOf } from '../../platform/rows/column.ts'
import {
  findTables,
  insertDataset,
  lockDataset,
  replaceTables,
  setExpiry,
  setMeasured,
} from './datasets.repository.ts'
import { expiryOf } from './datasets.service.ts'
import type { DatasetColumn, DatasetRow } from './datasets.table.ts'
import { checkGrowth, reserveData } from './quota.ts'
import { doColumnsFit, pairColumns } from './synced-columns.ts'
import { applyDifference, compareTables, type TableDifference, type TablePair } from './table-difference.ts'
import {
  addKeys,
  createTables,
  dropTables,
  measureTables,
  type StoredTable,
  sqlName,
} from './table-storage.ts'
import type { UploadedDeps } from './uploaded-dataset.ts'

export type { TableChange, TableDifference } from './table-difference.ts'

export type SyncedRows = {
  datasetId: string
  /** There is no such dataset yet: it is made, of this name. */
  isNew: boolean
  name: string
  ownerId: string
  /** Whether the dataset's columns follow those of the rows. */
  ownsDataset: boolean
  keyColumns: string[]
  columns: DatasetColumn[]
  rowCount: number
  /** COPY text of the columns. */
  rows: AsyncIterable<Buffer>
  retentionDays: number
}

/** Holds what was read, and goes with its transaction. */
const stage = 'synced_rows'
const stageName = `pg_temp.${stage}`
/** Of a dataset that is made for the rows. */
const ownTable = 'rows'
const statementTimeoutMs = 10 * 60_000

/**
 * Makes the rows of a dataset's only table those that were read, in one transaction: who reads sees all of the old or all of
 * the new. `also` belongs to that transaction.
 *
 * Errors are `PermanentFailure`s: DATASET_DELETED, DATASET_NOT_FITTING, COLUMNS_DIFFER, KEY_NOT_UNIQUE, KEY_MISSING; and 413
 * `QUOTA_EXCEEDED`.
 */
export const writeSyncedRows = async (
  deps: UploadedDeps,
  job: Claim & { signal: AbortSignal },
  synced: SyncedRows,
  also: (tx: Tx, difference: TableDifference) => Promise<void>,
): Promise<TableDifference> => {
  const { datasetId, ownerId, rowCount, columns } = synced
  requireKeyColumns(synced)
  await checkGrowth(deps.db, ownerId, { rows: rowCount, bytes: 0 }, deps.quota, datasetId)
  return deps.bulk.use(job.signal, ({ db, client }) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`select set_config('statement_timeout', ${String(statementTimeoutMs)}, true)`)
      await createStage(tx, columns)
      const target = { schema: 'pg_temp', table: stage, columns: columns.map(({ name }) => name) }
      await copyIn(client, target, synced.rows, job.signal)
      await tx.execute(sql.raw(`analyze ${stageName}`))
      await checkKeys(tx, synced.keyColumns)
      const difference = await writeTable(tx, job, synced)
      const sizeBytes = await measureTables(tx, datasetId)
      await reserveData(tx, ownerId, { rows: rowCount, bytes: sizeBytes }, deps.quota, datasetId)
      await setMeasured(tx, datasetId, { rowCount, sizeBytes, hasTables: true })
      await also(tx, difference)
      return difference
    }),
  )
}

/** The dataset is kept for so much longer, also when its source has nothing new. @returns whether it is there */
export const keepSyncedDataset = (tx: Tx, datasetId: string, retentionDays: number): Promise<boolean> =>
  setExpiry(tx, datasetId, expiryOf(retentionDays))

/** Whether a dataset can be what a source is pulled into: a table that was uploaded, and belongs to the owner. */
export const canBeSynced = ({ origin, stored, status }: DatasetRow): boolean =>
  origin === 'uploaded' && stored && status === 'completed'

const requireKeyColumns = ({ keyColumns, columns }: SyncedRows): void => {
  for (const key of keyColumns) {
    const column = columns.find(({ name }) => name === key)
    if (column !== undefined && column.type !== 'json') continue
    throw new PermanentFailure(
      'KEY_MISSING',
      `The rows have no column "${key}" that tells them apart. They have ${shown(columns)}.`,
    )
  }
}

const shown = (columns: DatasetColumn[]) =>
  columns
    .map(({ name, type }) => `${name} (${type})`)
    .join(', ')
    .slice(0, 400)

const createStage = async (tx: Tx, columns: DatasetColumn[]): Promise<void> => {
  const lines = columns.map(({ name, type }) => `${quoteName(name)} ${databaseTypeOf(type)}`)
  await tx.execute(sql.raw(`create temporary table ${stage} (${lines.join(', ')}) on commit drop`))
}

const checkKeys = async (tx: Tx, keyColumns: string[]): Promise<void> => {
  const keys = keyColumns.map(quoteName)
  const isNull = keys.map((key) => `${key} is null`).join(' or ')
  const { rows: nameless } = await tx.execute(sql.raw(`select from ${stageName} where ${isNull} limit 1`))
  if (nameless.length > 0) {
    throw new PermanentFailure('KEY_MISSING', `A row has no value of its key, ${keyColumns.join(', ')}.`)
  }
  const { rows } = await tx.execute<{ key: string }>(
    sql.raw(`
      select left(concat_ws(', ', ${keys.map((key) => `${key}::text`).join(', ')}), 100) as key
      from ${stageName} group by ${keys.join(', ')} having count(*) > 1 limit 1`),
  )
  const [twice] = rows
  if (twice === undefined) return
  throw new PermanentFailure(
    'KEY_NOT_UNIQUE',
    `Several rows have the key ${keyColumns.join(', ')} = ${twice.key}.`,
  )
}

/** Behind the dataset's lock, which the next claim of the job needs, too. */
const writeTable = async (tx: Tx, job: Claim, synced: SyncedRows): Promise<TableDifference> => {
  const { datasetId, ownerId, ownsDataset, keyColumns, columns, rowCount } = synced
  const dataset = synced.isNew ? await addDataset(tx, job, synced) : await lockDataset(tx, datasetId)
  if (!(await holdsClaim(tx, job))) throw new Error('The job is no longer ours')
  if (dataset === undefined) throw new PermanentFailure('DATASET_DELETED', 'The dataset was deleted.')
  if (dataset.ownerId !== ownerId || !canBeSynced(dataset)) throw notFitting()
  const [table, ...more] = await findTables(tx, datasetId)
  if (table === undefined || more.length > 0) throw notFitting()
  const fit = await doColumnsFit(tx, stageName, columns, table.columns)
  if (!fit && !ownsDataset) throw columnsDiffer(columns, table.columns)
  const paired = pairColumns(columns, table.columns, fit)
  const pair: TablePair = {
    readTable: stageName,
    keptTable: sqlName(datasetId, table.name),
    columns: paired,
    keys: paired.filter(({ name }) => keyColumns.includes(name)),
  }
  const difference = await compareTables(tx, pair)
  if (!fit) await makeAnew(tx, synced, table.name)
  else if (difference.added + difference.changed + difference.removed > 0) await applyDifference(tx, pair)
  const described = fit ? table : storedTable(synced, table.name)
  await replaceTables(tx, datasetId, [{ ...described, rowCount, importReport: null }])
  await keepSyncedDataset(tx, datasetId, synced.retentionDays)
  return difference
}

const notFitting = () =>
  new PermanentFailure(
    'DATASET_NOT_FITTING',
    'A source can be pulled into a dataset that was uploaded, is complete, and has one table.',
  )

const columnsDiffer = (read: DatasetColumn[], kept: DatasetColumn[]) =>
  new PermanentFailure('COLUMNS_DIFFER', `The source has ${shown(read)}. The dataset has ${shown(kept)}.`)

const storedTable = ({ keyColumns, columns }: SyncedRows, name: string): StoredTable => ({
  name,
  columns,
  keyColumn: keyColumns.length === 1 ? (keyColumns[0] ?? null) : null,
  uniqueColumns: [],
  foreignKeys: [],
})

/** With an empty table of the rows' columns. */
const addDataset = async (tx: Tx, { id: jobId }: Claim, synced: SyncedRows): Promise<DatasetRow> => {
  const { datasetId: id, ownerId, name, retentionDays } = synced
  const table = storedTable(synced, ownTable)
  await createTables(tx, id, [table])
  await addKeys(tx, id, [table])
  const dataset = { id, ownerId, jobId, name, origin: 'uploaded', stored: true, status: 'completed' } as const
  return insertDataset(
    tx,
    { ...dataset, hasTables: true, rowCount: 0, sizeBytes: 0, expiresAt: expiryOf(retentionDays) },
    [{ ...table, rowCount: 0 }],
  )
}

const makeAnew = async (tx: Tx, synced: SyncedRows, name: string): Promise<void> => {
  const { datasetId, columns } = synced
  const table = storedTable(synced, name)
  await dropTables(tx, datasetId)
  await createTables(tx, datasetId, [table])
  const names = columns.map((column) => quoteName(column.name)).join(', ')
  await tx.execute(
    sql.raw(`insert into ${sqlName(datasetId, name)} (${names}) select ${names} from ${stageName}`),
  )
  await addKeys(tx, datasetId, [table])
}
