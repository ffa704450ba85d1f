import type { Db, Executor, ReadDb, Tx } from '../../platform/database/database.ts'
import { newId } from '../../platform/database/new-id.ts'
import { AppError, invalidField, notFound } from '../../platform/errors.ts'
import { jobLinks, ok } from '../../platform/http/envelope.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { decodeCursor, type PageRequest, pageOf } from '../../platform/http/paging.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import type { JobStatus } from '../../platform/jobs/jobs.table.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize, listedOwner } from '../auth/permissions.ts'
import { getDataset } from '../datasets/datasets.service.ts'
import { notStored } from '../datasets/open-tables.ts'
import {
  eraseFile,
  type FileRow,
  type FilesDeps,
  findFile,
  findFiles,
  signedFileUrl,
} from '../files/files.service.ts'
import { type JobsDeps, type RetryGuard, stopUnlessEnded } from '../jobs/jobs.service.ts'
import { authorizeExport } from './authorize-export.ts'
import type { ExportRequest } from './export-request.ts'
import { exportFor, writeExport, writeSmallExport } from './exports.jobs.ts'
import {
  countExports,
  countUnfinished,
  deleteExportRow,
  findExport,
  insertExport,
  listExports as listExportRows,
  takeExpiredExports,
} from './exports.repository.ts'
import { type ExportResultView, viewExport } from './exports.schema.ts'
import type { ExportRow } from './exports.table.ts'
import { type ExportResources, type ExportSource, openSource } from './open-source.ts'

export type ExportsDeps = JobsDeps & {
  readDb: ReadDb
  files: FilesDeps
  resources: ExportResources
  retentionDays: number
  /** The dataset that an uploaded file was read as. */
  findDatasetOfFile: (db: Executor, fileId: string) => Promise<string | undefined>
}

const mostUnfinished = 50
const dayMs = 24 * 60 * 60_000

/**
 * Takes an export and its job in one transaction.
 * @throws 404 for a source that the actor may not see, 409 for one that is not ready, 422, 429 with too many unfinished ones
 */
export const createExport = async (
  deps: ExportsDeps,
  actor: Actor,
  request: ExportRequest,
  idempotencyKey: string | undefined,
) => {
  const ownerId = actor.userId
  authorize(actor, 'exports:create', { name: 'export', ownerId })
  const expiresAt = new Date(Date.now() + deps.retentionDays * dayMs)
  const once = { ownerId, key: idempotencyKey, fingerprint: fingerprintOf('POST /export', request) }
  return runOnce(deps.db, once, async (tx) => {
    if ((await countUnfinished(tx, ownerId)) >= mostUnfinished) throw tooManyUnfinished()
    const source = await findSource(tx, deps, actor, request)
    const { rows } = await openSource({ db: tx, resources: deps.resources }, source)
    const id = await newId(tx)
    const { jobId } = await enqueue(tx, exportFor(rows), { exportId: id, source }, { ownerId })
    await insertExport(tx, { id, jobId, ownerId, request, expiresAt })
    await recordExport(tx, id, source)
    return {
      status: 202,
      body: ok({ exportId: id, jobId, status: 'pending' as JobStatus, ...jobLinks(jobId) }),
    }
  })
}

/** Of what is said of people. Of the rest everybody reads his own anyway. */
const recordExport = async (tx: Tx, id: string, { resource, visibleOwner }: ExportSource): Promise<void> => {
  if (resource !== 'users' && resource !== 'audit') return
  const details = { resource, ofEverybody: visibleOwner === undefined }
  await recordAct(tx, { action: 'exports:create', target: { type: 'export', id }, details })
}

const tooManyUnfinished = () =>
  new AppError(429, 'TOO_MANY_EXPORTS', `You have ${mostUnfinished} unfinished exports. Wait for some.`, {
    retryAfterSeconds: 10,
  })

