import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import { z } from 'zod'
import { loadConfig } from '../../src/platform/config/config.ts'
import { defineJob, runnableJob } from '../../src/platform/jobs/define-job.ts'
import type { QueueName } from '../../src/platform/jobs/queues.ts'
import { resultKey } from '../../src/platform/storage/object-key.ts'
import { openStorage } from '../../src/platform/storage/open-storage.ts'
import type { Storage } from '../../src/platform/storage/storage.ts'
import { startJobSystem } from '../harness/job-system.ts'

/**
 * Jobs of a worker process that is to be killed, where its environment says. They take a few milliseconds, store one object, and
 * leave one row in `effects` with the completion. Those of `uploads` travel alone, those of `emails` in parcels.
 */
const effectOf = (name: string, queue: QueueName) =>
  defineJob({
    name,
    queue,
    params: z.object({ n: z.int(), ms: z.number() }),
    run: async ({ storage }: { storage: Storage }, job) => {
      await new Promise((resolve) => setTimeout(resolve, job.params.ms))
      const key = resultKey(job, 'effect')
      await storage.put(key, [Buffer.from(String(job.params.n))], { maxBytes: 100 })
      return {
        result: { n: job.params.n },
        commit: async (tx) => {
          await tx.execute(sql`insert into effects (n, key) values (${job.params.n}, ${key})`)
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

const { config } = loadConfig(process.env, process.cwd())
const { s3, dataDir, redisUrl, database } = config
const storage = await openStorage({
  ...{ s3, dataDir, signingKey: Buffer.alloc(32), log: pino({ level: 'silent' }) },
})
const effects = [effectOf('test.effect', 'uploads'), effectOf('test.small-effect', 'emails')]
const kinds = [...effects.map((effect) => runnableJob(effect, { storage })), runnableJob(poison, {})]
await startJobSystem(database.url ?? '', kinds, {
  worker: { leaseMs: 1_500, drainMs: 1_000 },
  redisUrl,
})
process.send?.('ready')
process.on('disconnect', () => process.exit(0))
