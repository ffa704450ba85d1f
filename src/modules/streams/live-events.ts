import { and, asc, eq, gt } from 'drizzle-orm'
import type { Db, ReadDb, Tx } from '../../platform/database/database.ts'
import { Hints } from '../../platform/events/hints.ts'
import type { Notifications } from '../../platform/events/notifications.ts'
import { advanceEventSeq, type DestinationStateChange, findLiveProject } from '../projects/live-project.ts'
import { publishEvent } from '../webhooks/publish-event.ts'
import { type LiveEventRow, liveEvents, type StreamStatus } from './streams.table.ts'

/** Tells the id of a project that has new events, once they are committed. */
export const eventChannel = 'backlot_live_events'

const pageSize = 200
/** Hints can be lost; the table is read again after this long without one. */
const rereadAfterMs = 3_000

export type LiveEventType =
  | `stream.${StreamStatus}`
  | `destination.${DestinationStateChange['state']}`
  | `recording.${'started' | 'stopped' | 'failed' | 'processing' | 'ready'}`

export type NewLiveEvent = {
  type: LiveEventType
  streamId?: string | undefined
  destinationId?: string | undefined
  /** What there is to tell besides the ids. */
  data: Record<string, unknown>
  at: Date
}

/**
 * Appends events to those of a project, numbered on without gaps, and hands them to its owner's webhooks. Whoever calls
 * notifies `eventChannel` after the commit. Does nothing when the project is gone.
 */
export const appendEvents = async (
  tx: Tx,
  { projectId, ownerId }: { projectId: string; ownerId: string },
  events: NewLiveEvent[],
): Promise<void> => {
  if (events.length === 0) return
  const first = await advanceEventSeq(tx, projectId, events.length)
  if (first === undefined) return
  const rows = events.map(({ type, streamId, destinationId, data, at }, index) => ({
    ...{ projectId, streamId, destinationId, type },
    seq: first + index,
    data: { projectId, streamId, destinationId, ...data },
    createdAt: at,
  }))
  await tx.insert(liveEvents).values(rows)
  for (const { type, data, createdAt } of rows) {
    await publishEvent(tx, { type, ownerId, projectId, data, occurredAt: createdAt })
  }
}

/** The events of a project after number `after`, oldest first, a page at a time. */
export const listLiveEvents = (db: ReadDb, projectId: string, after: number): Promise<LiveEventRow[]> =>
  db
    .select()
    .from(liveEvents)
    .where(and(eq(liveEvents.projectId, projectId), gt(liveEvents.seq, after)))
    .orderBy(asc(liveEvents.seq))
    .limit(pageSize)

/**
 * Yields the events of a project after number `after`, those to come included, and `undefined` after each silence of
 * `rereadAfterMs`. Returns when the project is gone, or when `signal` aborts.
 */
export async function* followLiveEvents(
  { db, notifications }: { db: Db; notifications: Notifications },
  projectId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<LiveEventRow | undefined> {
  let seq = after
  // Subscribed before the first read: what happens in between is not missed.
  const hints = new Hints(notifications, eventChannel, projectId, signal)
  try {
    while (!signal.aborted) {
      const page = await listLiveEvents(db, projectId, seq)
      for (const event of page) {
        seq = event.seq
        yield event
      }
      if (page.length === pageSize) continue
      if (page.length === 0 && (await findLiveProject(db, projectId)) === undefined) return
      if (!(await hints.next(rereadAfterMs))) yield undefined
    }
  } finally {
    hints.close()
  }
}
