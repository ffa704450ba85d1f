import path from 'node:path'
import { z } from 'zod'
import type { Completion } from '../../platform/jobs/define-job.ts'
import { defineJob, type RunningJob } from '../../platform/jobs/define-job.ts'
import { PermanentFailure } from '../../platform/jobs/job-failure.ts'
import type { ChangedJob } from '../../platform/jobs/transitions.ts'
import {
  beginUploadedTables,
  commitUploadedTables,
  datasetFollowsJob,
  finishUploadedTables,
  type UploadedDeps,
  type UploadedTable,
  writeUploadedRows,
} from '../datasets/uploaded-dataset.ts'
import { type FilesDeps, fileFollowsJob, findFile } from '../files/files.service.ts'
import { processContent } from '../files/process-content.ts'
import { publishJobEnd } from '../webhooks/publish-job-end.ts'
import { setUploadedFile } from './imports.repository.ts'
import type { InspectedTable } from './parse/inspect-rows.ts'
import { parseFile } from './parse/parse-file.ts'
import { tableFormatOf } from './table-format.ts'

export type ProcessUploadDeps = UploadedDeps & { files: FilesDeps }

const params = z.object({ uploadId: z.uuid(), fileId: z.uuid(), datasetId: z.uuid().optional() })
type ProcessUpload = RunningJob<z.infer<typeof params>>

/** The longest that a parser works on one file. */
const maxParseSeconds = 30 * 60
/** The share of the work that is done when all rows are written. What is left are the keys. */
const writtenFraction = 0.95

/** Reads an uploaded table into its dataset; what is no table is processed as any file is. */
export const processUpload = defineJob({
  name: 'upload.process',
  queue: 'uploads',
  params,
  onTransition: async (tx, { uploadId, fileId, datasetId }, job) => {
    await setUploadedFile(tx, uploadId, { status: statusOf(job) })
    if (datasetId === undefined) await fileFollowsJob(tx, fileId, job)
    else await datasetFollowsJob(tx, datasetId, job)
    await publishJobEnd(
      tx,
      job,
      datasetId === undefined ? { uploadId, fileId } : { uploadId, fileId, datasetId },
    )
  },
  run: (deps: ProcessUploadDeps, job) => {
    const { datasetId } = job.params
    return datasetId === undefined ? processContent(deps.files, job) : readTables(deps, job, datasetId)
  },
})

const statusOf = ({ status }: ChangedJob) => {
  if (status === 'completed') return 'completed'
  return status === 'failed' || status === 'cancelled' ? 'failed' : 'pending'
}

const readTables = async (
  deps: ProcessUploadDeps,
  job: ProcessUpload,
  datasetId: string,
): Promise<Completion> => {
  const file = await findFile(deps.db, job.params.fileId)
  const format = file && tableFormatOf(file.name)?.format
  if (file === undefined || format === undefined) throw fileGone()
  await using local = await deps.files.storage.openLocally(file.storageKey, job.signal)
  if (local === undefined) throw fileGone()
  await using parsed = parseFile({
    path: local.path,
    format,
    tableName: path.parse(file.name).name,
    limits: { maxRows: deps.quota.rows, maxSeconds: maxParseSeconds },
    signal: job.signal,
    onProgress: (fraction) => job.progress(fraction * writtenFraction, 'Reading'),
  })
  const tables = (await parsed.inspected).tables.map(toUploaded)
  await beginUploadedTables(deps, job, datasetId, tables)
  for await (const { table, rows } of parsed.tables()) {
    await writeUploadedRows(deps, job, datasetId, toUploaded(table), rows, job.signal)
  }
  job.progress(writtenFraction, 'Building keys')
  const bytes = await finishUploadedTables(deps, datasetId, tables, job.signal)
  const sum = (count: (table: UploadedTable) => number) =>
    tables.reduce((total, table) => total + count(table), 0)
  return {
    result: {
      fileId: file.id,
      datasetId,
      tables: tables.length,
      rows: sum(({ rowCount }) => rowCount),
      badRows: sum(({ importReport }) => importReport.badRows),
      bytes,
    },
    resultUri: `/v1/datasets/${datasetId}`,
    commit: (tx) => commitUploadedTables(tx, deps, datasetId, bytes),
  }
}

const fileGone = () => new PermanentFailure('FILE_GONE', 'The file was deleted.')

const toUploaded = ({ name, columns, rowCount, badRows, badRowSamples }: InspectedTable): UploadedTable => ({
  name,
  columns,
  rowCount,
  importReport: { badRows, samples: badRowSamples },
})
