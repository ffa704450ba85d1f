import { createLostProcessWatch, endOverdueStreams } from '../modules/streams/maintenance.ts'
import type { StreamDeps } from '../modules/streams/stream-journal.ts'
import type { Task } from '../platform/jobs/task.ts'

/** What one of all workers and live processes does about streams whose publisher is gone. */
export const streamUpkeep = (deps: StreamDeps): Task[] => [
  { name: 'overdue streams', everySeconds: 2, run: () => endOverdueStreams(deps) },
]

/**
 * What each of them does about streams whose process is gone. Nobody is elected: whoever says that a process is gone has
 * watched without a pause for some seconds, and if he dies himself, nobody waits for his lease to run out.
 */
export const processWatch = (deps: StreamDeps): Task[] => [
  { name: 'lost live processes', everySeconds: 1, run: createLostProcessWatch(deps) },
]
