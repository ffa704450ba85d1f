import { z } from 'zod'
import type { BulkConnections } from '../../platform/database/bulk-connections.ts'
import type { Db } from '../../platform/database/database.ts'
import { type Completion, defineJob, type RunningJob } from '../../platform/jobs/define-job.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import { PermanentFailure } from '../../platform/jobs/job-failure.ts'
import { publishJobEnd } from '../webhooks/publish-job-end.ts'
import { planChunks, readChunkProgress } from './chunks.repository.ts'
import { compileOwn } from './compile-own.ts'
import { findDataset, findTables, followJob, lockDataset, setMeasured } from './datasets.repository.ts'
import type { DatasetRow, DatasetTableRow } from './datasets.table.ts'
import { creeping } from './progress.ts'
import { checkGrowth, type DataQuota, reserveData } from './quota.ts'
import { addKeys, analyzeTables, createTables, measureTables } from './table-storage.ts'
import { chunkRowsOf, writeChunks } from './write-chunks.ts'

export type GenerateDeps = { db: Db; bulk: BulkConnections; quota: DataQuota }

const params = z.object({ datasetId: z.uuid() })
type Generate = RunningJob<z.infer<typeof params>>

/** The share of the work that is done when all rows are written. What is left are the keys. */
const writtenFraction = 0.85
const mostAssistants = 3
const chunksPerAssistant = 4

const generation = (name: string, queue: 'generation' | 'small-generation') =>
  defineJob({
    name,
    queue,
    params,
    onTransition: async (tx, { datasetId }, job) => {
      await followJob(tx, datasetId, job)
      await publishJobEnd(tx, job, { datasetId })
    },
    run: generate,
  })

/**
 * Writes the rows of a dataset, chunk by chunk, with whoever assists. What is written stays when the job is run again, and
 * is removed when it fails or is cancelled.
 */
const generate = async (deps: GenerateDeps, job: Generate): Promise<Completion> => {
  const dataset = await findDataset(deps.db, job.params.datasetId)
  if (dataset === undefined) throw deleted()
  const result = { datasetId: dataset.id, rows: dataset.rowCount }
  const resultUri = `/v1/datasets/${dataset.id}`
  if (!dataset.stored) return { result, resultUri }
  const tables = await findTables(deps.db, dataset.id)
  const sizeBytes = await storeRows(deps, job, dataset, tables)
  return {
    result: { ...result, bytes: sizeBytes },
    resultUri,
    commit: async (tx) => {
      if ((await lockDataset(tx, dataset.id)) === undefined) throw deleted()
      const { id, ownerId, rowCount } = dataset
      if (ownerId !== null)
        await reserveData(tx, ownerId, { rows: rowCount, bytes: sizeBytes }, deps.quota, id)
      await setMeasured(tx, id, { sizeBytes })
    },
  }
}

export const generateDataset = generation('dataset.generate', 'generation')

/** The same in a queue of their own, so that they never wait behind large ones. */
export const generateSmallDataset = generation('dataset.generate-small', 'small-generation')
const mostSmallRows = 100_000

/** Which of the two is for so many rows. */
export const generationFor = (rows: number) =>
  rows <= mostSmallRows ? generateSmallDataset : generateDataset

/** Takes chunks of a dataset until none is left, beside the job that the dataset belongs to. */
export const assistDataset = defineJob({
  name: 'dataset.assist',
  queue: 'generation',
  params,
  run: async (deps: GenerateDeps, job) => {
    const dataset = await findDataset(deps.db, job.params.datasetId)
    if (dataset === undefined) return {}
    const compiled = await compileOwn(dataset)
    const written = await writeChunks(deps, dataset.id, compiled, { signal: job.signal, assisting: true })
    return { result: { rows: written } }
  },
})

const deleted = () => new PermanentFailure('DATASET_DELETED', 'The dataset was deleted.')

/** @returns what the tables take on the disk, in bytes */
const storeRows = async (
  deps: GenerateDeps,
  job: Generate,
  dataset: DatasetRow,
  tables: DatasetTableRow[],
): Promise<number> => {
  const compiled = await compileOwn(dataset)
  await prepare(deps, dataset, tables, chunkRowsOf(compiled))
  await writeChunks(deps, dataset.id, compiled, {
    signal: job.signal,
    assisting: false,
    onProgress: async (rowsInHand) => {
      if ((await findDataset(deps.db, dataset.id)) === undefined) throw deleted()
      const { doneRows, openChunks } = await readChunkProgress(deps.db, dataset.id)
      await checkSize(deps, dataset)
      const rows = Math.min(doneRows + rowsInHand, dataset.rowCount)
      job.progress(
        (rows / Math.max(1, dataset.rowCount)) * writtenFraction,
        `${rows} of ${dataset.rowCount} rows`,
      )
      return openChunks
    },
  })
  return creeping(job, { from: writtenFraction, message: 'Building keys' }, () =>
    deps.bulk.use(job.signal, async ({ db }) => {
      await db.transaction((tx) => addKeys(tx, dataset.id, tables))
      await analyzeTables(db, dataset.id, tables)
      return measureTables(db, dataset.id)
    }),
  )
}

/** Rows may come out longer than those that were looked at before. @throws 413 `QUOTA_EXCEEDED` */
const checkSize = async ({ db, quota }: GenerateDeps, { id, ownerId, rowCount, sizeBytes }: DatasetRow) => {
  const bytes = await measureTables(db, id)
  if (ownerId !== null && bytes > sizeBytes)
    await checkGrowth(db, ownerId, { rows: rowCount, bytes }, quota, id)
}

/** Makes the tables and the chunks, once. Those who assist are called only the first time: they come back by themselves. */
const prepare = (
  { db, quota }: GenerateDeps,
  dataset: DatasetRow,
  tables: DatasetTableRow[],
  chunkRows: number[],
): Promise<void> =>
  db.transaction(async (tx) => {
    const locked = await lockDataset(tx, dataset.id)
    if (locked === undefined || locked.ownerId === null) throw deleted()
    // One that failed does not count until it is run again.
    await reserveData(
      tx,
      locked.ownerId,
      { rows: locked.rowCount, bytes: locked.sizeBytes },
      quota,
      locked.id,
    )
    if (locked.hasTables) return
    await createTables(tx, dataset.id, tables)
    let chunks = 0
    for (const [position, { rowCount }] of tables.entries()) {
      const rows = chunkRows[position] ?? rowCount
      if (rowCount > 0) await planChunks(tx, dataset.id, { position, rowCount, chunkRows: rows })
      chunks += Math.ceil(rowCount / rows)
    }
    await setMeasured(tx, dataset.id, { hasTables: true })
    const assistants = Math.min(mostAssistants, Math.floor(chunks / chunksPerAssistant))
    for (let index = 0; index < assistants; index += 1) {
      await enqueue(tx, assistDataset, { datasetId: dataset.id })
    }
  })
