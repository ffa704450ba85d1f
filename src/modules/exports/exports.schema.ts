import { z } from 'zod'
import { acceptedJobSchema, jobLinks } from '../../platform/http/envelope.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import { compressions } from './compress.ts'
import { formatNames } from './export-request.ts'
import type { ExportRow } from './exports.table.ts'

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
