import type { Tx } from '../../platform/database/database.ts'
import { endStream } from './end-stream.ts'
import { appendEvents } from './live-events.ts'
import { lockOpenStream } from './streams.repository.ts'

/**
 * Ends the stream of a project that the transaction has locked and is about to delete, so that its owner's webhooks hear of
 * it. What was recorded and is no file yet goes with the project.
 */
export const endStreamOfDeleted = async (tx: Tx, projectId: string): Promise<void> => {
  const open = await lockOpenStream(tx, projectId)
  if (open === undefined) return
  const end = { at: open.now, reason: 'project-deleted' } as const
  const events = await endStream({ onEnded: async () => undefined }, tx, open.stream, end)
  await appendEvents(
    tx,
    open.stream,
    events.filter(({ type }) => type === 'stream.ended'),
  )
}
