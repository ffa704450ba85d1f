import type { Tx } from '../../platform/database/database.ts'
import { AppError, conflict } from '../../platform/errors.ts'
import type { LiveKeys } from '../projects/live-keys.ts'
import {
  findProjectByStreamKey,
  type LiveProject,
  lockLiveProject,
  projectChannel,
  type RelayTarget,
  readRelayTargets,
  setDestinationStats,
  setLiveStream,
} from '../projects/live-project.ts'
import { endStream } from './end-stream.ts'
import { appendEvents, eventChannel, type NewLiveEvent } from './live-events.ts'
import { loseProcess, processLostSince } from './lose-process.ts'
import type { StreamDeps } from './stream-journal.ts'
import {
  countOpenStreams,
  hearsUpdates,
  insertStream,
  isStreamThat,
  lockOpenStream,
  type OpenStream,
  updateStream,
} from './streams.repository.ts'
import type { StreamRow } from './streams.table.ts'

export type ClaimDeps = StreamDeps & {
  keys: Pick<LiveKeys, 'streamKeyHash' | 'destinationKey'>
  /** How many streams of one user may be open at the same time. */
  streamsPerUser: number
}

export type StreamClaim = {
  streamKey: string
  /** The live process that holds the publisher; null when another server does, and only tells of it. */
  processId: string | null
  address: string | undefined
  /** What the publisher says that it is. */
  encoder: string | undefined
  /** Whether a publisher may take the place of one that this same process holds. */
  takesOver: boolean
}

export type ClaimedStream = {
  project: LiveProject
  streamId: string
  /** Whether the stream was there before. */
  resumed: boolean
  /** How long ago the stream began. */
  ageMs: number
  /** Where the feed goes. */
  targets: RelayTarget[]
}

const retryAfterSeconds = 10

/**
 * Makes a process, which has said that it is alive, the only one that may write a project's stream: a new one, or the one
 * that waits for its publisher, whose process is gone, or that another server has told of.
 * @throws 404 `STREAM_KEY_UNKNOWN`, 409 `ALREADY_LIVE`, 429 `TOO_MANY_STREAMS`
 */
export const claimStream = async (deps: ClaimDeps, claim: StreamClaim): Promise<ClaimedStream> => {
  const claimed = await deps.db.transaction(async (tx) => {
    const found = await findProjectByStreamKey(tx, deps.keys, claim.streamKey)
    const project = found && (await lockLiveProject(tx, found.id))
    if (project === undefined) throw unknownStreamKey()
    const targets = await readRelayTargets(tx, deps.keys, project.id)
    const { stream, resumed, events } = await takeStream(deps, tx, project, claim)
    if (!resumed) await setDestinationStats(tx, targets.map(nothingSent))
    await appendEvents(tx, stream, events)
    const ageMs = stream.updatedAt.getTime() - stream.startedAt.getTime()
    return { project, streamId: stream.id, resumed, ageMs, targets }
  })
  deps.notifications.notify(eventChannel, claimed.project.id)
  // A process that had the stream lets go of it.
  if (claimed.resumed) deps.notifications.notify(projectChannel, claimed.project.id)
  return claimed
}

export const unknownStreamKey = () =>
  new AppError(404, 'STREAM_KEY_UNKNOWN', 'No project has this stream key.')

const nothingSent = ({ id }: RelayTarget) => ({
  destinationId: id,
  bytesSent: 0,
  bitrate: 0,
  droppedMessages: 0,
})

type Taken = { stream: StreamRow; resumed: boolean; events: NewLiveEvent[] }

const takeStream = async (
  deps: ClaimDeps,
  tx: Tx,
  project: LiveProject,
  claim: StreamClaim,
): Promise<Taken> => {
  const open = await lockOpenStream(tx, project.id)
  const resumed = open !== undefined && !isOver(open, project)
  const events: NewLiveEvent[] = []
  if (open !== undefined && !resumed) {
    const end = { at: open.now, reason: 'publisher-lost' } as const
    events.push(...(await endStream(deps, tx, open.stream, end)))
  }
  if (resumed) events.push(...(await releaseStream(tx, open, claim)))
  const stream = resumed
    ? await resumeStream(tx, open, claim)
    : await beginStream(tx, project, claim, deps.streamsPerUser)
  const data = { status: 'live', project: project.name, encoder: claim.encoder ?? null, resumed }
  events.push({ type: 'stream.live', streamId: stream.id, data, at: stream.updatedAt })
  return { stream, resumed, events }
}

/** Since when there is no publisher, as far as anybody knows. */
const lostSince = (open: OpenStream): Date | undefined =>
  open.stream.status === 'live' ? processLostSince(open) : (open.stream.lostAt ?? open.now)

const isOver = (open: OpenStream, { reconnectWindowSeconds }: LiveProject): boolean => {
  const since = lostSince(open)
  return since !== undefined && since.getTime() + reconnectWindowSeconds * 1_000 < open.now.getTime()
}

/** Makes sure that the stream may have another publisher. @returns the events to append */
const releaseStream = async (tx: Tx, open: OpenStream, claim: StreamClaim): Promise<NewLiveEvent[]> => {
  const { id, status, source, processId } = open.stream
  const since = lostSince(open)
  if (since !== undefined) return status === 'live' ? loseProcess(tx, open, since) : []
  const isOwn = claim.takesOver && processId !== null && processId === claim.processId
  // The server in front asks before it looks whether it has such a publisher. Who is let in and then turned away by it
  // would be told of as the end of the stream.
  const isElsewhere =
    source === 'external' && claim.processId === null && (await isStreamThat(tx, id, hearsUpdates))
  if (isOwn || (source === 'external' && !isElsewhere)) return []
  throw conflict('ALREADY_LIVE', 'This project is live already.')
}

const publisherOf = ({ processId, address, encoder }: StreamClaim) => ({
  source: processId === null ? ('external' as const) : ('rtmp' as const),
  processId,
  publisherAddress: address ?? null,
  encoder: encoder ?? null,
})

const resumeStream = (tx: Tx, { stream, now }: OpenStream, claim: StreamClaim): Promise<StreamRow> =>
  updateStream(tx, stream.id, {
    ...publisherOf(claim),
    ...{ status: 'live', lostAt: null, reconnects: stream.reconnects + 1, updatedAt: now },
  })

const beginStream = async (
  tx: Tx,
  { id: projectId, ownerId }: LiveProject,
  claim: StreamClaim,
  most: number,
): Promise<StreamRow> => {
  if ((await countOpenStreams(tx, ownerId)) >= most) {
    const message = `You have ${most} live streams, as many as anybody can. End one first.`
    throw new AppError(429, 'TOO_MANY_STREAMS', message, { retryAfterSeconds })
  }
  const stream = await insertStream(tx, { projectId, ownerId, ...publisherOf(claim) })
  await setLiveStream(tx, projectId, stream.id)
  return stream
}
