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
    const open = await lockExternalStream(deps, tx, streamKey)
    if (open === undefined) return undefined
    const end = { at: open.now, reason: 'The publisher ended the stream.' }
    await appendEvents(tx, open.stream, await endStream(deps, tx, open.stream, end))
    return open.stream.projectId
  })
  if (projectId !== undefined) deps.notifications.notify(eventChannel, projectId)
}

/**
 * Notes that another server's publisher is still there.
 * @returns false when its stream has ended, or our own ingest has it
 * @throws 404 `STREAM_KEY_UNKNOWN`
 */
export const keepExternalStream = (deps: ClaimDeps, streamKey: string): Promise<boolean> =>
  deps.db.transaction(async (tx) => {
    const open = await lockExternalStream(deps, tx, streamKey)
    if (open !== undefined) await updateStream(tx, open.stream.id, { updatedAt: open.now })
    return open !== undefined
  })

const lockExternalStream = async (
  { keys }: ClaimDeps,
  tx: Tx,
  streamKey: string,
): Promise<OpenStream | undefined> => {
  const found = await findProjectByStreamKey(tx, keys, streamKey)
  const project = found && (await lockLiveProject(tx, found.id))
  if (project === undefined) throw unknownStreamKey()
  const open = await lockOpenStream(tx, project.id)
  return open?.stream.source === 'external' ? open : undefined
}
