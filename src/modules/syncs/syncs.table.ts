import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import {
  bytesColumn,
  createdAtColumn,
  idColumn,
  instant,
  updatedAtColumn,
} from '../../platform/database/columns.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import type { TableChange } from '../datasets/synced-dataset.ts'
import type { SyncTiming } from './sync-timing.ts'

export const sourceFormats = ['json', 'csv', 'ndjson'] as const
export type SourceFormat = (typeof sourceFormats)[number]

/** Sources that are pulled into a dataset from time to time. */
export const syncs = pgTable(
  'syncs',
  {
    id: idColumn(),
    ownerId: uuid('owner_id').notNull(),
    name: text('name').notNull(),
    url: text('url').notNull(),
    format: text('format', { enum: sourceFormats }).notNull(),
    /** Where in a JSON document the array of rows is (RFC 6901); empty for the document itself. */
    pointer: text('pointer').notNull().default(''),
    /** By which columns a row is the same row the next time. Names of the dataset's columns. */
    keyColumns: text('key_columns').array().notNull(),
    /** Set by the first run that brings rows, unless the dataset was there before. */
    datasetId: uuid('dataset_id'),
    /** Whether the dataset is the sync's own: its columns then follow the source. */
    ownsDataset: boolean('owns_dataset').notNull(),
    timing: jsonb('timing').$type<SyncTiming>().notNull(),
    /** Grows with every change of what is read: a run that began before it changes nothing. */
    revision: integer('revision').notNull().default(1),
    /** Headers of the request, encrypted, bound to this row's id; and their names. */
    sealedHeaders: bytesColumn('sealed_headers'),
    headerNames: text('header_names').array().notNull().default([]),
    /** What the source said of what was last taken from it, for asking whether there is anything new. */
    etag: text('etag'),
    lastModified: text('last_modified'),
    enabled: boolean('enabled').notNull().default(true),
    /** Why Backlot disabled it; null when its owner did. */
    disabledReason: text('disabled_reason'),
    /** Runs in a row that failed. */
    consecutiveFailures: integer('consecutive_failures').notNull().default(0),
    nextRunAt: instant('next_run_at').notNull().defaultNow(),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
  },
  (sync) => [
    index('syncs_owner').on(sync.ownerId, sync.id),
    index('syncs_due').on(sync.nextRunAt).where(sql`${sync.enabled}`),
    /** Two sources would undo what the other does. */
    uniqueIndex('syncs_dataset').on(sync.datasetId).where(sql`${sync.datasetId} is not null`),
  ],
)

export type SyncRow = typeof syncs.$inferSelect

const count = (name: string) => bigint(name, { mode: 'number' })

export const syncRuns = pgTable(
  'sync_runs',
  {
    id: idColumn(),
    syncId: uuid('sync_id')
      .notNull()
      .references(() => syncs.id, { onDelete: 'cascade' }),
    jobId: uuid('job_id').notNull(),
    trigger: text('trigger', { enum: ['schedule', 'request'] }).notNull(),
    /** Follows the job's status: written by each of its transitions. */
    status: text('status', { enum: jobStatuses }).notNull().default('pending'),
    /** `unchanged`: the source said so, or its rows are those that are there. Written with the rows, in one transaction. */
    outcome: text('outcome', { enum: ['changed', 'unchanged'] }),
    /** All that the dataset has after the run. */
    rows: count('rows'),
    added: count('added'),
    changed: count('changed'),
    removed: count('removed'),
    bytes: count('bytes'),
    /** The first of the changes, shortened. */
    sample: jsonb('sample').$type<TableChange[]>().notNull().default([]),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    createdAt: createdAtColumn(),
    finishedAt: instant('finished_at'),
  },
  (run) => [
    check(
      'sync_runs_status_known',
      sql`${run.status} in ('pending', 'in-progress', 'completed', 'failed', 'cancelled')`,
    ),
    index('sync_runs_sync').on(run.syncId, run.id),
    /** One at a time. */
    uniqueIndex('sync_runs_unfinished')
      .on(run.syncId)
      .where(sql`${run.status} in ('pending', 'in-progress')`),
    index('sync_runs_age').on(run.createdAt),
  ],
)

export type SyncRunRow = typeof syncRuns.$inferSelect
