import { asc, eq, type SQL, sql } from 'drizzle-orm'
import { openText } from '../../platform/config/sealed-text.ts'
import type { Executor, ReadDb, Tx } from '../../platform/database/database.ts'
import { findActiveUser } from '../users/users.service.ts'
import type { LiveKeys } from './live-keys.ts'
import { type DestinationState, destinations, projects } from './projects.table.ts'
import { hashStreamKey, isStreamKey } from './stream-key.ts'

/** Tells the id of a project that was changed, or whose destinations were, once the change is committed. */
export const projectChannel = 'backlot_projects'

export type LiveProject = {
  id: string
  ownerId: string
  name: string
  /** How long a stream whose publisher is gone waits for it. */
  reconnectWindowSeconds: number
  record: boolean
  preview: boolean
}

export type RelayTarget = {
  id: string
  name: string
  /** `rtmp://` or `rtmps://`, host, perhaps a port, and the application. */
  url: string
  streamKey: string
  enabled: boolean
  /** Grows when the relay must begin anew: another address, another key, or its owner wants to try again. */
  revision: number
  position: number
}

const liveProject = {
  id: projects.id,
  ownerId: projects.ownerId,
  name: projects.name,
  reconnectWindowSeconds: projects.reconnectWindowSeconds,
  record: projects.record,
  preview: projects.preview,
}

/** The project that a publisher means, if its owner may sign in. */
export const findProjectByStreamKey = async (
  executor: Executor,
  keys: Pick<LiveKeys, 'streamKeyHash'>,
  streamKey: string,
): Promise<LiveProject | undefined> => {
  if (!isStreamKey(streamKey)) return undefined
  const hash = hashStreamKey(keys.streamKeyHash, streamKey)
  const [project] = await executor.select(liveProject).from(projects).where(eq(projects.streamKeyHash, hash))
  if (project === undefined) return undefined
  return (await findActiveUser(executor, project.ownerId)) === undefined ? undefined : project
}

export const findLiveProject = async (executor: ReadDb, id: string): Promise<LiveProject | undefined> => {
  const [project] = await executor.select(liveProject).from(projects).where(eq(projects.id, id))
  return project
}

/**
 * The project, and nobody changes it, its destinations or its live stream until the transaction ends. Whoever locks
 * several rows of a project's locks this one first, then its stream, then its destinations.
 */
export const lockLiveProject = async (tx: Tx, id: string): Promise<LiveProject | undefined> => {
  const [project] = await tx
    .select(liveProject)
    .from(projects)
    .where(eq(projects.id, id))
    .for('no key update')
  return project
}

/** Everywhere that a project's feed goes, in the owner's order, the disabled ones too. */
export const readRelayTargets = async (
  executor: ReadDb,
  { destinationKey }: Pick<LiveKeys, 'destinationKey'>,
  projectId: string,
): Promise<RelayTarget[]> => {
  const rows = await executor
    .select()
    .from(destinations)
    .where(eq(destinations.projectId, projectId))
    .orderBy(asc(destinations.position), asc(destinations.id))
  return rows.map(({ id, name, url, sealedStreamKey, enabled, revision, position }) => ({
    ...{ id, name, url, enabled, revision, position },
    streamKey: openText(destinationKey, sealedStreamKey, id),
  }))
}

export type DestinationStateChange = {
  destinationId: string
  projectId: string
  state: DestinationState
  code?: string | undefined
  message?: string | undefined
  at: Date
}

/** A destination that its owner does not want is never idle, it is stopped. */
const whenResting = (state: SQL | DestinationState) =>
  sql`case when ${state}::text = 'idle' and not enabled then 'stopped' else ${state}::text end`

/** Writes what was observed of a destination. @returns false when the project has no such destination */
export const setDestinationState = async (
  tx: Executor,
  { destinationId, projectId, state, code, message, at }: DestinationStateChange,
): Promise<boolean> => {
  const { rowCount } = await tx.execute(sql`
    update ${destinations} set state = ${whenResting(state)}, state_code = ${code ?? null},
      state_message = ${message ?? null}, state_changed_at = ${at.toISOString()},
      bitrate = case when ${state}::text = 'broadcasting' then bitrate else 0 end
    where id = ${destinationId} and project_id = ${projectId}`)
  return rowCount === 1
}

export type DestinationStats = {
  destinationId: string
  /** Since its stream began. */
  bytesSent: number
  /** Bits a second. */
  bitrate: number
  droppedMessages: number
}

/** Writes the counts of any number of destinations in one statement. */
export const setDestinationStats = async (executor: Executor, stats: DestinationStats[]): Promise<void> => {
  if (stats.length === 0) return
  const column = (name: keyof DestinationStats) => sql`${sql.param(stats.map((row) => row[name]))}`
  await executor.execute(sql`
    update ${destinations} set bytes_sent = seen.bytes_sent, bitrate = seen.bitrate,
      dropped_messages = seen.dropped_messages
    from unnest(${column('destinationId')}::uuid[], ${column('bytesSent')}::bigint[],
      ${column('bitrate')}::integer[], ${column('droppedMessages')}::bigint[])
      as seen (id, bytes_sent, bitrate, dropped_messages)
    where destinations.id = seen.id`)
}

/** The stream is over: what was wanted is idle, the rest stopped, and old failures are forgotten. */
export const restDestinations = async (tx: Tx, projectId: string): Promise<void> => {
  await tx.execute(sql`
    update ${destinations} set state = ${whenResting('idle')}, state_code = null, state_message = null,
      state_changed_at = now(), bitrate = 0
    where project_id = ${projectId} and state <> ${whenResting('idle')}`)
}

/**
 * Takes the next `by` numbers for events of a project, and locks the project until the transaction ends.
 * @returns the first of them; undefined when the project is gone
 */
export const advanceEventSeq = async (tx: Tx, projectId: string, by: number): Promise<number | undefined> => {
  const [project] = await tx
    .update(projects)
    .set({ eventSeq: sql`${projects.eventSeq} + ${by}`, updatedAt: sql`${projects.updatedAt}` })
    .where(eq(projects.id, projectId))
    .returning({ last: projects.eventSeq })
  return project === undefined ? undefined : project.last - by + 1
}

/** Names the stream that has not ended, or says that there is none. @returns false when the project is gone */
export const setLiveStream = async (tx: Tx, projectId: string, streamId: string | null): Promise<boolean> => {
  const { rowCount } = await tx
    .update(projects)
    .set({ liveStreamId: streamId, updatedAt: sql`${projects.updatedAt}` })
    .where(eq(projects.id, projectId))
  return rowCount === 1
}

/** The number of the newest event of each project; projects that are no more are missing. */
export const readEventSeqs = async (executor: ReadDb, ids: string[]): Promise<Map<string, number>> => {
  const rows = await executor
    .select({ id: projects.id, eventSeq: projects.eventSeq })
    .from(projects)
    .where(sql`${projects.id} = any(${sql.param(ids)}::uuid[])`)
  return new Map(rows.map(({ id, eventSeq }) => [id, eventSeq]))
}
