import { createPostgresBackend, withBackend } from 'bullmq'
import { sql } from 'drizzle-orm'
import type { Db } from '../database/database.ts'
import { connectionOptions } from '../database/primary-pool.ts'
import type { Parcel, QueueStore } from './queue-engine.ts'

const { Queue, Worker } = withBackend(createPostgresBackend)

export type QueueOnPostgresOptions = {
  db: Db
  url: string
  ssl: boolean
  onError: (error: Error) => void
}

/** Parcels are added one batch at a time, and a worker takes one parcel at a time, beside its other errands. */
const queueConnections = 1
const workerConnections = 2

/**
 * BullMQ in the schema `bullmq` of the database. What it holds may be lost, so its connections commit without waiting for the
 * disk (`synchronous_commit`, PostgreSQL manual 19.5).
 */
export const queueOnPostgres = ({ db, url, ssl, onError }: QueueOnPostgresOptions): QueueStore => {
  const connection = (role: 'queue' | 'worker', max: number) => {
    const { keepAlive: _, ...options } = connectionOptions({ url, ssl, applicationName: `backlot ${role}` })
    return { ...options, max, options: '-c synchronous_commit=off' }
  }
  return {
    openQueue: (name) => {
      const queue = new Queue<Parcel>(name, { connection: connection('queue', queueConnections) })
      queue.on('error', onError)
      return queue
    },
    openWorker: (name, run, policy) => {
      const worker = new Worker<Parcel>(name, run, {
        ...policy,
        connection: connection('worker', workerConnections),
      })
      worker.on('error', onError)
      return worker
    },
    // A crash of the server, or a failover to another one, loses what the disk had not yet.
    findIncarnation: async () => {
      const { rows } = await db.execute<{ startedAt: string }>(
        sql`select pg_postmaster_start_time()::text as "startedAt"`,
      )
      return `postgresql ${rows[0]?.startedAt}`
    },
    close: async () => undefined,
  }
}
