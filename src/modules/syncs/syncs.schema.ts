import { z } from 'zod'
import { acceptedJobSchema, jobLinks } from '../../platform/http/envelope.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import { requestHeaders } from './sync-headers.ts'
import { syncTiming } from './sync-timing.ts'
import { type SyncRow, type SyncRunRow, sourceFormats } from './syncs.table.ts'

const longestUrl = 2_048
const longestPointer = 500
const mostKeyColumns = 5

const url = z
  .string()
  .max(longestUrl)
  .refine(isSource, 'Give an http or https URL without user name, password and fragment.')
  .describe('What is read, with GET.')

function isSource(text: string): boolean {
  const parsed = URL.parse(text)
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) return false
  return parsed.username === '' && parsed.password === '' && parsed.hash === ''
}

const fields = {
  name: z.string().trim().min(1).max(200),
  url,
  format: z.enum(sourceFormats),
  pointer: z
    .string()
    .max(longestPointer)
    .regex(/^(\/([^~]|~[01])*)?$/, 'Give a JSON Pointer, such as `/data/items`.')
    .describe(
      'json: where in the document the array of rows is (RFC 6901). Empty: the document is the array.',
    ),
  keyColumns: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(mostKeyColumns)
    .describe(
      'By which columns a row is the same row the next time. No two rows have the same values of them.',
    ),
  timing: syncTiming,
  headers: requestHeaders,
}

const pointerFault = 'Only json has a pointer.'

const example = {
  name: 'Prices',
  url: 'https://example.com/prices.json',
  format: 'json',
  pointer: '/data/items',
  keyColumns: ['id'],
  timing: { everyMinutes: 60 },
}

export const createSyncBody = z
  .strictObject({
    ...fields,
    pointer: fields.pointer.default(''),
    headers: fields.headers.default({}),
    datasetId: z
      .uuid()
      .optional()
      .describe('An uploaded dataset of yours, of one table. Else the first run makes one.'),
  })
  .refine(({ format, pointer }) => format === 'json' || pointer === '', {
    path: ['pointer'],
    message: pointerFault,
  })
  .meta({ examples: [example] })
export type CreateSync = z.infer<typeof createSyncBody>

export const updateSyncBody = z
  .strictObject({ ...fields, enabled: z.boolean() })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'Give something to change.')
  .meta({ examples: [{ timing: { cron: '0 6 * * *' } }] })
export type UpdateSync = z.infer<typeof updateSyncBody>

export const syncParams = z.object({ id: z.uuid() })
export const listSyncsQuery = pageQuery

export const syncSchema = z
  .object({
    id: z.uuid(),
    ownerId: z.uuid(),
    name: z.string(),
    url: z.string(),
    format: z.enum(sourceFormats),
    pointer: z.string(),
    keyColumns: z.array(z.string()),
    datasetId: z.uuid().nullable().describe('Null until a run has made it.'),
    timing: syncTiming,
    headerNames: z.array(z.string()).describe('Of the headers that are sent. Their values are never shown.'),
    enabled: z.boolean(),
    disabledReason: z.string().nullable().describe('Why it was disabled, unless its owner did that.'),
    consecutiveFailures: z.int(),
    nextRunAt: z.iso.datetime().nullable().describe('Null while it is disabled.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Sync' })

const values = z.record(z.string(), z.string().nullable())

export const syncRunSchema = z
  .object({
    id: z.uuid(),
    syncId: z.uuid(),
    jobId: z.uuid(),
    trigger: z.enum(['schedule', 'request']),
    status: z.enum(jobStatuses),
    outcome: z.enum(['changed', 'unchanged']).nullable(),
    rows: z.int().nullable().describe('That the source has. Null when it said that nothing is new.'),
    added: z.int().nullable(),
    changed: z.int().nullable(),
    removed: z.int().nullable(),
    bytes: z.int().nullable(),
    sample: z
      .array(
        z.object({
          kind: z.enum(['added', 'changed', 'removed']),
          key: values,
          before: values.nullable(),
          after: values.nullable(),
        }),
      )
      .describe('The first ten of each kind, with 20 columns and 200 characters of a value at most.'),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'SyncRun' })

export const acceptedRunSchema = acceptedJobSchema.extend({ runId: z.uuid() })

export const viewSync = (row: SyncRow) => ({
  id: row.id,
  ownerId: row.ownerId,
  name: row.name,
  url: row.url,
  format: row.format,
  pointer: row.pointer,
  keyColumns: row.keyColumns,
  datasetId: row.datasetId,
  timing: row.timing,
  headerNames: row.headerNames,
  enabled: row.enabled,
  disabledReason: row.disabledReason,
  consecutiveFailures: row.consecutiveFailures,
  nextRunAt: row.enabled ? row.nextRunAt.toISOString() : null,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

export const viewRun = (row: SyncRunRow) => ({
  id: row.id,
  syncId: row.syncId,
  jobId: row.jobId,
  trigger: row.trigger,
  status: row.status,
  outcome: row.outcome,
  rows: row.rows,
  added: row.added,
  changed: row.changed,
  removed: row.removed,
  bytes: row.bytes,
  sample: row.sample,
  errorCode: row.errorCode,
  errorMessage: row.errorMessage,
  createdAt: row.createdAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
})

export const viewStarted = (runId: string, jobId: string) => ({
  runId,
  jobId,
  status: 'pending' as (typeof jobStatuses)[number],
  ...jobLinks(jobId),
})
