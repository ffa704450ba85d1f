import { z } from 'zod'
import { whereSchema } from '../../platform/rows/where.ts'
import { compressions } from './compress.ts'

export const formatNames = ['csv', 'json', 'ndjson', 'sql', 'parquet', 'xlsx'] as const
export const resourceNames = ['audit', 'files', 'generations', 'jobs', 'posts', 'users'] as const
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
  .meta({ examples: [{ resource: 'posts', format: 'csv' }] })
export type ExportRequest = z.output<typeof exportRequest>
