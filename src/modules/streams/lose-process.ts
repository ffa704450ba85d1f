import type { Tx } from '../../platform/database/database.ts'
import { showDestinationsOf } from '../projects/destinations.service.ts'
import { setDestinationState } from '../projects/live-project.ts'
import type { NewLiveEvent } from './live-events.ts'
import { processLostAfterMs } from './live-processes.ts'
import { type OpenStream, updateStream } from './streams.repository.ts'

const code = 'LIVE_PROCESS_LOST'
const message = 'The live process is gone.'

/**
 * Since when a live stream's process is not seen; undefined when it is alive, and when there is none to see because
 * another server has the publisher.
 */
export const processLostSince = ({ stream, processSeenAt, now }: OpenStream): Date | undefined => {
  if (stream.source === 'external') return undefined
  if (processSeenAt === null) return now
  return now.getTime() - processSeenAt.getTime() > processLostAfterMs ? processSeenAt : undefined
}

/**
 * Takes a live stream away from its process, so that it may write nothing more: the stream waits for its publisher, and
 * what was sent to destinations is not.
 * @returns the events to append
 */
export const loseProcess = async (
  tx: Tx,
  { stream, now }: OpenStream,
  since: Date,
): Promise<NewLiveEvent[]> => {
  const { id, projectId } = stream
  await updateStream(tx, id, {
    ...{ status: 'reconnecting', lostAt: since, processId: null, bitrate: 0, updatedAt: now },
  })
  const data = { status: 'reconnecting', code, message }
  const events: NewLiveEvent[] = [{ type: 'stream.reconnecting', streamId: id, data, at: now }]
  const destinations = await showDestinationsOf(tx, [projectId])
  for (const { id: destinationId, name, state } of destinations) {
    if (state !== 'connecting' && state !== 'broadcasting') continue
    const change = { destinationId, projectId, code, message, state: 'reconnecting' as const, at: now }
    await setDestinationState(tx, change)
    const data = { name, state: 'reconnecting', code, message }
    events.push({ type: 'destination.reconnecting', streamId: id, destinationId, data, at: now })
  }
  return events
}
