import type { QueueName } from './queues.ts'
import type { Claim } from './transitions.ts'

/** What travels through the engine: which job, of which kind, and how often it had been claimed when it was dispatched. */
export type Dispatched = Claim & { type: string }

/** The store of a queue engine: `queue-on-postgres.ts` or `queue-on-redis.ts`. */
export type QueueStore = {
  openQueue(name: QueueName): EngineQueue
  openWorker(
    name: QueueName,
    run: (job: { data: Dispatched }) => Promise<void>,
    policy: WorkerPolicy,
  ): QueueWorker
  /** Another text whenever the store may have lost ids that it was given. */
  findIncarnation(): Promise<string>
  close(): Promise<void>
}

type AddOptions = { jobId: string; removeOnComplete: true; removeOnFail: true }
type Added = { name: 'run'; data: Dispatched; opts: AddOptions }

export type EngineQueue = {
  add(name: 'run', data: Dispatched, opts: AddOptions): Promise<unknown>
  addBulk(jobs: Added[]): Promise<unknown>
  close(): Promise<void>
}

/** What the job worker needs of a running worker. */
export type QueueWorker = {
  waitUntilReady(): Promise<unknown>
  /** Takes no further job; resolves when the running ones are done. */
  close(): Promise<void>
}

/** An id that a worker took and did not claim before it died goes to another after about this long. */
const lockMs = 8_000
/** How often an id may change hands so. The claim makes each time after the first harmless. */
const mostHandovers = 10

/** BullMQ's options of a worker that do not depend on the store. */
const policyOf = (concurrency: number) => ({
  concurrency,
  lockDuration: lockMs,
  stalledInterval: lockMs / 2,
  maxStalledCount: mostHandovers,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
})
export type WorkerPolicy = ReturnType<typeof policyOf>

/** The queue engine, BullMQ on PostgreSQL or Redis. It carries only ids: losing all that it holds loses no job. */
export class QueueEngine {
  readonly #store: QueueStore
  readonly #queues = new Map<QueueName, EngineQueue>()

  constructor(store: QueueStore) {
    this.#store = store
  }

  /**
   * Gives jobs to the workers of `queue`. One that the engine already holds for the same attempt is not added twice.
   * @throws when the store is away, within seconds
   */
  async add(queue: QueueName, dispatched: Dispatched[]): Promise<void> {
    const [first, ...others] = dispatched.map(
      (data): Added => ({
        name: 'run',
        data,
        opts: { jobId: `${data.id}-${data.attempt}`, removeOnComplete: true, removeOnFail: true },
      }),
    )
    if (first === undefined) return
    // The engine's statement for many takes 2 ms longer, which is much of what one job waits for its start.
    if (others.length === 0) await this.#queue(queue).add(first.name, first.data, first.opts)
    else await this.#queue(queue).addBulk([first, ...others])
  }

  #queue(name: QueueName): EngineQueue {
    const open = this.#queues.get(name) ?? this.#store.openQueue(name)
    this.#queues.set(name, open)
    return open
  }

  /** Starts a worker of `queue` that calls `run` for `concurrency` ids at a time. The caller closes it. */
  work(queue: QueueName, concurrency: number, run: (dispatched: Dispatched) => Promise<void>): QueueWorker {
    return this.#store.openWorker(queue, (job) => run(job.data), policyOf(concurrency))
  }

  findIncarnation(): Promise<string> {
    return this.#store.findIncarnation()
  }

  async close() {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()))
    await this.#store.close()
  }
}
