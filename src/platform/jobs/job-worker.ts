import { randomUUID } from 'node:crypto'
import os from 'node:os'
import type { Logger } from 'pino'
import type { Db } from '../database/database.ts'
import type { Notifications } from '../events/notifications.ts'
import type { RunnableJob } from './define-job.ts'
import { jobChanged } from './job-events.ts'
import { Leases } from './leases.ts'
import type { Dispatched, QueueEngine, QueueWorker } from './queue-engine.ts'
import { type QueueName, queues } from './queues.ts'
import { type JobOutcome, runClaim } from './run-claim.ts'
import { type ChangedJob, claimJob } from './transitions.ts'

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

export const defaultWorkerOptions: JobWorkerOptions = { leaseMs: 10_000, drainMs: 15_000 }

/**
 * Runs jobs of the given kinds in this process. Each id from the queue engine is claimed by a conditional update; an id
 * that is no longer due is dropped. While a job runs its lease is renewed; a job whose lease is lost is aborted.
 */
export class JobWorker {
  readonly #deps: JobWorkerDeps
  readonly #options: JobWorkerOptions
  readonly #kinds: ReadonlyMap<string, RunnableJob>
  readonly #id = `${os.hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`
  readonly #leases: Leases
  readonly #workers: QueueWorker[]

  constructor(
    deps: JobWorkerDeps,
    kinds: readonly RunnableJob[],
    options: JobWorkerOptions = defaultWorkerOptions,
  ) {
    this.#deps = deps
    this.#options = options
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]))
    this.#leases = new Leases(deps, options.leaseMs)
    const served = new Set<QueueName>(kinds.map(({ queue }) => queue))
    const { concurrency } = options
    this.#workers = [...served].flatMap((queue) => {
      const atATime = concurrency === undefined ? queues[queue].concurrency : concurrency[queue]
      if (atATime === undefined) return []
      return deps.engine.work(queue, atATime, (dispatched) => this.#take(dispatched))
    })
  }

  async ready(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.waitUntilReady()))
  }

  async #take(dispatched: Dispatched): Promise<void> {
    const { log } = this.#deps
    const kind = this.#kinds.get(dispatched.type)
    if (kind === undefined) {
      log.error({ jobId: dispatched.id, type: dispatched.type }, 'no handler for this kind of job')
      return
    }
    const job = await this.#claim(kind, dispatched)
    if (job === undefined) return
    jobChanged(this.#deps.notifications, job.id)
    const lease = this.#leases.hold(job)
    try {
      const outcome = await runClaim(this.#deps, kind, job, lease.signal)
      this.#deps.onOutcome?.(outcome)
    } catch (error) {
      // The outcome could not be stored. The lease runs out, and the job runs again.
      log.error({ err: error, jobId: job.id, queue: job.queue }, 'job outcome not stored')
    } finally {
      lease.release()
    }
  }

  /** One statement; a transaction only for kinds that keep a row of their own in step. */
  #claim(kind: RunnableJob, dispatched: Dispatched): Promise<ChangedJob | undefined> {
    const { db } = this.#deps
    const { onTransition } = kind
    const { leaseMs } = this.#options
    if (onTransition === undefined) return claimJob(db, dispatched, this.#id, leaseMs)
    return db.transaction(async (tx) => {
      const job = await claimJob(tx, dispatched, this.#id, leaseMs)
      if (job !== undefined) await onTransition(tx, job)
      return job
    })
  }

  /** Takes no new job; running ones finish within the drain time or are handed back for others to run. */
  async close(): Promise<void> {
    const closing = Promise.all(this.#workers.map((worker) => worker.close()))
    const overdue = setTimeout(() => this.#leases.stopAll(), this.#options.drainMs)
    try {
      await closing
    } finally {
      clearTimeout(overdue)
      await this.#leases.close()
    }
  }
}
