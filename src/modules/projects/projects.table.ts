import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import {
  bytesColumn,
  createdAtColumn,
  idColumn,
  instant,
  updatedAtColumn,
} from '../../platform/database/columns.ts'
import { platformNames } from './platforms.ts'

/** What one feed goes through: one stream key, any number of destinations, one live stream at most. */
export const projects = pgTable(
  'projects',
  {
    id: idColumn(),
    ownerId: uuid('owner_id').notNull(),
    name: text('name').notNull(),
    description: text('description'),
    /** HMAC-SHA256 of the stream key, hex. The key itself is kept nowhere, but sealed in an idempotent answer. */
    streamKeyHash: text('stream_key_hash').notNull().unique(),
    /** The key's last four characters, so that its owner can tell keys apart. */
    streamKeyHint: text('stream_key_hint').notNull(),
    /** How long a stream whose publisher is gone waits for it. */
    reconnectWindowSeconds: integer('reconnect_window_seconds').notNull().default(60),
    record: boolean('record').notNull().default(false),
    preview: boolean('preview').notNull().default(true),
    /** The stream that has not ended. */
    liveStreamId: uuid('live_stream_id'),
    /** The number of the newest event in `live_events`. */
    eventSeq: bigint('event_seq', { mode: 'number' }).notNull().default(0),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
  },
  (project) => [
    index('projects_owner').on(project.ownerId, project.id),
    check('projects_reconnect_window', sql`${project.reconnectWindowSeconds} between 0 and 600`),
  ],
)

export const destinationStates = [
  'idle',
  'connecting',
  'broadcasting',
  'reconnecting',
  'errored',
  'stopped',
] as const
export type DestinationState = (typeof destinationStates)[number]

/** Where a project's feed goes. `enabled` is what the owner wants; `state` is what is so. */
export const destinations = pgTable(
  'destinations',
  {
    id: idColumn(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    platform: text('platform', { enum: platformNames }).notNull(),
    /** `rtmp://` or `rtmps://`, host, port and application, without the key. */
    url: text('url').notNull(),
    /** The key, encrypted, bound to this row's id. */
    sealedStreamKey: bytesColumn('sealed_stream_key').notNull(),
    streamKeyHint: text('stream_key_hint').notNull(),
    position: integer('position').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    /** Grows with every change of address or key, and when the owner asks to try again. */
    revision: integer('revision').notNull().default(1),
    state: text('state', { enum: destinationStates }).notNull().default('idle'),
    stateCode: text('state_code'),
    /** Why it is so, in the far end's own words where it said something. */
    stateMessage: text('state_message'),
    stateChangedAt: instant('state_changed_at').notNull().defaultNow(),
    /** Of the stream that runs, or ran last. */
    bytesSent: bigint('bytes_sent', { mode: 'number' }).notNull().default(0),
    bitrate: integer('bitrate').notNull().default(0),
    droppedMessages: bigint('dropped_messages', { mode: 'number' }).notNull().default(0),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
  },
  (destination) => [
    index('destinations_project').on(destination.projectId, destination.position, destination.id),
  ],
)

export type ProjectRow = typeof projects.$inferSelect
export type DestinationRow = typeof destinations.$inferSelect
