import { randomUUID } from 'node:crypto'
import { createRedisBackend, withBackend } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { outageLog } from '../observability/outage-log.ts'
import { openPromptClient } from '../redis/prompt-client.ts'
import type { Parcel, QueueStore, QueueWorker } from './queue-engine.ts'
import { WorkerConnections } from './worker-connections.ts'

const { Queue, Worker } = withBackend(createRedisBackend)

export type QueueOnRedisOptions = {
  url: string
  /** Begins the names of all keys: it keeps installations apart that use the same Redis. */
  prefix: string
  log: Pick<Logger, 'warn' | 'info'>
  onError: (error: Error) => void
}

/** A batch of a dispatcher takes a few milliseconds. */
const addTimeoutMs = 5_000
/** Who starts while Redis is away goes on without it, and works once it is there. */
const readyTimeoutMs = 3_000
const retryAfterErrorMs = 1_000

/** BullMQ's own look at the server would make a queue unusable for good whose connection breaks meanwhile. */
const uncheckedStart = { skipVersionCheck: true, skipWaitingForReady: true }

/**
 * BullMQ on Redis. Adding fails within seconds while Redis is away, and the dispatcher tries again; workers wait until it is
 * back. Nothing that is kept there is needed.
 */
export const queueOnRedis = ({ url, prefix, log, onError }: QueueOnRedisOptions): QueueStore => {
  const outage = outageLog(log, 'redis')
  const producer = openPromptClient({ url, name: 'backlot-queue', commandTimeoutMs: addTimeoutMs })
  // Each connection of each worker meets an outage, and tells of it at each attempt to connect.
  const tell = (error: Error) => (producer.status === 'ready' ? onError(error) : outage.noteAway(error))
  producer.on('error', tell).on('ready', outage.noteBack)
  return {
    openQueue: (name) => {
      const queue = new Queue<Parcel>(name, { connection: producer, prefix, ...uncheckedStart })
      queue.on('error', tell)
      return queue
    },
    openWorker: (name, run, policy) => {
      const connections = new WorkerConnections(url)
      const connection = connections.template
      const worker = new Worker<Parcel>(name, run, {
        ...policy,
        ...uncheckedStart,
        prefix,
        connection,
        runRetryDelay: retryAfterErrorMs,
      })
      worker.on('error', tell)
      return boundedWorker(worker, connections)
    },
    findIncarnation: () => findIncarnation(producer, `${prefix}-incarnation`),
    close: async () => producer.disconnect(),
  }
}

/** A flush removes the marker; another run of the server, or another server, may not have the last writes. */
const findIncarnation = async (client: Redis, marker: string): Promise<string> => {
  await client.set(marker, randomUUID(), 'NX')
  const [mark, server] = await Promise.all([client.get(marker), client.info('server')])
  const [, run = 'unknown'] = /^run_id:(\w+)/m.exec(server) ?? []
  return `redis ${mark} ${run}`
}

const boundedWorker = (worker: QueueWorker, connections: WorkerConnections): QueueWorker => ({
  waitUntilReady: () => {
    const { promise: overdue, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, readyTimeoutMs)
    return Promise.race([worker.waitUntilReady(), overdue]).finally(() => clearTimeout(timer))
  },
  close: () => {
    connections.lastUse()
    return worker.close()
  },
})
