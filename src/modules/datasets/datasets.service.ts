import type { ReadDb } from '../../platform/database/database.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { decodeCursor, pageOf } from '../../platform/http/paging.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize, type Holder, listedOwner } from '../auth/permissions.ts'
import { type JobsDeps, stopUnlessEnded } from '../jobs/jobs.service.ts'
import {
  countDatasets,
  findDataset,
  findTables,
  listDatasets as listDatasetRows,
  markDeleted,
} from './datasets.repository.ts'
import { type ListDatasets, viewDataset, viewDatasetSummary } from './datasets.schema.ts'
import type { DatasetRow, DatasetTableRow } from './datasets.table.ts'
import type { DataQuota } from './quota.ts'

export type DatasetsDeps = JobsDeps & { readDb: ReadDb; quota: DataQuota; retentionDays: number }

/** @throws 404 for a dataset that does not exist and for one that the actor may not see */
export const getDataset = async (
  { readDb }: Pick<DatasetsDeps, 'readDb'>,
  actor: Holder,
  id: string,
): Promise<DatasetRow> => {
  const dataset = await findDataset(readDb, id)
  if (dataset === undefined) throw notFound('dataset')
  authorize(actor, 'datasets:read', { name: 'dataset', ownerId: dataset.ownerId })
  return dataset
}

/** @throws 409 `DATASET_NOT_READY` */
export const requireReady = ({ status }: DatasetRow): void => {
  if (status !== 'completed') {
    throw conflict('DATASET_NOT_READY', `The dataset has no rows to read: it is ${status}.`)
  }
}

/** The first table when none is named. @throws 404 for one that the dataset does not have */
export const chooseTable = (tables: DatasetTableRow[], name: string | undefined): DatasetTableRow => {
  const table = name === undefined ? tables[0] : tables.find((candidate) => candidate.name === name)
  if (table === undefined) throw notFound('table')
  return table
}

export const showDataset = async (deps: Pick<DatasetsDeps, 'readDb'>, actor: Actor, id: string) => {
  const dataset = await getDataset(deps, actor, id)
  return viewDataset(dataset, await findTables(deps.readDb, id))
}

export const listDatasets = async ({ readDb }: DatasetsDeps, actor: Actor, query: ListDatasets) => {
  const { status, limit } = query
  const filter = { ownerId: listedOwner(actor, 'datasets:read', query.ownerId), status }
  const rows = await listDatasetRows(readDb, filter, decodeCursor(query.cursor), limit)
  const total = query.total ? await countDatasets(readDb, filter) : undefined
  return pageOf(rows, limit, viewDatasetSummary, total)
}

/** Deletes a dataset. One that is being made is cancelled first; its tables are removed soon after. */
export const deleteDataset = async (deps: DatasetsDeps, actor: Actor, id: string): Promise<void> => {
  const dataset = await getDataset({ readDb: deps.db }, actor, id)
  authorize(actor, 'datasets:delete', { name: 'dataset', ownerId: dataset.ownerId })
  await stopUnlessEnded(deps, dataset.jobId)
  await deps.db.transaction(async (tx) => {
    if (!(await markDeleted(tx, id))) throw notFound('dataset')
    const details = { ownerId: dataset.ownerId }
    await recordAct(tx, { action: 'datasets:delete', target: { type: 'dataset', id }, details })
  })
}

export const expiryOf = (retentionDays: number): Date =>
  new Date(Date.now() + retentionDays * 24 * 60 * 60_000)
