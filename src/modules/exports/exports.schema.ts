import { z } from 'zod'
import { acceptedJobSchema, jobLinks } from '../../platform/http/envelope.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import { whereSchema } from '../../platform/rows/where.ts'
import { compressions } from './compress.ts'
import type { ExportRow } from './exports.table.ts'

export const formatNames = ['csv', 'json', 'ndjson', 'sql', 'parquet', 'xlsx'] as const
export const resourceNames = ['files', 'generations', 'jobs', 'users'] as const
export type ResourceName = (typeof resourceNames)[number]

const names = z.array(z.string().min(1).max(63)).min(1).max(500)

export const exportRequest = z
  .strictObject({
    datasetId: z.uuid().optional(),
    fileId: z.uuid().optional().describe('An uploaded file that was read as a dataset.'),
    resource: z
      .enum(resourceNames)
      .optional()
      .describe('Things of yours; of everybody for those who may read them.'),
    format: z.enum(formatNames),
    compression: z.enum(compressions).default('none'),
    tables: names
      .optional()
      .describe('Only these tables of a dataset. Several in csv, ndjson or parquet make a zip.'),
    columns: names
      .optional()
      .describe('Only these columns, in this order. With several tables, those that have them.'),
    where: whereSchema.optional().describe('Only rows that match. Needs one table.'),
    escapeFormulas: z
      .boolean()
      .default(true)
      .describe('csv and xlsx: put an apostrophe before text that a spreadsheet would run.'),
  })
  .superRefine((request, context) => {
    const sources = [request.datasetId, request.fileId, request.resource].filter(
      (given) => given !== undefined,
    )
    if (sources.length !== 1) {
      context.addIssue({
        code: 'custom',
        path: ['datasetId'],
        message: 'Give exactly one of datasetId, fileId and resource.',
      })
    }
    if (request.compression === 'gzip' && (request.format === 'xlsx' || request.format === 'parquet')) {
      context.addIssue({
        code: 'custom',
        path: ['compression'],
        message: `${request.format} is compressed already; take none, or zip.`,
      })
    }
    if (request.resource !== undefined && request.tables !== undefined) {
      context.addIssue({ code: 'custom', path: ['tables'], message: 'A resource is one table.' })
    }
  })
export type ExportRequest = z.output<typeof exportRequest>

export const exportParams = z.object({ id: z.uuid() })
export const listExportsQuery = pageQuery

const resultSchema = z.object({
  fileId: z.uuid(),
  resultUri: z.string().describe('Signed; valid for an hour. Ask again for a new one.'),
  contentType: z.string(),
  bytes: z.int(),
  rows: z.int(),
  sha256: z.string().nullable(),
})
export type ExportResultView = z.infer<typeof resultSchema>

export const exportSchema = z
  .object({
    id: z.uuid(),
    jobId: z.uuid(),
    ownerId: z.uuid().nullable(),
    status: z.enum(jobStatuses),
    datasetId: z.uuid().nullable(),
    resource: z.string().nullable(),
    format: z.enum(formatNames),
    compression: z.enum(compressions),
    result: resultSchema.nullable(),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    expiresAt: z.iso.datetime().describe('When the file is removed.'),
    createdAt: z.iso.datetime(),
    statusUrl: z.string(),
    eventsUrl: z.string(),
    cancelUrl: z.string(),
  })
  .meta({ id: 'Export' })

export const acceptedExportSchema = acceptedJobSchema.extend({ exportId: z.uuid() })

export const viewExport = (row: ExportRow, result: ExportResultView | undefined) => ({
  id: row.id,
  jobId: row.jobId,
  ownerId: row.ownerId,
  status: row.status,
  datasetId: row.request.datasetId ?? null,
  resource: row.request.resource ?? null,
  format: row.request.format,
  compression: row.request.compression,
  result: result ?? null,
  errorCode: row.errorCode,
  errorMessage: row.errorMessage,
  expiresAt: row.expiresAt.toISOString(),
  createdAt: row.createdAt.toISOString(),
  ...jobLinks(row.jobId),
})
