import { z } from 'zod'
import { defineJob, runnableJob } from '../src/platform/jobs/define-job.ts'
import { startJobSystem } from '../test/harness/job-system.ts'

/** A worker process whose jobs do nothing, so that what is measured is the engine. */
export const nothing = defineJob({
  name: 'bench.nothing',
  queue: 'emails',
  params: z.object({}),
  run: async () => ({}),
})

if (import.meta.main) {
  const [url = ''] = process.argv.slice(2)
  await startJobSystem(url, [runnableJob(nothing, {})], { leaseMs: 10_000, drainMs: 1_000 })
  process.send?.({})
  process.on('SIGTERM', () => process.exit(0))
}
