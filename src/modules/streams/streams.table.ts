import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant, updatedAtColumn } from '../../platform/database/columns.ts'

export const streamStatuses = ['live', 'reconnecting', 'ended'] as const
export type StreamStatus = (typeof streamStatuses)[number]
export const streamSources = ['rtmp', 'external'] as const
/**
 * `stopped`: there is a recording, and it does not go on. `failed`: there is none, or no file could be made of it.
 */
export const recordingStatuses = ['off', 'recording', 'stopped', 'processing', 'ready', 'failed'] as const
/** `publisher-lost`: nobody came back within the window. `server-silent`: a server in front tells nothing more. */
export const endReasons = ['unpublished', 'publisher-lost', 'server-silent', 'project-deleted'] as const
export type EndReason = (typeof endReasons)[number]

const bigCount = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0)

/** Live sessions. One that has not ended belongs to the live process that holds its publisher. */
export const streams = pgTable(
  'streams',
  {
    id: idColumn(),
    projectId: uuid('project_id').notNull(),
    ownerId: uuid('owner_id').notNull(),
    /** `external`: a server in front takes the media and only tells of it. */
    source: text('source', { enum: streamSources }).notNull(),
    status: text('status', { enum: streamStatuses }).notNull().default('live'),
    /** The live process that may write this row. */
    processId: uuid('process_id'),
    publisherAddress: text('publisher_address'),
    encoder: text('encoder'),
    startedAt: instant('started_at').notNull().defaultNow(),
    /** Since when there is no publisher. */
    lostAt: instant('lost_at'),
    endedAt: instant('ended_at'),
    endReason: text('end_reason', { enum: endReasons }),
    videoCodec: text('video_codec'),
    audioCodec: text('audio_codec'),
    width: integer('width'),
    height: integer('height'),
    frameRate: real('frame_rate'),
    audioSampleRate: integer('audio_sample_rate'),
    audioChannels: integer('audio_channels'),
    /** Bits a second, now and at most. */
    bitrate: integer('bitrate').notNull().default(0),
    peakBitrate: integer('peak_bitrate').notNull().default(0),
    bytesReceived: bigCount('bytes_received'),
    reconnects: integer('reconnects').notNull().default(0),
    recordingStatus: text('recording_status', { enum: recordingStatuses }).notNull().default('off'),
    recordingMessage: text('recording_message'),
    recordingFileId: uuid('recording_file_id'),
    recordingJobId: uuid('recording_job_id'),
    updatedAt: updatedAtColumn(),
  },
  (stream) => [
    uniqueIndex('streams_open').on(stream.projectId).where(sql`${stream.endedAt} is null`),
    index('streams_project').on(stream.projectId, stream.id),
    index('streams_owner_open').on(stream.ownerId, stream.id).where(sql`${stream.endedAt} is null`),
    index('streams_process').on(stream.processId).where(sql`${stream.endedAt} is null`),
  ],
)

/** What happened in a project's live life, numbered from 1 without gaps. */
export const liveEvents = pgTable(
  'live_events',
  {
    projectId: uuid('project_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    streamId: uuid('stream_id'),
    destinationId: uuid('destination_id'),
    type: text('type').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    createdAt: createdAtColumn(),
  },
  (event) => [
    primaryKey({ columns: [event.projectId, event.seq] }),
    index('live_events_stream').on(event.streamId, event.seq),
    index('live_events_created').on(event.createdAt),
  ],
)

/** Live processes, each with the last moment at which it was seen alive, in database time. */
export const liveProcesses = pgTable('live_processes', {
  id: uuid('id').primaryKey(),
  host: text('host').notNull(),
  startedAt: instant('started_at').notNull().defaultNow(),
  seenAt: instant('seen_at').notNull().defaultNow(),
})

export type StreamRow = typeof streams.$inferSelect
export type LiveEventRow = typeof liveEvents.$inferSelect
