import fs from 'node:fs'
import { pino } from 'pino'
import { z } from 'zod'
import { defineJob, runnableJob } from '../src/platform/jobs/define-job.ts'
import { defaultWorkerOptions } from '../src/platform/jobs/job-worker.ts'
import { startJobSystem } from '../test/harness/job-system.ts'

/** A job that does nothing but tell when it started, in nanoseconds of the clock that all processes of a machine share. */
export const emptyJob = defineJob({
  name: 'bench.empty',
  queue: 'emails',
  params: z.object({ tells: z.boolean() }),
  run: async (_deps: object, { id, params }) => {
    if (params.tells) process.send?.({ id, startedAt: String(process.hrtime.bigint()) })
    return {}
  },
})

/** Run as a process by `jobs.ts`: dispatches and works as the role `worker` does, and writes its log to a file. */
if (process.argv[1] === import.meta.filename) {
  const [, , url = '', logFile = '/dev/null', redisUrl] = process.argv
  const log = pino({ level: 'info' }, pino.destination({ dest: fs.openSync(logFile, 'a'), sync: false }))
  const system = await startJobSystem(url, [runnableJob(emptyJob, {})], {
    worker: defaultWorkerOptions,
    log,
    redisUrl: redisUrl || undefined,
  })
  process.on('SIGTERM', () => void system.close().then(() => process.exit(0)))
  process.on('disconnect', () => process.exit(0))
  process.send?.({ type: 'ready' })
}
