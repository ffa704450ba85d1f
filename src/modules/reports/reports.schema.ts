import { z } from 'zod'
import { acceptedJobSchema, jobLinks } from '../../platform/http/envelope.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import { sectionNames } from './report-sections.ts'
import type { ReportRow } from './reports.table.ts'

export const reportParams = z.object({ id: z.uuid() })
export const listReportsQuery = pageQuery

const resultSchema = z.object({
  fileId: z.uuid(),
  resultUri: z.string().describe('Signed; valid for an hour. Ask again for a new one.'),
  contentType: z.literal('application/pdf'),
  bytes: z.int(),
  sha256: z.string().nullable(),
})
export type ReportResultView = z.infer<typeof resultSchema>

export const reportSchema = z
  .object({
    id: z.uuid(),
    jobId: z.uuid(),
    ownerId: z.uuid().nullable(),
    status: z.enum(jobStatuses),
    from: z.iso.date(),
    to: z.iso.date(),
    projectId: z.uuid().nullable(),
    userId: z.uuid().nullable(),
    installation: z.boolean(),
    sections: z.array(z.enum(sectionNames)).nullable().describe('Null: all that its maker could read.'),
    result: resultSchema.nullable(),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    expiresAt: z.iso.datetime().describe('When the file is removed.'),
    createdAt: z.iso.datetime(),
    statusUrl: z.string(),
    eventsUrl: z.string(),
    cancelUrl: z.string(),
  })
  .meta({ id: 'Report' })

export const acceptedReportSchema = acceptedJobSchema.extend({ reportId: z.uuid() })

export const viewReport = (row: ReportRow, result: ReportResultView | undefined) => ({
  id: row.id,
  jobId: row.jobId,
  ownerId: row.ownerId,
  status: row.status,
  from: row.request.from,
  to: row.request.to,
  projectId: row.request.projectId ?? null,
  userId: row.request.userId ?? null,
  installation: row.request.installation ?? false,
  sections: row.request.sections ?? null,
  result: result ?? null,
  errorCode: row.errorCode,
  errorMessage: row.errorMessage,
  expiresAt: row.expiresAt.toISOString(),
  createdAt: row.createdAt.toISOString(),
  ...jobLinks(row.jobId),
})
