/** BullMQ by itself, run as a process by `jobs.ts`: adds empty jobs in bulk, works on them, and tells how long that took. */
import { createPostgresBackend, createRedisBackend, withBackend } from 'bullmq'
import { Redis } from 'ioredis'

const [, , databaseUrl = '', redisUrl, concurrency = '1'] = process.argv
const batchSize = 500
const name = 'bare'
const kept = { removeOnComplete: true, removeOnFail: true }

type Worker = { on(event: 'completed', listener: () => void): unknown; waitUntilReady(): Promise<unknown> }
type Queue = { addBulk(jobs: { name: string; data: object; opts: typeof kept }[]): Promise<unknown> }

const onRedis = (url: string): { queue: Queue; worker: Worker } => {
  const { Queue, Worker } = withBackend(createRedisBackend)
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  return {
    queue: new Queue(name, { connection }),
    worker: new Worker(name, async () => ({}), { connection, concurrency: Number(concurrency) }),
  }
}

/** Its connections wait for the disk no more than ours do. */
const onPostgres = (connectionString: string): { queue: Queue; worker: Worker } => {
  const { Queue, Worker } = withBackend(createPostgresBackend)
  const connection = (max: number) => ({ connectionString, max, options: '-c synchronous_commit=off' })
  return {
    queue: new Queue(name, { connection: connection(1) }),
    worker: new Worker(name, async () => ({}), {
      connection: connection(6),
      concurrency: Number(concurrency),
    }),
  }
}

const { queue, worker } = redisUrl ? onRedis(redisUrl) : onPostgres(databaseUrl)
let left = 0
let startedAt = 0
worker.on('completed', () => {
  left -= 1
  if (left === 0) process.send?.({ seconds: (performance.now() - startedAt) / 1_000 })
})
process.on('message', async (count: number) => {
  left = count
  startedAt = performance.now()
  for (let from = 0; from < count; from += batchSize) {
    const size = Math.min(batchSize, count - from)
    await queue.addBulk(
      Array.from({ length: size }, (_, n) => ({ name: 'run', data: { n: from + n }, opts: kept })),
    )
  }
})
process.on('SIGTERM', () => process.exit(0))
process.on('disconnect', () => process.exit(0))
await worker.waitUntilReady()
process.send?.({ type: 'ready' })
