import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { defineJob, runnableJob } from '../../src/platform/jobs/define-job.ts'
import type { QueueName } from '../../src/platform/jobs/queues.ts'
import { startJobSystem } from '../harness/job-system.ts'

/**
 * Jobs of a worker process that is to be killed. They take a few milliseconds and leave one row in `effects`, with the completion.
 * Those of `uploads` travel alone, those of `emails` in parcels.
 */
const effectOf = (name: string, queue: QueueName) =>
  defineJob({
    name,
    queue,
    params: z.object({ n: z.int(), ms: z.number() }),
    run: async (_deps: object, job) => {
      await new Promise((resolve) => setTimeout(resolve, job.params.ms))
      return {
        result: { n: job.params.n },
        commit: async (tx) => {
          await tx.execute(sql`insert into effects (n, attempt) values (${job.params.n}, ${job.attempt})`)
        },
      }
    },
  })

/** Kills its own process, as a job does that crashes a native library. */
const poison = defineJob({
  name: 'test.poison',
  queue: 'images',
  params: z.object({}),
  run: async () => {
    process.kill(process.pid, 'SIGKILL')
    return {}
  },
})

const [url = '', redisUrl] = process.argv.slice(2)
const kinds = [effectOf('test.effect', 'uploads'), effectOf('test.small-effect', 'emails'), poison]
await startJobSystem(
  url,
  kinds.map((kind) => runnableJob(kind, {})),
  {
    worker: { leaseMs: 1_500, drainMs: 1_000 },
    redisUrl,
  },
)
process.send?.('ready')
process.on('disconnect', () => process.exit(0))
