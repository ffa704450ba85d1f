import { z } from 'zod'
import { invalidField } from '../../platform/errors.ts'
import { destinationUrlField } from './destination-url.ts'
import { platformNames } from './platforms.ts'
import { titleField } from './projects.schema.ts'
import { type DestinationRow, destinationStates } from './projects.table.ts'
import { maskedKey } from './stream-key.ts'

export const lastPosition = 10_000

export const destinationParams = z.object({ id: z.uuid() })

const settings = {
  streamKey: z
    .string()
    .regex(/^[\x21-\x7e]{1,512}$/, 'Between 1 and 512 printable ASCII characters, without spaces.')
    .describe('As the platform gave it. Answers show its end only.')
    .meta({ format: 'password' }),
  enabled: z.boolean().optional().describe('Whether the feed is to go there. On when left out.'),
  position: z.int().min(0).max(lastPosition).optional().describe('Its place in lists. Last when left out.'),
}

export const createDestinationBody = z
  .strictObject({
    name: titleField,
    platform: z.enum(platformNames),
    url: destinationUrlField
      .optional()
      .describe("The platform's own address when left out; `custom` needs one."),
    ...settings,
  })
  .refine(({ platform, url }) => platform !== 'custom' || url !== undefined, {
    path: ['url'],
    message: 'A custom destination needs an address.',
  })
export type CreateDestination = z.infer<typeof createDestinationBody>

export const updateDestinationBody = z
  .strictObject({
    name: titleField.optional(),
    url: destinationUrlField.optional().describe('On another server it needs a `streamKey` beside it.'),
    ...settings,
    streamKey: settings.streamKey.optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'Name at least one field to change.')
export type UpdateDestination = z.infer<typeof updateDestinationBody>

export const destinationSchema = z
  .object({
    id: z.uuid(),
    projectId: z.uuid(),
    name: z.string(),
    platform: z.enum(platformNames),
    url: z.string(),
    streamKey: z.string().describe('Masked: only its end is shown.'),
    enabled: z.boolean().describe('What is wanted; `state` says what is so.'),
    position: z.int(),
    state: z.enum(destinationStates),
    stateCode: z.string().nullable(),
    stateMessage: z.string().nullable().describe("Why it is so, in the platform's own words if it said any."),
    stateChangedAt: z.iso.datetime(),
    bytesSent: z.int().describe('By the stream that runs, or ran last.'),
    bitrate: z.int().describe('Bits a second, now.'),
    droppedMessages: z.int().describe('Left out because the platform took them too slowly.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Destination' })
export type DestinationView = z.infer<typeof destinationSchema>

export const viewDestination = (row: DestinationRow): DestinationView => ({
  id: row.id,
  projectId: row.projectId,
  name: row.name,
  platform: row.platform,
  url: row.url,
  streamKey: maskedKey(row.streamKeyHint),
  enabled: row.enabled,
  position: row.position,
  state: row.state,
  stateCode: row.stateCode,
  stateMessage: row.stateMessage,
  stateChangedAt: row.stateChangedAt.toISOString(),
  bytesSent: row.bytesSent,
  bitrate: row.bitrate,
  droppedMessages: row.droppedMessages,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

/** A place in a list that its owner has ordered. */
export type DestinationPlace = Pick<DestinationRow, 'position' | 'id'>

const placeSchema = z.object({ position: z.int().min(0).max(lastPosition), id: z.uuid() })

export const writeCursor = ({ position, id }: DestinationPlace): string =>
  Buffer.from(JSON.stringify({ position, id })).toString('base64url')

export const readCursor = (cursor: string | undefined): DestinationPlace | undefined => {
  if (cursor === undefined) return undefined
  try {
    return placeSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    throw invalidField('cursor', 'invalid_cursor', 'This cursor was not made by this list.')
  }
}
