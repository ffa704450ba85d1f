import { lockLiveProject } from '../projects/live-project.ts'
import { appendEvents, eventChannel } from './live-events.ts'
import type { StreamDeps } from './stream-journal.ts'
import { lockOpenStream, updateStream } from './streams.repository.ts'

export type Reclaim = { processId: string; projectId: string; streamId: string; hasPublisher: boolean }

/**
 * Gives a stream back to the process that never stopped relaying it, and lost it only because the database could not see it for
 * a while.
 * @returns false when the stream has ended, or is another process's by now
 */
export const reclaimStream = async (
  { db, notifications }: StreamDeps,
  { processId, projectId, streamId, hasPublisher }: Reclaim,
): Promise<boolean> => {
  const isOwn = await db.transaction(async (tx) => {
    if ((await lockLiveProject(tx, projectId)) === undefined) return false
    const { stream, now: at } = (await lockOpenStream(tx, projectId)) ?? {}
    if (stream?.id !== streamId || at === undefined) return false
    if (stream.processId !== null && stream.processId !== processId) return false
    if (stream.processId === processId && (!hasPublisher || stream.status === 'live')) return true
    if (stream.source === 'external') return false
    const back = hasPublisher ? ({ status: 'live', lostAt: null } as const) : {}
    await updateStream(tx, streamId, { processId, ...back, updatedAt: at })
    if (!hasPublisher) return true
    const data = { status: 'live', encoder: stream.encoder, resumed: true }
    await appendEvents(tx, stream, [{ type: 'stream.live', streamId, data, at }])
    return true
  })
  if (isOwn) notifications.notify(eventChannel, projectId)
  return isOwn
}
