import { z } from 'zod'
import { acceptedJobSchema, jobLinks } from '../../platform/http/envelope.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import { columnTypes } from '../../platform/rows/column.ts'
import type { DatasetRow, DatasetTableRow } from './datasets.table.ts'
import { fieldGroups } from './generator/field-type.ts'

export const datasetParams = z.object({ id: z.uuid() })

export const listDatasetsQuery = pageQuery.extend({
  status: z.enum(jobStatuses).optional(),
  ownerId: z.uuid().optional().describe("Another user's datasets: managers and admins only."),
})
export type ListDatasets = z.infer<typeof listDatasetsQuery>

const tableView = z.object({
  name: z.string(),
  rows: z.int(),
  columns: z.array(z.object({ name: z.string(), type: z.enum(columnTypes), label: z.string().optional() })),
  primaryKey: z.string().nullable(),
  foreignKeys: z.array(
    z.object({ column: z.string(), references: z.object({ table: z.string(), column: z.string() }) }),
  ),
  importReport: z
    .object({
      badRows: z.int(),
      samples: z.array(z.object({ line: z.int(), code: z.string(), message: z.string() })),
    })
    .nullable()
    .describe('What an upload could not read, the first rows of it with their lines.'),
})

export const datasetSummarySchema = z
  .object({
    id: z.uuid(),
    jobId: z.uuid(),
    ownerId: z.uuid().nullable(),
    name: z.string(),
    origin: z.enum(['generated', 'uploaded']),
    status: z.enum(jobStatuses),
    stored: z.boolean(),
    rows: z.int(),
    bytes: z.int(),
    seed: z.string().nullable(),
    locale: z.string().nullable(),
    refDate: z.string().nullable(),
    engineVersion: z.int().nullable(),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    expiresAt: z.iso.datetime().describe('When the dataset is removed.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    rowsUrl: z.string(),
    statusUrl: z.string(),
    eventsUrl: z.string(),
    cancelUrl: z.string(),
  })
  .meta({ id: 'DatasetSummary' })

export const datasetViewSchema = datasetSummarySchema
  .extend({
    tables: z.array(tableView),
    schema: z.unknown().describe('What it is made of, ready to be sent again.'),
  })
  .meta({ id: 'Dataset' })

export const acceptedDatasetSchema = acceptedJobSchema.extend({
  datasetId: z.uuid(),
  seed: z.string(),
  expiresAt: z.iso.datetime(),
})

export const viewDatasetSummary = (row: DatasetRow) => ({
  id: row.id,
  jobId: row.jobId,
  ownerId: row.ownerId,
  name: row.name,
  origin: row.origin,
  status: row.status,
  stored: row.stored,
  ...heldBy(row),
  seed: row.schema?.seed ?? null,
  locale: row.schema?.locale ?? null,
  refDate: row.schema?.refDate ?? null,
  engineVersion: row.engineVersion,
  errorCode: row.errorCode,
  errorMessage: row.errorMessage,
  expiresAt: row.expiresAt.toISOString(),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  rowsUrl: `/v1/datasets/${row.id}/rows`,
  ...jobLinks(row.jobId),
})

/** Of one that failed or was cancelled nothing is left; while it is made, what it will have. */
const heldBy = ({ status, rowCount, sizeBytes }: DatasetRow) =>
  status === 'failed' || status === 'cancelled' ? { rows: 0, bytes: 0 } : { rows: rowCount, bytes: sizeBytes }

export const viewDataset = (row: DatasetRow, tables: DatasetTableRow[]) => ({
  ...viewDatasetSummary(row),
  tables: tables.map(viewTable),
  schema: row.schema,
})

const viewTable = (table: DatasetTableRow) => ({
  name: table.name,
  rows: table.rowCount,
  columns: table.columns.map(({ name, type, label }) => ({
    name,
    type,
    ...(label === undefined ? {} : { label }),
  })),
  primaryKey: table.keyColumn,
  foreignKeys: table.foreignKeys,
  importReport: table.importReport,
})

export const fieldTypeSchema = z.object({
  name: z.string(),
  group: z.enum(fieldGroups),
  description: z.string(),
  options: z.unknown().describe('JSON Schema of the options.'),
  example: z.unknown().describe('A field of this type.'),
})

export const presetSchema = z.object({
  name: z.string(),
  description: z.string(),
  tables: z.array(z.unknown()),
})

export const previewSchema = z.object({
  seed: z.string(),
  refDate: z.string(),
  tables: z.array(
    z.object({
      name: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.enum(columnTypes) })),
      rows: z.array(z.record(z.string(), z.unknown())),
    }),
  ),
})
