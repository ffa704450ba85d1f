import type { Tx } from '../../platform/database/database.ts'
import { findProjectByStreamKey, lockLiveProject } from '../projects/live-project.ts'
import { type ClaimDeps, unknownStreamKey } from './claim-stream.ts'
import { endStream } from './end-stream.ts'
import { appendEvents, eventChannel } from './live-events.ts'
import { lockOpenStream, type OpenStream, updateStream } from './streams.repository.ts'

/**
 * Ends the stream of a publisher that another server had. Nothing happens to one that our own ingest has by now.
 * @throws 404 `STREAM_KEY_UNKNOWN`
 */
export const endExternalStream = async (deps: ClaimDeps, streamKey: string): Promise<void> => {
  const projectId = await deps.db.transaction(async (tx) => {
    const open = await lockStreamOfKey(deps, tx, streamKey)
    if (open?.stream.source !== 'external') return undefined
    const end = { at: open.now, reason: 'unpublished' } as const
    await appendEvents(tx, open.stream, await endStream(deps, tx, open.stream, end))
    return open.stream.projectId
  })
  if (projectId !== undefined) deps.notifications.notify(eventChannel, projectId)
}

/**
 * Notes that another server's publisher is still there, also while that server passes its feed on to our own ingest.
 * @returns false when its stream has ended
 * @throws 404 `STREAM_KEY_UNKNOWN`
 */
export const keepExternalStream = (deps: ClaimDeps, streamKey: string): Promise<boolean> =>
  deps.db.transaction(async (tx) => {
    const open = await lockStreamOfKey(deps, tx, streamKey)
    if (open?.stream.source === 'external') await updateStream(tx, open.stream.id, { updatedAt: open.now })
    return open !== undefined
  })

const lockStreamOfKey = async (
  { keys }: ClaimDeps,
  tx: Tx,
  streamKey: string,
): Promise<OpenStream | undefined> => {
  const found = await findProjectByStreamKey(tx, keys, streamKey)
  const project = found && (await lockLiveProject(tx, found.id))
  if (project === undefined) throw unknownStreamKey()
  return lockOpenStream(tx, project.id)
}
