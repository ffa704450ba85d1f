import { randomUUID } from 'node:crypto'
import os from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Db } from '../database/database.ts'
import type { Notifications } from '../events/notifications.ts'
import { claimJob, claimTogether } from './claims.ts'
import type { JobOutcome, RunnableJob } from './define-job.ts'
import { jobChanged } from './job-events.ts'
import { Leases } from './leases.ts'
import type { Dispatched, QueueEngine, QueueWorker } from './queue-engine.ts'
import { QueueLane } from './queue-lane.ts'
import { type QueueName, queues } from './queues.ts'
import { runClaim } from './run-claim.ts'
import type { ChangedJob } from './transitions.ts'

export type JobWorkerDeps = {
  db: Db
  engine: QueueEngine
  notifications: Notifications
  log: Logger
  onOutcome?: (outcome: JobOutcome) => void
}

export type JobWorkerOptions = {
  /** How long a job of a worker that died waits until others may run it, in milliseconds. */
  leaseMs: number
  /** How long running jobs may go on after `close`, in milliseconds, before they are handed back. */
  drainMs: number
  /** Jobs at a time by queue; those that are not in it are left to other workers. Without it all are served as usual. */
  concurrency?: { readonly [name in QueueName]?: number }
}

/** A database that is away is not asked in a loop. */
const retryClaimAfterMs = 1_000

export const defaultWorkerOptions: JobWorkerOptions = { leaseMs: 10_000, drainMs: 15_000 }

/**
 * Runs jobs of the given kinds in this process. Each id from the queue engine is claimed by a conditional update; an id
 * that is no longer due is dropped. The engine has done its part with that: from then on the lease keeps the job, which is
 * renewed while it runs; a job whose lease is lost is aborted.
 */
export class JobWorker {
  readonly #deps: JobWorkerDeps
  readonly #options: JobWorkerOptions
  readonly #kinds: ReadonlyMap<string, RunnableJob>
  readonly #id = `${os.hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`
  readonly #leases: Leases
  readonly #lanes: QueueLane[] = []
  readonly #workers: QueueWorker[] = []
  readonly #running = new Set<Promise<void>>()

  constructor(
    deps: JobWorkerDeps,
    kinds: readonly RunnableJob[],
    options: JobWorkerOptions = defaultWorkerOptions,
  ) {
    this.#deps = deps
    this.#options = options
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]))
    this.#leases = new Leases(deps, options.leaseMs)
    for (const [queue, ofQueue] of Map.groupBy(kinds, (kind) => kind.queue)) this.#serve(queue, ofQueue)
  }

  #serve(queue: QueueName, kinds: RunnableJob[]) {
    const { concurrency } = this.#options
    const atATime = concurrency === undefined ? queues[queue].concurrency : concurrency[queue]
    if (atATime === undefined) return
    // A claim that is a transaction of its own needs a connection of its own.
    const isAhead = kinds.every(({ onTransition }) => onTransition === undefined)
    const lane = new QueueLane(atATime, isAhead)
    this.#lanes.push(lane)
    this.#workers.push(
      this.#deps.engine.work(queue, {
        take: (dispatched) => this.#take(lane, dispatched),
        room: () => lane.room(),
      }),
    )
  }

  async ready(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.waitUntilReady()))
  }

  /** @returns those that there is no room for, or that could not be claimed */
  async #take(lane: QueueLane, dispatched: Dispatched[]): Promise<Dispatched[]> {
    const taken = await Promise.allSettled(dispatched.map((one) => this.#takeOne(lane, one)))
    const failed = dispatched.filter((_, at) => taken[at]?.status === 'rejected')
    const unclaimed = taken.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []))
    const first = taken.find((one) => one.status === 'rejected')
    if (first !== undefined) {
      this.#deps.log.warn({ err: first.reason, jobs: failed.length }, 'jobs not claimed')
      await delay(retryClaimAfterMs)
    }
    return [...unclaimed, ...failed]
  }

  /** Claims a job and lets it run. Resolves with what was given when there is no room for it. */
  async #takeOne(lane: QueueLane, dispatched: Dispatched): Promise<Dispatched | undefined> {
    const { log } = this.#deps
    const kind = this.#kinds.get(dispatched.type)
    if (kind === undefined) {
      log.error({ jobId: dispatched.id, type: dispatched.type }, 'no handler for this kind of job')
      return undefined
    }
    if (!(await lane.enter())) return dispatched
    let job: ChangedJob | undefined
    try {
      job = await this.#claim(kind, dispatched)
    } finally {
      if (job === undefined) lane.leave(false)
    }
    if (job === undefined) return undefined
    const running = this.#run(lane, kind, job).finally(() => this.#running.delete(running))
    this.#running.add(running)
    return undefined
  }

  async #run(lane: QueueLane, kind: RunnableJob, job: ChangedJob): Promise<void> {
    jobChanged(this.#deps.notifications, job.id)
    const lease = this.#leases.hold(job)
    const hasRoom = await lane.startRunning()
    // Handed back, as when this process stops.
    if (!hasRoom) lease.stop('worker-stopping')
    let isRunning = hasRoom
    const stopRunning = () => {
      if (isRunning) lane.stopRunning()
      isRunning = false
    }
    try {
      const outcome = await runClaim(this.#deps, kind, job, lease.signal, stopRunning)
      this.#deps.onOutcome?.(outcome)
    } catch (error) {
      // The outcome could not be stored. The lease runs out, and the job runs again.
      this.#deps.log.error({ err: error, jobId: job.id, queue: job.queue }, 'job outcome not stored')
    } finally {
      lease.release()
      stopRunning()
      lane.leave(hasRoom)
    }
  }

  /** One statement, for many at once; a transaction only for kinds that keep a row of their own in step. */
  #claim(kind: RunnableJob, dispatched: Dispatched): Promise<ChangedJob | undefined> {
    const { db } = this.#deps
    const { onTransition } = kind
    const { leaseMs } = this.#options
    if (onTransition === undefined) return claimTogether(db, { dispatched, workerId: this.#id, leaseMs })
    return db.transaction(async (tx) => {
      const job = await claimJob(tx, dispatched, this.#id, leaseMs)
      if (job !== undefined) await onTransition(tx, job)
      return job
    })
  }

  /** Takes no new job; running ones finish within the drain time or are handed back for others to run. */
  async close(): Promise<void> {
    for (const lane of this.#lanes) lane.close()
    const closing = Promise.all(this.#workers.map((worker) => worker.close())).then(() =>
      Promise.all(this.#running),
    )
    const overdue = setTimeout(() => this.#leases.stopAll(), this.#options.drainMs)
    try {
      await closing
    } finally {
      clearTimeout(overdue)
      await this.#leases.close()
    }
  }
}
