import { type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../platform/database/database.ts'
import { lockLiveProject } from '../projects/live-project.ts'
import { reconnectWindowOf } from '../projects/reconnect-window.ts'
import { endStream } from './end-stream.ts'
import { appendEvents, eventChannel, type NewLiveEvent } from './live-events.ts'
import { isProcessAlive } from './live-processes.ts'
import { loseProcess, processLostSince } from './lose-process.ts'
import type { StreamDeps } from './stream-journal.ts'
import { hearsUpdates, listOpenStreamsThat, lockStreamThat, type OpenStream } from './streams.repository.ts'
import { liveEvents, type StreamRow, streams } from './streams.table.ts'

const batch = 100

const isAlive = isProcessAlive(streams.processId)

/** Its publisher was connected to a process that nobody sees any more. */
const isAbandoned = sql`${streams.source} = 'rtmp' and ${streams.status} = 'live' and not ${isAlive}`

/** Long enough for every live process to be seen again, once the database can be asked. */
const surveyMs = 2_000
/** Looks that are further apart than this had something between them that kept this process from looking. */
const longestPauseMs = 2_500

/**
 * `noticeLostProcesses` for who looks again and again. After a time in which he could not look, as when the database was
 * away from all, he watches for a while before he says of any process that it is gone.
 */
export const createLostProcessWatch = (deps: StreamDeps): (() => Promise<number>) => {
  let watchingSinceMs = Number.NEGATIVE_INFINITY
  let lookedAtMs = Number.NEGATIVE_INFINITY
  return async () => {
    const nowMs = performance.now()
    const isFirst = nowMs - lookedAtMs > longestPauseMs
    const isSurveying = isFirst || nowMs - watchingSinceMs < surveyMs
    if (isSurveying) await deps.db.execute(sql`select 1`)
    const lost = isSurveying ? 0 : await noticeLostProcesses(deps)
    lookedAtMs = performance.now()
    if (isFirst) watchingSinceMs = lookedAtMs
    return lost
  }
}

/** Finds streams whose live process is gone: they wait for their publisher from then on. Returns how many. */
export const noticeLostProcesses = (deps: StreamDeps): Promise<number> =>
  changeEach(deps, isAbandoned, async (tx, open) => loseProcess(tx, open, processLostSince(open) ?? open.now))

/** For the process itself to end the stream, which knows more about it. */
const graceSeconds = 10

/** Nobody came back to publish. */
const isPastWindow = sql`${streams.status} = 'reconnecting'
  and ${streams.lostAt} + ${reconnectWindowOf(streams.projectId)}
    + case when ${isAlive} then ${graceSeconds} else 0 end * interval '1 second' <= statement_timestamp()`

const isSilent = sql`${streams.source} = 'external' and ${streams.status} = 'live'
  and ${streams.updatedAt} + case when ${hearsUpdates} then interval '90 seconds' else interval '24 hours' end
    <= statement_timestamp()`

/** Ends streams whose publisher stayed away for too long. Returns how many. */
export const endOverdueStreams = (deps: StreamDeps): Promise<number> =>
  changeEach(deps, sql`((${isPastWindow}) or (${isSilent}))`, (tx, { stream, now }) => {
    const reason = stream.status === 'live' ? 'server-silent' : 'publisher-lost'
    return endStream(deps, tx, stream, { at: now, reason })
  })

/**
 * Changes streams that are as `condition` says, each in a transaction of its own, which makes sure of it again: any number
 * of processes may do this at once. One that fails does not keep the others from their turn.
 */
const changeEach = async (
  deps: StreamDeps,
  condition: SQL,
  change: (tx: Tx, open: OpenStream) => Promise<NewLiveEvent[]>,
): Promise<number> => {
  let changed = 0
  const errors: unknown[] = []
  for (const found of await listOpenStreamsThat(deps.db, condition, batch)) {
    try {
      if (await changeOne(deps, found, condition, change)) changed += 1
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} streams could not be changed`)
  return changed
}

const changeOne = async (
  { db, notifications }: StreamDeps,
  { id, projectId }: Pick<StreamRow, 'id' | 'projectId'>,
  condition: SQL,
  change: (tx: Tx, open: OpenStream) => Promise<NewLiveEvent[]>,
): Promise<boolean> => {
  const isChanged = await db.transaction(async (tx) => {
    if ((await lockLiveProject(tx, projectId)) === undefined) return false
    const open = await lockStreamThat(tx, id, condition)
    if (open === undefined) return false
    await appendEvents(tx, open.stream, await change(tx, open))
    return true
  })
  if (isChanged) notifications.notify(eventChannel, projectId)
  return isChanged
}

/** Removes streams that ended, and events that happened, more than so many days ago. Returns how many. */
export const deleteOldLiveHistory = async (db: Db, days: number, limit: number): Promise<number> => {
  const old = sql`now() - ${days} * interval '1 day'`
  const ended = await db.execute(sql`
    delete from ${streams} where id in (
      select id from ${streams} where ended_at < ${old} limit ${limit} for update skip locked)`)
  const told = await db.execute(sql`
    delete from ${liveEvents} where (project_id, seq) in (
      select project_id, seq from ${liveEvents} where created_at < ${old} order by created_at limit ${limit}
      for update skip locked)`)
  return (ended.rowCount ?? 0) + (told.rowCount ?? 0)
}
