import { sql } from 'drizzle-orm'
import type { Db, Tx } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/events/notifications.ts'
import {
  type DestinationStateChange,
  type DestinationStats,
  lockLiveProject,
  setDestinationState,
  setDestinationStats,
} from '../projects/live-project.ts'
import { type EndDeps, endStream } from './end-stream.ts'
import { appendEvents, eventChannel, type NewLiveEvent } from './live-events.ts'
import {
  lockOwnStream,
  type OpenStream,
  type StreamCounts,
  setStreamCounts,
  updateStream,
} from './streams.repository.ts'
import type { EndReason, StreamRow } from './streams.table.ts'

export type StreamDeps = EndDeps & { db: Db; notifications: Notifications }

export type StreamMedia = Pick<
  StreamRow,
  'videoCodec' | 'audioCodec' | 'width' | 'height' | 'frameRate' | 'audioSampleRate' | 'audioChannels'
>

/** What a live process tells of its stream. `at` is by its own clock; what is stored is database time. */
export type LiveChange = { at: Date } & (
  | { kind: 'publisher-lost'; reason: string }
  | { kind: 'media'; media: Partial<StreamMedia> }
  | {
      kind: 'destination'
      destinationId: string
      name: string
      state: DestinationStateChange['state']
      code?: string | undefined
      message?: string | undefined
    }
  | { kind: 'recording'; status: 'recording' | 'stopped' | 'failed'; message?: string | undefined }
  /** @property hasRecording whether there is something to make a file of */
  | { kind: 'ended'; reason: EndReason; hasRecording?: boolean }
)

const longestMessage = 500

/**
 * Writes what happened to a stream, in order and in one transaction, with its events.
 * @returns false, and nothing is written, when the stream is no longer this process's own
 */
export const recordChanges = async (
  deps: StreamDeps,
  processId: string,
  projectId: string,
  streamId: string,
  changes: LiveChange[],
): Promise<boolean> => {
  const isOwn = await deps.db.transaction(async (tx) => {
    if ((await lockLiveProject(tx, projectId)) === undefined) return false
    const own = await lockOwnStream(tx, { streamId, projectId, processId })
    if (own === undefined) return false
    await appendEvents(tx, own.stream, await writeChanges(deps, tx, own, changes))
    return true
  })
  if (isOwn) deps.notifications.notify(eventChannel, projectId)
  return isOwn
}

const writeChanges = async (deps: EndDeps, tx: Tx, own: OpenStream, changes: LiveChange[]) => {
  const told = Date.now()
  const events: NewLiveEvent[] = []
  let { stream } = own
  for (const change of changes) {
    // How long ago it was is the same by every clock.
    const at = new Date(own.now.getTime() - Math.max(0, told - change.at.getTime()))
    if (change.kind === 'ended') return [...events, ...(await endStream(deps, tx, stream, { ...change, at }))]
    const written = await writeChange(tx, stream, { ...change, at })
    stream = written.stream
    events.push(...written.events)
  }
  return events
}

type Written = { stream: StreamRow; events: NewLiveEvent[] }

const writeChange = async (
  tx: Tx,
  stream: StreamRow,
  change: Exclude<LiveChange, { kind: 'ended' }>,
): Promise<Written> => {
  const about = { streamId: stream.id, at: change.at }
  switch (change.kind) {
    case 'publisher-lost': {
      if (stream.status !== 'live') return { stream, events: [] }
      const lost = { status: 'reconnecting', lostAt: change.at, bitrate: 0, updatedAt: change.at } as const
      const data = { status: 'reconnecting', message: shorten(change.reason) }
      return {
        stream: await updateStream(tx, stream.id, lost),
        events: [{ ...about, type: 'stream.reconnecting', data }],
      }
    }
    case 'media':
      return {
        stream: await updateStream(tx, stream.id, { ...change.media, updatedAt: change.at }),
        events: [],
      }
    case 'recording':
      return writeRecording(tx, stream, change)
    case 'destination':
      return { stream, events: await writeDestination(tx, stream, change) }
  }
}

const writeRecording = async (
  tx: Tx,
  stream: StreamRow,
  { status, message, at }: Extract<LiveChange, { kind: 'recording' }>,
): Promise<Written> => {
  const recordingMessage = shorten(message) ?? null
  const changed = { recordingStatus: status, recordingMessage, updatedAt: at }
  const data = { status, message: recordingMessage }
  const type = status === 'recording' ? 'started' : status
  return {
    stream: await updateStream(tx, stream.id, changed),
    events: [{ type: `recording.${type}`, streamId: stream.id, data, at }],
  }
}

const writeDestination = async (
  tx: Tx,
  { id: streamId, projectId }: StreamRow,
  change: Extract<LiveChange, { kind: 'destination' }>,
): Promise<NewLiveEvent[]> => {
  const { destinationId, name, state, code, at } = change
  const message = shorten(change.message)
  // Its owner may have removed it meanwhile.
  const isThere = await setDestinationState(tx, { destinationId, projectId, state, code, message, at })
  const data = { name, state, code: code ?? null, message: message ?? null }
  return isThere ? [{ type: `destination.${state}`, streamId, destinationId, data, at }] : []
}

const shorten = (message: string | undefined) => message?.slice(0, longestMessage)

export type LiveStats = StreamCounts & { destinations: DestinationStats[] }

/** Shorter than `deadlock_timeout` (1 s): when its project is being deleted, it is this that gives way. */
const statsLockTimeout = '500ms'

/**
 * Writes the counts of any number of streams and their destinations, whole numbers all. Streams that are no longer this
 * process's own are left alone.
 * @returns their ids
 */
export const writeStats = async (db: Db, processId: string, stats: LiveStats[]): Promise<string[]> => {
  if (stats.length === 0) return []
  const own = await db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('lock_timeout', ${statsLockTimeout}, true)`)
    const ids = new Set(await setStreamCounts(tx, processId, stats))
    const counted = stats.filter(({ streamId }) => ids.has(streamId))
    await setDestinationStats(
      tx,
      counted.flatMap(({ destinations }) => destinations),
    )
    return ids
  })
  return stats.map(({ streamId }) => streamId).filter((id) => !own.has(id))
}
