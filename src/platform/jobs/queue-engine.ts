import { createPostgresBackend, withBackend } from 'bullmq'
import { connectionOptions } from '../database/primary-pool.ts'
import type { QueueName } from './queues.ts'
import type { Claim } from './transitions.ts'

/** What travels through the engine: which job, of which kind, and how often it had been claimed when it was dispatched. */
export type Dispatched = Claim & { type: string }

const { Queue, Worker } = withBackend(createPostgresBackend)
type EngineQueue = InstanceType<typeof Queue<Dispatched>>

export type QueueEngineOptions = { url: string; ssl: boolean; onError: (error: Error) => void }

/** An id that a worker took and did not claim before it died goes to another after about this long. */
const lockMs = 8_000
/** How often an id may change hands so. The claim makes each time after the first harmless. */
const mostHandovers = 10
/** Ids are added in bulk, one batch at a time. Workers fetch and finish side by side. */
const queueConnections = 1
const workerConnections = { least: 2, most: 6 }

/**
 * The queue engine, BullMQ on PostgreSQL. It carries only ids: losing all that it holds loses no job, so its
 * connections commit without waiting for the disk (`synchronous_commit`, PostgreSQL manual 19.5).
 */
export class QueueEngine {
  readonly #options: QueueEngineOptions
  readonly #queues = new Map<QueueName, EngineQueue>()

  constructor(options: QueueEngineOptions) {
    this.#options = options
  }

  /** Gives jobs to the workers of `queue`. One that the engine already holds for the same attempt is not added twice. */
  async add(queue: QueueName, dispatched: Dispatched[]): Promise<void> {
    const [first, ...others] = dispatched.map((data) => ({
      name: 'run',
      data,
      opts: { jobId: `${data.id}-${data.attempt}`, removeOnComplete: true, removeOnFail: true },
    }))
    if (first === undefined) return
    // The engine's statement for many takes 2 ms longer, which is much of what one job waits for its start.
    if (others.length === 0) await this.#queue(queue).add(first.name, first.data, first.opts)
    else await this.#queue(queue).addBulk([first, ...others])
  }

  #queue(name: QueueName): EngineQueue {
    const open = this.#queues.get(name)
    if (open !== undefined) return open
    const queue: EngineQueue = new Queue(name, { connection: this.#connection('queue', queueConnections) })
    queue.on('error', this.#options.onError)
    this.#queues.set(name, queue)
    return queue
  }

  /** Starts a worker of `queue` that calls `run` for `concurrency` ids at a time. The caller closes it. */
  work(queue: QueueName, concurrency: number, run: (dispatched: Dispatched) => Promise<void>): QueueWorker {
    const { least, most } = workerConnections
    const worker = new Worker<Dispatched>(queue, (job) => run(job.data), {
      connection: this.#connection('worker', Math.min(most, Math.max(least, concurrency))),
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: mostHandovers,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    })
    worker.on('error', this.#options.onError)
    return worker
  }

  #connection(role: 'queue' | 'worker', max: number) {
    const { keepAlive: _, ...options } = connectionOptions({
      ...this.#options,
      applicationName: `backlot ${role}`,
    })
    return { ...options, max, options: '-c synchronous_commit=off' }
  }

  async close() {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()))
  }
}

/** What the job worker needs of a running worker. */
export type QueueWorker = {
  waitUntilReady(): Promise<unknown>
  /** Takes no further job; resolves when the running ones are done, or at once with `force`. */
  close(force?: boolean): Promise<void>
}
