import { setImmediate } from 'node:timers/promises'
import { boundedTurns } from '../../platform/bounded-turns.ts'
import type { Db } from '../../platform/database/database.ts'
import { newId } from '../../platform/database/new-id.ts'
import { invalid } from '../../platform/errors.ts'
import { jobLinks, ok } from '../../platform/http/envelope.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import type { JobStatus } from '../../platform/jobs/jobs.table.ts'
import { readRows } from '../../platform/rows/copy-text.ts'
import { toJsonValue } from '../../platform/rows/json-value.ts'
import { turnsPerUser } from '../../platform/turns-per-user.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import { generationFor } from './datasets.jobs.ts'
import { insertDataset } from './datasets.repository.ts'
import { expiryOf } from './datasets.service.ts'
import { faultsAsWritten, type GenerateBody, toDatasetSchema } from './generate.schema.ts'
import { compileDataset, InvalidSchema } from './generator/compile-dataset.ts'
import type { CompiledTable } from './generator/compiled-table.ts'
import type { DatasetSchema } from './generator/dataset-schema.ts'
import { engineVersion } from './generator/field-compiler.ts'
import { writeRows } from './generator/write-rows.ts'
import { type DataQuota, reserveData } from './quota.ts'
import { bytesPerRow } from './write-chunks.ts'

export type GenerateServiceDeps = { db: Db; quota: DataQuota; retentionDays: number }

/** What PostgreSQL adds to the text of a row: its header, its number, and its place in two indexes. */
const rowOverheadBytes = 90

/**
 * Takes a dataset and its job in one transaction.
 * @throws 422 with every fault of the schema, 413 over the quota, 429 with too many unfinished ones, 503 when too many
 *   schemas wait to be checked
 */
export const generate = async (
  { db, quota, retentionDays }: GenerateServiceDeps,
  actor: Actor,
  body: GenerateBody,
  idempotencyKey: string | undefined,
) => {
  const ownerId = actor.userId
  authorize(actor, 'datasets:create', { name: 'dataset', ownerId })
  const schema = toDatasetSchema(body)
  const { tables, estimatedBytes } = await withCompiled(actor, schema, body, (compiled) => ({
    tables: compiled,
    estimatedBytes: compiled.reduce((sum, table) => sum + estimateBytes(table), 0),
  }))
  const rowCount = tables.reduce((sum, table) => sum + table.rowCount, 0)
  const sizeBytes = body.store ? Math.round(estimatedBytes) : 0
  const request = { ownerId, key: idempotencyKey, fingerprint: fingerprintOf('POST /generate', body) }
  const expiresAt = expiryOf(retentionDays)
  return runOnce(db, request, async (tx) => {
    await reserveData(tx, ownerId, { rows: body.store ? rowCount : 0, bytes: sizeBytes }, quota)
    const id = await newId(tx)
    const definition = generationFor(body.store ? rowCount : 0)
    const { jobId } = await enqueue(tx, definition, { datasetId: id }, { ownerId })
    const dataset = {
      id,
      jobId,
      ownerId,
      name: body.name ?? body.preset ?? 'Dataset',
      origin: 'generated' as const,
      schema,
      engineVersion,
      stored: body.store,
      rowCount,
      sizeBytes,
      expiresAt,
    }
    await insertDataset(
      tx,
      dataset,
      tables.map((table) => tableRowOf(table, tables)),
    )
    return {
      status: 202,
      body: ok({
        datasetId: id,
        jobId,
        status: 'pending' as JobStatus,
        seed: schema.seed,
        expiresAt: expiresAt.toISOString(),
        ...jobLinks(jobId),
      }),
    }
  })
}

/** A large schema takes a second of this process: a few at a time leave room for everything else. */
const inCompileTurn = boundedTurns('checking of schemas', { atOnce: 2, maxWaiting: 200 })
const inUserTurn = turnsPerUser('checking of your schemas', { atOnce: 1, maxWaiting: 20 })

/** Compiles the schema in the turn of a user, and does with it what takes time too. */
const withCompiled = <T>(
  actor: Actor,
  schema: DatasetSchema,
  body: GenerateBody,
  use: (tables: CompiledTable[]) => T | Promise<T>,
  gone?: AbortSignal,
): Promise<T> =>
  inUserTurn(actor.userId, () => inCompileTurn(async () => use(await compile(schema, body)), gone), gone)

const compile = async (schema: DatasetSchema, body: GenerateBody): Promise<CompiledTable[]> => {
  try {
    return await compileDataset(schema)
  } catch (error) {
    if (!(error instanceof InvalidSchema)) throw error
    throw invalid(faultsAsWritten(error.faults, body), 'The schema is not valid.')
  }
}

const estimateBytes = (table: CompiledTable): number =>
  table.rowCount * (bytesPerRow(table) + rowOverheadBytes)

/**
 * The first column that tells rows apart is the primary key. An index costs as much as the rows, so other columns are kept
 * unique by one only when somebody asked for it, or refers to them.
 */
const tableRowOf = (table: CompiledTable, tables: CompiledTable[]) => {
  const { name, columns, fields, foreignKeys, rowCount } = table
  const key = fields.find((field) => field.unique && !field.nullable)?.name
  const referred = tables.flatMap((other) =>
    other.foreignKeys.flatMap(({ references }) => (references.table === name ? references.column : [])),
  )
  const unique = fields.filter((field) => field.askedUnique || referred.includes(field.name))
  return {
    name,
    columns,
    keyColumn: key ?? null,
    uniqueColumns: unique.map((field) => field.name).filter((column) => column !== key),
    foreignKeys,
    rowCount,
  }
}

const previewRows = 100

/** Of all tables. Very long rows are fewer than `previewRows`. */
const mostPreviewBytes = 2 * 1024 * 1024

/** The first rows of each table, the very ones that the job will write. @throws 422 with every fault of the schema */
export const previewDataset = async (actor: Actor, body: GenerateBody, gone: AbortSignal) => {
  authorize(actor, 'datasets:create', { name: 'dataset', ownerId: actor.userId })
  const schema = toDatasetSchema(body)
  const { seed, refDate } = schema
  const preview = async (tables: CompiledTable[]) => {
    const views = []
    for (const table of tables) {
      const end = Math.min(previewRows, table.rowCount)
      const rows = [...madeRows(table, 0, end, mostPreviewBytes / tables.length)]
      views.push({ name: table.name, columns: table.columns, rows })
      await setImmediate()
    }
    return { seed, refDate, tables: views }
  }
  return withCompiled(actor, schema, body, preview, gone)
}

/** Rows `first` up to and without `end`, counted from 0, as objects. Ends early after about `mostBytes` of text. */
export function* madeRows(
  { fields, columns }: CompiledTable,
  first: number,
  end: number,
  mostBytes = Infinity,
) {
  let bytesLeft = mostBytes
  for (const { bytes } of writeRows(fields, { first, end, numbered: false })) {
    if (bytesLeft <= 0) return
    bytesLeft -= bytes.length
    for (const cells of readRows(bytes)) {
      yield Object.fromEntries(
        columns.map(({ name, type }, index) => [name, toJsonValue(type, cells[index] ?? null)]),
      )
    }
  }
}
