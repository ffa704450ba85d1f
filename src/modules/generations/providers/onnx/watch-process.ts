import { setInterval } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import { z } from 'zod'
import { outOfMemorySignal } from './model-messages.ts'

// The second thread of `model-process.ts`. It ends the process that takes too much memory, which the runtime takes outside of
// V8's heap, and one whose parent is gone.

const { parentPid, maxResidentBytes } = z
  .object({ parentPid: z.int(), maxResidentBytes: z.int() })
  .parse(workerData)

const checkMs = 100

for await (const _ of setInterval(checkMs)) {
  if (process.ppid !== parentPid) process.kill(process.pid, 'SIGKILL')
  if (process.memoryUsage.rss() > maxResidentBytes) process.kill(process.pid, outOfMemorySignal)
}
