import { and, asc, desc, eq, gt, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { type Db, onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import { processSeenAt } from './live-processes.ts'
import { type LiveEventRow, liveEvents, type StreamRow, type StreamStatus, streams } from './streams.table.ts'

export type StreamFilter = {
  projectId?: string | undefined
  ownerId?: string | undefined
  status?: StreamStatus | undefined
  /** Only those that have not ended. */
  open?: true
}

/** A stream that has not ended, locked until the transaction ends. Its instants are all in database time. */
export type OpenStream = {
  stream: StreamRow
  /** Null when its process ended in order, and for none. */
  processSeenAt: Date | null
  now: Date
}

const isOpen = isNull(streams.endedAt)
const matches = ({ projectId, ownerId, status, open }: StreamFilter) =>
  and(
    projectId === undefined ? undefined : eq(streams.projectId, projectId),
    ownerId === undefined ? undefined : eq(streams.ownerId, ownerId),
    status === undefined ? undefined : eq(streams.status, status),
    open === undefined ? undefined : isOpen,
  )

export const findStream = async (db: ReadDb, id: string): Promise<StreamRow | undefined> => {
  const [row] = await db.select().from(streams).where(eq(streams.id, id))
  return row
}

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listStreams = (
  db: ReadDb,
  filter: StreamFilter,
  before: string | undefined,
  limit: number,
): Promise<StreamRow[]> =>
  db
    .select()
    .from(streams)
    .where(and(matches(filter), before === undefined ? undefined : lt(streams.id, before)))
    .orderBy(desc(streams.id))
    .limit(limit + 1)

export const countStreams = (db: ReadDb, filter: StreamFilter): Promise<number> =>
  db.$count(streams, matches(filter))

/** Oldest first, one more than `limit`. */
export const listStreamEvents = (
  db: ReadDb,
  streamId: string,
  after: number,
  limit: number,
): Promise<LiveEventRow[]> =>
  db
    .select()
    .from(liveEvents)
    .where(and(eq(liveEvents.streamId, streamId), gt(liveEvents.seq, after)))
    .orderBy(asc(liveEvents.seq))
    .limit(limit + 1)

export const countStreamEvents = (db: ReadDb, streamId: string): Promise<number> =>
  db.$count(liveEvents, eq(liveEvents.streamId, streamId))

/** Which streams are as `condition` says, some at a time. */
export const listOpenStreamsThat = (
  db: Db,
  condition: SQL,
  limit: number,
): Promise<Pick<StreamRow, 'id' | 'projectId'>[]> =>
  db
    .select({ id: streams.id, projectId: streams.projectId })
    .from(streams)
    .where(and(isOpen, condition))
    .orderBy(asc(streams.id))
    .limit(limit)

const lockStream = async (tx: Tx, condition: SQL | undefined): Promise<OpenStream | undefined> => {
  const [found] = await tx
    .select({
      stream: streams,
      processSeenAt: sql<Date | null>`${processSeenAt(streams.processId)}`.mapWith(streams.lostAt),
      now: sql<Date>`statement_timestamp()`.mapWith(streams.startedAt),
    })
    .from(streams)
    .where(and(isOpen, condition))
    .for('update')
  return found
}

/** The stream of a project that has not ended. The caller has locked the project. */
export const lockOpenStream = (tx: Tx, projectId: string): Promise<OpenStream | undefined> =>
  lockStream(tx, eq(streams.projectId, projectId))

/** The same, if it is as `condition` says. */
export const lockStreamThat = (tx: Tx, id: string, condition: SQL): Promise<OpenStream | undefined> =>
  lockStream(tx, and(eq(streams.id, id), condition))

/** The same, if it belongs to this process. */
export const lockOwnStream = (
  tx: Tx,
  { streamId, projectId, processId }: { streamId: string; projectId: string; processId: string },
): Promise<OpenStream | undefined> =>
  lockStream(
    tx,
    and(eq(streams.id, streamId), eq(streams.projectId, projectId), eq(streams.processId, processId)),
  )

/**
 * Whether a server in front tells from time to time that the publisher of its stream is there, which it need not. The
 * claim sets `updated_at` when it writes its event; only what that server tells sets it later.
 */
export const hearsUpdates = sql`coalesce(${streams.updatedAt} > interval '1 second' + (
  select max(event.created_at) from ${liveEvents} event
  where event.stream_id = ${streams.id} and event.type = 'stream.live'), false)`

/** Whether a stream is as `condition` says. */
export const isStreamThat = async (db: ReadDb, id: string, condition: SQL): Promise<boolean> =>
  (await db.$count(streams, and(eq(streams.id, id), condition))) === 1

/** How many streams of an owner have not ended; nobody else counts or adds until the transaction ends. */
export const countOpenStreams = async (tx: Tx, ownerId: string): Promise<number> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`streams of ${ownerId}`}, 0))`)
  return tx.$count(streams, matches({ ownerId, open: true }))
}

const statementTime = sql`statement_timestamp()`

/** Adds a stream that begins now: not when the transaction did, which may have waited for the end of another. */
export const insertStream = async (
  tx: Tx,
  row: Omit<typeof streams.$inferInsert, 'startedAt' | 'updatedAt'>,
): Promise<StreamRow> =>
  onlyRow(
    await tx
      .insert(streams)
      .values({ ...row, startedAt: statementTime, updatedAt: statementTime })
      .returning(),
  )

export type StreamChanges = Partial<Omit<StreamRow, 'id' | 'projectId' | 'ownerId' | 'startedAt'>>

/** Changes a stream that the transaction has locked. `updatedAt` is database time, as everything here. */
export const updateStream = async (
  tx: Tx,
  id: string,
  changes: StreamChanges & { updatedAt: Date },
): Promise<StreamRow> => onlyRow(await tx.update(streams).set(changes).where(eq(streams.id, id)).returning())

export type StreamCounts = {
  streamId: string
  /** Bits a second. */
  bitrate: number
  /** Since the stream began. */
  bytesReceived: number
}

/** Writes counts of streams that belong to a process. Returns the ids of those that do. */
export const setStreamCounts = async (
  tx: Tx,
  processId: string,
  counts: StreamCounts[],
): Promise<string[]> => {
  const column = (name: keyof StreamCounts) => sql`${sql.param(counts.map((row) => row[name]))}`
  const { rows } = await tx.execute<{ id: string }>(sql`
    update ${streams} set bytes_received = seen.bytes_received, updated_at = now(),
      bitrate = case when status = 'live' then seen.bitrate else 0 end,
      peak_bitrate = greatest(peak_bitrate, seen.bitrate)
    from unnest(${column('streamId')}::uuid[], ${column('bitrate')}::integer[],
      ${column('bytesReceived')}::bigint[]) as seen (id, bitrate, bytes_received)
    where streams.id = seen.id and process_id = ${processId} and ended_at is null
    returning streams.id`)
  return rows.map(({ id }) => id)
}
