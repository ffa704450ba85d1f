import { createLostProcessWatch, endOverdueStreams } from '../modules/streams/maintenance.ts'
import type { StreamDeps } from '../modules/streams/stream-journal.ts'
import type { Task } from '../platform/jobs/schedule.ts'

/** What workers and live processes do about streams whose process or publisher is gone. */
export const streamUpkeep = (deps: StreamDeps): Task[] => [
  { name: 'lost live processes', everyMs: 1_000, run: createLostProcessWatch(deps) },
  { name: 'overdue streams', everyMs: 2_000, run: () => endOverdueStreams(deps) },
]
