import { z } from 'zod'
import { invalidField } from '../../platform/errors.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { type DestinationView, destinationSchema } from '../projects/destinations.schema.ts'
import {
  endReasons,
  type LiveEventRow,
  recordingStatuses,
  type StreamRow,
  streamSources,
  streamStatuses,
} from './streams.table.ts'

export const streamParams = z.object({ id: z.uuid() })

export const listStreamsQuery = pageQuery.extend({ status: z.enum(streamStatuses).optional() })
export type ListStreams = z.infer<typeof listStreamsQuery>

export const listStreamEventsQuery = pageQuery
export type ListStreamEvents = z.infer<typeof listStreamEventsQuery>

export const listRelaysQuery = pageQuery.extend({
  ownerId: z.uuid().optional().describe("Another user's relays: managers and admins only."),
})
export type ListRelays = z.infer<typeof listRelaysQuery>

export const streamSchema = z
  .object({
    id: z.uuid(),
    projectId: z.uuid(),
    ownerId: z.uuid(),
    source: z.enum(streamSources).describe('`external`: another server takes the feed and only tells of it.'),
    status: z.enum(streamStatuses),
    publisherAddress: z.string().nullable(),
    encoder: z.string().nullable(),
    startedAt: z.iso.datetime(),
    lostAt: z.iso.datetime().nullable().describe('Since when there is no publisher.'),
    endedAt: z.iso.datetime().nullable(),
    endReason: z.enum(endReasons).nullable(),
    videoCodec: z.string().nullable(),
    audioCodec: z.string().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    frameRate: z.number().nullable(),
    audioSampleRate: z.int().nullable(),
    audioChannels: z.int().nullable(),
    bitrate: z.int().describe('Bits a second, now.'),
    peakBitrate: z.int().describe('Bits a second, at most.'),
    bytesReceived: z.int(),
    reconnects: z.int().describe('How often the publisher came back.'),
    recording: z.object({
      status: z.enum(recordingStatuses),
      message: z.string().nullable(),
      fileId: z.uuid().nullable(),
      jobId: z.uuid().nullable(),
    }),
    eventsUrl: z.string(),
  })
  .meta({ id: 'Stream' })

export const relaySchema = streamSchema
  .extend({ destinations: z.array(destinationSchema).describe("In the owner's order.") })
  .meta({ id: 'Relay' })

export const liveEventSchema = z
  .object({
    seq: z.int().describe('Numbers the events of a project, from 1 and without gaps.'),
    type: z.string(),
    streamId: z.uuid().nullable(),
    destinationId: z.uuid().nullable(),
    data: z.record(z.string(), z.unknown()),
    at: z.iso.datetime(),
  })
  .meta({ id: 'LiveEvent' })

export const viewStream = (row: StreamRow) => ({
  id: row.id,
  projectId: row.projectId,
  ownerId: row.ownerId,
  source: row.source,
  status: row.status,
  publisherAddress: row.publisherAddress,
  encoder: row.encoder,
  startedAt: row.startedAt.toISOString(),
  lostAt: row.lostAt?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
  endReason: row.endReason,
  videoCodec: row.videoCodec,
  audioCodec: row.audioCodec,
  width: row.width,
  height: row.height,
  frameRate: row.frameRate,
  audioSampleRate: row.audioSampleRate,
  audioChannels: row.audioChannels,
  bitrate: row.bitrate,
  peakBitrate: row.peakBitrate,
  bytesReceived: row.bytesReceived,
  reconnects: row.reconnects,
  recording: {
    status: row.recordingStatus,
    message: row.recordingMessage,
    fileId: row.recordingFileId,
    jobId: row.recordingJobId,
  },
  eventsUrl: `/v1/streams/${row.id}/events`,
})

/** @param destinations of this stream's project */
export const viewRelay = (row: StreamRow, destinations: DestinationView[]) => ({
  ...viewStream(row),
  destinations,
})

export const viewLiveEvent = ({ seq, type, streamId, destinationId, data, createdAt }: LiveEventRow) => ({
  seq,
  type,
  streamId,
  destinationId,
  data,
  at: createdAt.toISOString(),
})

const seqText = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)

export const writeSeqCursor = (seq: number): string => Buffer.from(String(seq)).toString('base64url')

/** The number after which a page of events starts. */
export const readSeqCursor = (cursor: string | undefined): number => {
  if (cursor === undefined) return 0
  const seq = seqText.safeParse(Buffer.from(cursor, 'base64url').toString())
  if (!seq.success) throw invalidField('cursor', 'invalid_cursor', 'This cursor was not made by this list.')
  return seq.data
}
