import { and, asc, desc, eq, isNull, lt } from 'drizzle-orm'
import { onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import type { JobStatus } from '../../platform/jobs/jobs.table.ts'
import type { ChangedJob } from '../../platform/jobs/transitions.ts'
import { type DatasetRow, type DatasetTableRow, datasets, datasetTables } from './datasets.table.ts'

export type DatasetFilter = { ownerId?: string | undefined; status?: JobStatus | undefined }

export const insertDataset = async (
  tx: Tx,
  row: typeof datasets.$inferInsert,
  tables: Omit<typeof datasetTables.$inferInsert, 'datasetId' | 'position'>[],
): Promise<DatasetRow> => {
  const dataset = onlyRow(await tx.insert(datasets).values(row).returning())
  if (tables.length > 0) await insertTables(tx, dataset.id, tables)
  return dataset
}

export const insertTables = async (
  tx: Tx,
  datasetId: string,
  tables: Omit<typeof datasetTables.$inferInsert, 'datasetId' | 'position'>[],
): Promise<void> => {
  await tx.insert(datasetTables).values(tables.map((table, position) => ({ ...table, datasetId, position })))
}

/** The tables of a dataset, in place of those that it had. */
export const replaceTables = async (
  tx: Tx,
  datasetId: string,
  tables: Parameters<typeof insertTables>[2],
): Promise<void> => {
  await tx.delete(datasetTables).where(eq(datasetTables.datasetId, datasetId))
  if (tables.length > 0) await insertTables(tx, datasetId, tables)
}

const isThere = (id: string) => and(eq(datasets.id, id), isNull(datasets.deletedAt))

export const findDataset = async (db: ReadDb, id: string): Promise<DatasetRow | undefined> => {
  const [row] = await db.select().from(datasets).where(isThere(id))
  return row
}

/** Keeps a dataset from being deleted until the transaction ends. */
export const lockDataset = async (tx: Tx, id: string): Promise<DatasetRow | undefined> => {
  const [row] = await tx.select().from(datasets).where(isThere(id)).for('update')
  return row
}

export const findTables = (db: ReadDb, datasetId: string): Promise<DatasetTableRow[]> =>
  db
    .select()
    .from(datasetTables)
    .where(eq(datasetTables.datasetId, datasetId))
    .orderBy(asc(datasetTables.position))

const matches = ({ ownerId, status }: DatasetFilter) =>
  and(
    isNull(datasets.deletedAt),
    ownerId === undefined ? undefined : eq(datasets.ownerId, ownerId),
    status === undefined ? undefined : eq(datasets.status, status),
  )

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listDatasets = (db: ReadDb, filter: DatasetFilter, before: string | undefined, limit: number) =>
  db
    .select()
    .from(datasets)
    .where(and(matches(filter), before === undefined ? undefined : lt(datasets.id, before)))
    .orderBy(desc(datasets.id))
    .limit(limit + 1)

export const countDatasets = (db: ReadDb, filter: DatasetFilter): Promise<number> =>
  db.$count(datasets, matches(filter))

/** Copies what happened to the job into its dataset. */
export const followJob = async (tx: Tx, id: string, job: ChangedJob): Promise<void> => {
  const { status, errorCode, errorMessage } = job
  const failed = status === 'failed'
  await tx
    .update(datasets)
    .set({ status, errorCode: failed ? errorCode : null, errorMessage: failed ? errorMessage : null })
    .where(eq(datasets.id, id))
}

export const setMeasured = async (
  tx: Tx,
  id: string,
  measured: Partial<Pick<DatasetRow, 'rowCount' | 'sizeBytes' | 'hasTables'>>,
): Promise<void> => {
  await tx.update(datasets).set(measured).where(eq(datasets.id, id))
}

/** @returns whether it is there */
export const setExpiry = async (tx: Tx, id: string, expiresAt: Date): Promise<boolean> => {
  const { rowCount } = await tx.update(datasets).set({ expiresAt }).where(isThere(id))
  return rowCount === 1
}

/** @returns whether it was there */
export const markDeleted = async (tx: Tx, id: string): Promise<boolean> => {
  const { rowCount } = await tx.update(datasets).set({ deletedAt: new Date() }).where(isThere(id))
  return rowCount === 1
}
