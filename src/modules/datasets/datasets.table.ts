import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant, updatedAtColumn } from '../../platform/database/columns.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import type { Column } from '../../platform/rows/column.ts'
import type { ForeignKey } from './generator/compiled-table.ts'
import type { DatasetSchema } from './generator/dataset-schema.ts'

const count = (name: string) => bigint(name, { mode: 'number' })

/** A row without owner belonged to a user who is gone, and goes too. */
export const datasets = pgTable(
  'datasets',
  {
    id: idColumn(),
    ownerId: uuid('owner_id'),
    jobId: uuid('job_id').notNull(),
    name: text('name').notNull(),
    origin: text('origin', { enum: ['generated', 'uploaded'] }).notNull(),
    /** What a generated one is made of; with the engine's version it says every byte. Not jsonb: the order of keys counts. */
    schema: json('schema').$type<DatasetSchema>(),
    engineVersion: integer('engine_version'),
    /** Whether the rows are in tables of their own. Else they are made whenever they are read. */
    stored: boolean('stored').notNull(),
    /** Follows the job's status: written by each of its transitions. */
    status: text('status', { enum: jobStatuses }).notNull().default('pending'),
    /** Whether the schema of its tables may exist. */
    hasTables: boolean('has_tables').notNull().default(false),
    /** As asked for while it is made, as they are when it is. */
    rowCount: count('row_count').notNull(),
    /** Estimated while it is made. Counts for the owner's quota. */
    sizeBytes: count('size_bytes').notNull(),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    expiresAt: instant('expires_at').notNull(),
    deletedAt: instant('deleted_at'),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
  },
  (dataset) => [
    check(
      'datasets_status_known',
      sql`${dataset.status} in ('pending', 'in-progress', 'completed', 'failed', 'cancelled')`,
    ),
    check('datasets_schema_given', sql`${dataset.origin} = 'uploaded' or ${dataset.schema} is not null`),
    index('datasets_owner').on(dataset.ownerId, dataset.id).where(sql`${dataset.deletedAt} is null`),
    index('datasets_expiry').on(dataset.expiresAt).where(sql`${dataset.deletedAt} is null`),
    index('datasets_leftover')
      .on(dataset.updatedAt)
      .where(
        sql`${dataset.deletedAt} is not null or (${dataset.hasTables} and ${dataset.status} in ('failed', 'cancelled'))`,
      ),
  ],
)

export type DatasetRow = typeof datasets.$inferSelect

/** What an upload could not read. */
export type ImportReport = {
  badRows: number
  /** The first of them. */
  samples: { line: number; code: string; message: string }[]
}

export type DatasetColumn = Column & {
  /** How the file calls the column. */
  label?: string | undefined
}

/** The tables of a dataset, in order. Their rows are in the tables of the same names, in the schema that `tableSchemaOf` names. */
export const datasetTables = pgTable(
  'dataset_tables',
  {
    datasetId: uuid('dataset_id')
      .notNull()
      .references(() => datasets.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    name: text('name').notNull(),
    columns: jsonb('columns').$type<DatasetColumn[]>().notNull(),
    /** Null: rows are told apart by their number alone. */
    keyColumn: text('key_column'),
    uniqueColumns: jsonb('unique_columns').$type<string[]>().notNull().default([]),
    foreignKeys: jsonb('foreign_keys').$type<ForeignKey[]>().notNull().default([]),
    rowCount: count('row_count').notNull(),
    importReport: jsonb('import_report').$type<ImportReport>(),
  },
  (table) => [primaryKey({ columns: [table.datasetId, table.position] })],
)

export type DatasetTableRow = typeof datasetTables.$inferSelect

/** The rows from `first` up to and without `end` (counted from 0) of a table. Done when they are in it, committed together. */
export const datasetChunks = pgTable(
  'dataset_chunks',
  {
    datasetId: uuid('dataset_id')
      .notNull()
      .references(() => datasets.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    first: integer('first_row').notNull(),
    end: integer('end_row').notNull(),
    done: boolean('done').notNull().default(false),
  },
  (chunk) => [
    primaryKey({ columns: [chunk.datasetId, chunk.position, chunk.first] }),
    index('dataset_chunks_open')
      .on(chunk.datasetId, chunk.position, chunk.first)
      .where(sql`not ${chunk.done}`),
  ],
)
