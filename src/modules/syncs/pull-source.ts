import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Tx } from '../../platform/database/database.ts'
import { newId } from '../../platform/database/new-id.ts'
import type { RunningJob } from '../../platform/jobs/define-job.ts'
import { PermanentFailure, TemporaryFailure } from '../../platform/jobs/job-failure.ts'
import { type TableDifference, writeSyncedRows } from '../datasets/synced-dataset.ts'
import type { UploadedDeps } from '../datasets/uploaded-dataset.ts'
import type { InspectedColumn, InspectedTable, Inspection } from '../imports/parse/inspect-rows.ts'
import { parseFile } from '../imports/parse/parse-file.ts'
import { cutAtPointer } from './cut-at-pointer.ts'
import { type FetchLimits, fetchSource } from './fetch-source.ts'
import { openHeaders } from './sync-headers.ts'
import { lockSync, setRun, updateSync } from './syncs.repository.ts'
import type { SyncRow } from './syncs.table.ts'

export type PullDeps = UploadedDeps & {
  /** Opens the headers. */
  sealingKey: Buffer
  /** Lets sources be in a private network. */
  allowPrivateAddresses: boolean
  /** On this machine's disk; where what is read lies for a while. */
  directory: string
  retentionDays: number
}

/** How much of a source is taken, and how long that may take. */
const limits: FetchLimits = { maxBytes: 500 * 1024 ** 2, stallMs: 30_000, totalMs: 10 * 60_000 }
const maxParseSeconds = 10 * 60
/** The share of the work that is done when the source has answered. */
const fetchedFraction = 0.3

export type Pulled = { outcome: 'not-modified' } | { outcome: 'changed' | 'unchanged'; datasetId: string }

/**
 * Reads a source, and makes the rows of its dataset those that it has. What changed is written into the run by the
 * transaction that changes them, so that it is known even when the worker dies right after.
 */
export const pullSource = async (
  deps: PullDeps,
  job: RunningJob<{ runId: string }>,
  sync: SyncRow,
): Promise<Pulled> => {
  const { directory, sealingKey, allowPrivateAddresses: allowPrivate } = deps
  await mkdir(directory, { recursive: true })
  const file = path.join(directory, `${job.id}-${job.attempt}`)
  const { url, pointer, etag, lastModified } = sync
  try {
    const fetched = await fetchSource({
      ...{ url, etag, lastModified, limits, allowPrivate, signal: job.signal, path: file },
      headers: openHeaders(sealingKey, sync),
      cut: (bytes) => (pointer === '' ? bytes : cutAtPointer(bytes, pointer)),
    })
    if (fetched.outcome === 'not-modified') return fetched
    job.progress(fetchedFraction, `${fetched.bytes} bytes read`)
    return await writeRows(deps, job, sync, { file, ...fetched })
  } finally {
    await rm(file, { force: true })
  }
}

type Fetched = { file: string; bytes: number; etag: string | null; lastModified: string | null }

const writeRows = async (
  deps: PullDeps,
  job: RunningJob<{ runId: string }>,
  sync: SyncRow,
  fetched: Fetched,
): Promise<Pulled> => {
  await using parsed = parseFile({
    path: fetched.file,
    format: sync.format,
    limits: { maxRows: deps.quota.rows, maxSeconds: maxParseSeconds },
    signal: job.signal,
    onProgress: (fraction) =>
      job.progress(fetchedFraction + fraction * (0.9 - fetchedFraction), 'Reading rows'),
  })
  const table = onlyTable(await parsed.inspected)
  const datasetId = sync.datasetId ?? (await newId(deps.db))
  for await (const { rows } of parsed.tables()) {
    const { ownerId, name, ownsDataset } = sync
    const { columns, rowCount } = table
    const keyColumns = sync.keyColumns.map((key) => columnOf(columns, key))
    const { retentionDays } = deps
    const isNew = sync.datasetId === null
    const synced = {
      datasetId,
      isNew,
      name,
      ownerId,
      ownsDataset,
      keyColumns,
      columns,
      rowCount,
      rows,
      retentionDays,
    }
    const difference = await writeSyncedRows(deps, job, synced, (tx, found) =>
      noteRun(tx, job.params.runId, sync, { ...fetched, datasetId, rows: rowCount, difference: found }),
    )
    return { outcome: outcomeOf(difference), datasetId }
  }
  throw new Error('The parser gave no table')
}

/** Nothing that cannot be read is left out: it would count as removed. */
const onlyTable = ({ tables }: Inspection): InspectedTable => {
  const [table, ...more] = tables
  if (table === undefined || more.length > 0) {
    throw new PermanentFailure(
      'SOURCE_NOT_ONE_TABLE',
      'The source has several tables. Name one with the pointer.',
    )
  }
  const [fault] = table.badRowSamples
  if (fault !== undefined) {
    const message = `${table.badRows} rows cannot be read. The first is line ${fault.line}: ${fault.message}`
    throw new PermanentFailure('SOURCE_ROWS_NOT_READABLE', message)
  }
  // An answer that is empty by mistake must not remove everything.
  if (table.rowCount === 0) throw new PermanentFailure('SOURCE_EMPTY', 'The source has no rows.')
  return table
}

/** Keys may be named as the source names them. */
const columnOf = (columns: InspectedColumn[], key: string): string =>
  (columns.find(({ name }) => name === key) ?? columns.find(({ label }) => label === key))?.name ?? key

const outcomeOf = ({ added, changed, removed }: TableDifference) =>
  added + changed + removed > 0 ? ('changed' as const) : ('unchanged' as const)

const noteRun = async (
  tx: Tx,
  runId: string,
  sync: SyncRow,
  {
    datasetId,
    rows,
    bytes,
    etag,
    lastModified,
    difference,
  }: Fetched & { datasetId: string; rows: number; difference: TableDifference },
): Promise<void> => {
  const current = await lockSync(tx, sync.id)
  if (current === undefined) throw new PermanentFailure('SYNC_DELETED', 'The sync was deleted.')
  if (current.revision !== sync.revision) {
    throw new TemporaryFailure('SYNC_CHANGED', 'The sync was changed meanwhile.', {
      retryAfterMs: 1_000,
      isOwners: true,
    })
  }
  const outcome = outcomeOf(difference)
  await setRun(tx, runId, { ...difference, outcome, rows, bytes })
  await updateSync(tx, sync.id, { datasetId, etag, lastModified })
}
