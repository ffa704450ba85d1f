import { z } from 'zod'
import { pageQuery } from '../../platform/http/paging.ts'
import type { ProjectRow } from './projects.table.ts'

const longestName = 100
const longestDescription = 1_000
const longestReconnectWindowSeconds = 600

export const projectParams = z.object({ id: z.uuid() })

/** One line of text. */
export const titleField = z
  .string()
  .trim()
  .min(1)
  .max(longestName)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'No control characters.')

const settings = {
  description: z
    .string()
    .trim()
    .max(longestDescription)
    .regex(/^[\P{C}\p{Cf}\p{Cn}\p{Co}\n\r\t]*$/u, 'No control characters but tabs and ends of lines.')
    .optional(),
  reconnectWindowSeconds: z
    .int()
    .min(0)
    .max(longestReconnectWindowSeconds)
    .optional()
    .describe('How long a stream waits for its publisher to come back. 60 when left out.'),
  record: z.boolean().optional().describe('Keep a recording of each stream as a file. Off when left out.'),
  preview: z.boolean().optional().describe('Offer a preview while it is live. On when left out.'),
}

export const createProjectBody = z.strictObject({ name: titleField, ...settings })
export type CreateProject = z.infer<typeof createProjectBody>

export const updateProjectBody = z
  .strictObject({ name: titleField.optional(), ...settings })
  .refine((changes) => Object.keys(changes).length > 0, 'Name at least one field to change.')
export type UpdateProject = z.infer<typeof updateProjectBody>

const statuses = ['live', 'idle'] as const

export const listProjectsQuery = pageQuery.extend({
  q: z.string().trim().min(1).max(longestName).optional().describe('A part of the name.'),
  status: z.enum(statuses).optional(),
  ownerId: z.uuid().optional().describe("Another user's projects: managers and admins only."),
})
export type ListProjects = z.infer<typeof listProjectsQuery>

export const projectSchema = z
  .object({
    id: z.uuid(),
    ownerId: z.uuid(),
    name: z.string(),
    description: z.string().nullable(),
    ingest: z
      .object({ url: z.string(), urls: z.array(z.string()) })
      .describe('Where to publish, with the stream key as the name of the stream.'),
    streamKeyHint: z.string().describe('The last characters of the stream key.'),
    reconnectWindowSeconds: z.int(),
    record: z.boolean(),
    preview: z.boolean(),
    status: z.enum(statuses),
    liveStreamId: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Project' })

export const projectWithKeySchema = projectSchema
  .extend({ streamKey: z.string().describe('Shown in this answer only.') })
  .meta({ id: 'ProjectWithStreamKey' })

/** What answers say of a project but for its ingest, whose address depends on how the client reached this server. */
export const viewStoredProject = (row: ProjectRow) => ({
  id: row.id,
  ownerId: row.ownerId,
  name: row.name,
  description: row.description,
  streamKeyHint: row.streamKeyHint,
  reconnectWindowSeconds: row.reconnectWindowSeconds,
  record: row.record,
  preview: row.preview,
  status: row.liveStreamId === null ? ('idle' as const) : ('live' as const),
  liveStreamId: row.liveStreamId,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

/** The addresses of the ingest, the one to prefer first. */
export type IngestUrls = [string, ...string[]]

export const viewIngest = (urls: IngestUrls) => ({ url: urls[0], urls })

export const viewProject = (row: ProjectRow, urls: IngestUrls) => ({
  ...viewStoredProject(row),
  ingest: viewIngest(urls),
})
