import { createHash } from 'node:crypto'
import { type QueueName, queues } from './queues.ts'
import type { Claim } from './transitions.ts'

/** One id that travels through the engine: which job, of which kind, and how often it had been claimed when it was dispatched. */
export type Dispatched = Claim & { type: string }

/** What the engine carries as one: an id, and others of its queue that travel with it. */
export type Parcel = Dispatched & { others?: Dispatched[] }

/** The store of a queue engine: `queue-on-postgres.ts` or `queue-on-redis.ts`. */
export type QueueStore = {
  openQueue(name: QueueName): EngineQueue
  openWorker(name: QueueName, run: (job: Held) => Promise<void>, policy: WorkerPolicy): QueueWorker
  /** Another text whenever the store may have lost ids that it was given. */
  findIncarnation(): Promise<string>
  close(): Promise<void>
}

/** A parcel in the engine, and when it was given to it, in milliseconds. */
type Held = { data: Parcel; timestamp: number }
type AddOptions = {
  jobId?: string
  timestamp: number
  lifo?: true
  removeOnComplete: true
  removeOnFail: true
}
type Added = { name: 'run'; data: Parcel; opts: AddOptions }

export type EngineQueue = {
  add(name: 'run', data: Parcel, opts: AddOptions): Promise<unknown>
  addBulk(jobs: Added[]): Promise<unknown>
  getWaitingCount(): Promise<number>
  /** From the one that came last. */
  getJobs(state: 'wait', start: number, end: number): Promise<(Held | undefined)[]>
  close(): Promise<void>
}

/** What the job worker needs of a running worker. */
export type QueueWorker = {
  waitUntilReady(): Promise<unknown>
  /** Takes no further job; resolves when the running ones are done. */
  close(): Promise<void>
}

/** A parcel that a worker took and whose ids it did not claim before it died goes to another after about this long. */
const lockMs = 8_000
/** How often a parcel may change hands so. The claim makes each time after the first harmless. */
const mostHandovers = 10

/** BullMQ's options of a worker that do not depend on the store. It takes one parcel at a time. */
const workerPolicy = {
  concurrency: 1,
  lockDuration: lockMs,
  stalledInterval: lockMs / 2,
  maxStalledCount: mostHandovers,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
}
export type WorkerPolicy = typeof workerPolicy

/** What a worker does with the ids that it takes. */
export type Taker = {
  /** Resolves when all are claimed, or are found to be no longer due; with those that this process has no room for. */
  take(dispatched: Dispatched[]): Promise<Dispatched[]>
  /** Resolves when there is room for one. */
  room(): Promise<unknown>
}

/** The queue engine, BullMQ on PostgreSQL or Redis. It carries only ids: losing all that it holds loses no job. */
export class QueueEngine {
  readonly #store: QueueStore
  readonly #queues = new Map<QueueName, EngineQueue>()

  constructor(store: QueueStore) {
    this.#store = store
  }

  /**
   * Gives jobs to the workers of `queue`. What the engine holds already is not added twice.
   * @param atMs when their rows were read, in the database's time since 1970
   * @param most how many may travel together
   * @throws when the store is away, within seconds
   */
  add(
    queue: QueueName,
    dispatched: Dispatched[],
    atMs: number,
    most: number = queues[queue].parcel,
  ): Promise<void> {
    const parcels = parcelsOf(dispatched, most)
    return this.#add(
      queue,
      parcels.map((data) => ({
        name: 'run',
        data,
        opts: { jobId: nameOf(data), timestamp: atMs, ...unkept },
      })),
    )
  }

  async #add(queue: QueueName, added: Added[]): Promise<void> {
    const [first, ...others] = added
    if (first === undefined) return
    // The engine's statement for many takes 2 ms longer, which is much of what one job waits for its start.
    if (others.length === 0) await this.#queue(queue).add(first.name, first.data, first.opts)
    else await this.#queue(queue).addBulk(added)
  }

  /** When the parcel was given that waits the longest: what was given before is not held any more. Undefined: none waits. */
  async oldestWaiting(queue: QueueName): Promise<Date | undefined> {
    const waiting = await this.#queue(queue).getWaitingCount()
    if (waiting === 0) return undefined
    const [oldest] = await this.#queue(queue).getJobs('wait', waiting - 1, waiting - 1)
    return new Date(oldest?.timestamp ?? 0)
  }

  #queue(name: QueueName): EngineQueue {
    const open = this.#queues.get(name) ?? this.#store.openQueue(name)
    this.#queues.set(name, open)
    return open
  }

  /** Starts a worker of `queue`. It takes a parcel at a time, and only while there is room. The caller closes it. */
  work(queue: QueueName, { take, room }: Taker): QueueWorker {
    const run = async ({ data: { others = [], ...first }, timestamp }: Held) => {
      const [next, ...left] = await take([first, ...others])
      if (next !== undefined) {
        // To the head of the queue: others may have room at once.
        const data = left.length === 0 ? next : { ...next, others: left }
        await this.#add(queue, [{ name: 'run', data, opts: { timestamp, lifo: true, ...unkept } }])
      }
      await room()
    }
    return this.#store.openWorker(queue, run, workerPolicy)
  }

  findIncarnation(): Promise<string> {
    return this.#store.findIncarnation()
  }

  async close() {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()))
    await this.#store.close()
  }
}

const unkept = { removeOnComplete: true, removeOnFail: true } as const

const parcelsOf = (dispatched: Dispatched[], most: number): Parcel[] => {
  const parcels: Parcel[] = []
  for (let from = 0; from < dispatched.length; from += most) {
    const [first, ...others] = dispatched.slice(from, from + most)
    if (first !== undefined) parcels.push(others.length === 0 ? first : { ...first, others })
  }
  return parcels
}

/** The same for the same ids: whoever crashed before he could note that he gave them gives them again. */
const nameOf = ({ others = [], ...first }: Parcel): string => {
  const ids = [first, ...others].map(({ id, attempt }) => `${id}-${attempt}`)
  const [only = ''] = ids
  return ids.length === 1 ? only : createHash('sha256').update(ids.join()).digest('base64url')
}