/** What the actor may read of what is asked for. */
const findSource = async (
  tx: Tx,
  { resources, findDatasetOfFile }: ExportsDeps,
  actor: Actor,
  { datasetId, fileId, resource, tables, columns, where }: ExportRequest,
): Promise<ExportSource> => {
  const wanted = { tables, columns, where }
  if (resource !== undefined) {
    const visibleOwner = listedOwner(actor, resources[resource].permission)
    return { resource, visibleOwner, ...wanted }
  }
  if (datasetId !== undefined) {
    const { stored } = await getDataset({ readDb: tx }, actor, datasetId)
    if (where !== undefined && !stored) throw notStored()
    return { datasetId, ...wanted }
  }
  const file = await findFile(tx, fileId ?? '')
  if (file === undefined) throw notFound('file')
  authorize(actor, 'files:read', { name: 'file', ownerId: file.ownerId })
  const found = await findDatasetOfFile(tx, file.id)
  if (found === undefined) {
    throw invalidField(
      'fileId',
      'not_tabular',
      'This file was not read as a table. Send it to POST /v1/upload.',
    )
  }
  await getDataset({ readDb: tx }, actor, found)
  return { datasetId: found, ...wanted }
}

/** Whoever runs an export again must be allowed what its maker had to be: so an API key gains nothing by it. */
export const exportRetryGuards = (
  deps: Pick<ExportsDeps, 'db' | 'resources'>,
): ReadonlyMap<string, RetryGuard> =>
  new Map(
    [writeExport, writeSmallExport].map(({ name, params }): [string, RetryGuard] => [
      name,
      (actor, job) => authorizeExport(deps, actor, job.ownerId, params.parse(job.params).source),
    ]),
  )

/** @throws 404 for an export that does not exist and for one that the actor may not see */
const getExport = async (
  { readDb }: Pick<ExportsDeps, 'readDb'>,
  actor: Actor,
  id: string,
): Promise<ExportRow> => {
  const row = await findExport(readDb, id)
  if (row === undefined) throw notFound('export')
  authorize(actor, 'exports:read', { name: 'export', ownerId: row.ownerId })
  return row
}

export const showExport = async (deps: ExportsDeps, actor: Actor, id: string, origin: string) => {
  const row = await getExport(deps, actor, id)
  const file = row.fileId === null ? undefined : await findFile(deps.readDb, row.fileId)
  return viewExport(row, await viewResult(deps.files, row, file, origin))
}

export const listExports = async (deps: ExportsDeps, actor: Actor, query: PageRequest, origin: string) => {
  const ownerId = listedOwner(actor, 'exports:read')
  const rows = await listExportRows(deps.readDb, ownerId, decodeCursor(query.cursor), query.limit)
  const files = await findFiles(
    deps.readDb,
    rows.flatMap(({ fileId }) => fileId ?? []),
  )
  const results = new Map<string, ExportResultView | undefined>()
  for (const row of rows) {
    const file = files.find(({ id }) => id === row.fileId)
    results.set(row.id, await viewResult(deps.files, row, file, origin))
  }
  const total = query.total ? await countExports(deps.readDb, ownerId) : undefined
  return pageOf(rows, query.limit, (row) => viewExport(row, results.get(row.id)), total)
}

const viewResult = async (
  files: FilesDeps,
  row: ExportRow,
  file: FileRow | undefined,
  origin: string,
): Promise<ExportResultView | undefined> => {
  if (file === undefined || row.rowCount === null) return undefined
  return {
    fileId: file.id,
    resultUri: await signedFileUrl(files, file, origin),
    contentType: file.contentType,
    bytes: file.sizeBytes,
    rows: row.rowCount,
    sha256: file.sha256,
  }
}

/** Deletes an export and its file. One that runs is cancelled first. */
export const deleteExport = async (deps: ExportsDeps, actor: Actor, id: string): Promise<void> => {
  const row = await getExport({ readDb: deps.db }, actor, id)
  authorize(actor, 'exports:delete', { name: 'export', ownerId: row.ownerId })
  await stopUnlessEnded(deps, row.jobId)
  const erase = await deps.db.transaction(async (tx) => {
    const deleted = await deleteExportRow(tx, id)
    if (deleted === undefined) throw notFound('export')
    const details = { ownerId: row.ownerId }
    await recordAct(tx, { action: 'exports:delete', target: { type: 'export', id }, details })
    return deleted.fileId === null ? undefined : eraseFile(tx, deleted.fileId)
  })
  await erase?.(deps.files)
}

/** Removes exports whose time is over, with their files. Returns how many. */
export const removeExpiredExports = ({ db }: { db: Db }, limit: number): Promise<number> =>
  db.transaction(async (tx) => {
    const expired = await takeExpiredExports(tx, limit)
    for (const { fileId } of expired) if (fileId !== null) await eraseFile(tx, fileId)
    return expired.length
  })
