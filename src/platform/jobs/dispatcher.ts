import { and, asc, eq, inArray, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Db, Tx } from '../database/database.ts'
import type { Notifications } from '../events/notifications.ts'
import type { KnownJob } from './define-job.ts'
import { dispatchChannel } from './enqueue.ts'
import { jobChanged } from './job-events.ts'
import { jobs } from './jobs.table.ts'
import type { Dispatched, QueueEngine } from './queue-engine.ts'
import { incarnationSince, noteIncarnation } from './queue-incarnation.ts'
import { type QueueName, queueNames } from './queues.ts'
import type { Task } from './task.ts'
import { releaseExpiredLeases } from './transitions.ts'

export type DispatcherDeps = {
  db: Db
  engine: QueueEngine
  notifications: Notifications
  log: Logger
  known: ReadonlyMap<string, KnownJob>
}

const batchSize = 500
const lookEveryMs = 2_000
const sweepEverySeconds = 2
const retryAfterErrorMs = 500
/** After this long in the queue engine without a claim a job is given to it again; the engine drops what it still holds. */
const redispatchAfterSeconds = 30

type Due = Dispatched & { queue: QueueName }

/**
 * Hands due rows of `jobs` to the queue engine, in bulk. Woken by NOTIFY, by the next row's `run_at`, and every two seconds.
 * Rows are marked after the engine has them: a crash in between gives them twice, which the engine's ids and the claim make
 * harmless. Any number of dispatchers may run.
 */
export class Dispatcher {
  readonly #deps: DispatcherDeps
  readonly #unsubscribe: (() => void)[]
  #timer: NodeJS.Timeout | undefined
  #pass: Promise<void> | undefined
  #wokenDuringPass = false
  #isFailing = false
  #closed = false
  /** For the schedule, as one dispatcher does it for all: frees the jobs of dead workers, and gives again what the engine lost. */
  readonly sweep: Task = { name: 'job sweep', everySeconds: sweepEverySeconds, run: () => this.#sweep() }

  constructor(deps: DispatcherDeps) {
    this.#deps = deps
    this.#unsubscribe = [
      deps.notifications.subscribe(dispatchChannel, () => this.wake()),
      deps.notifications.onGap('restored', () => this.wake()),
    ]
    this.wake()
  }

  /** Looks for due jobs now, or right after the pass that is running. */
  wake(): void {
    if (this.#closed) return
    if (this.#pass !== undefined) {
      this.#wokenDuringPass = true
      return
    }
    clearTimeout(this.#timer)
    this.#pass = this.#run().then((delayMs) => {
      this.#pass = undefined
      if (this.#closed) return
      this.#timer = setTimeout(() => this.wake(), this.#wokenDuringPass ? 0 : delayMs)
      this.#wokenDuringPass = false
    })
  }

  /** One pass. Resolves with how long to sleep, in milliseconds. */
  async #run(): Promise<number> {
    try {
      while (!this.#closed && (await this.#dispatch(await this.#findDue())) === batchSize) {}
      if (this.#isFailing) this.#deps.log.info('dispatcher works again')
      this.#isFailing = false
      return await this.#msToNextDue()
    } catch (error) {
      if (!this.#isFailing) this.#deps.log.warn({ err: error }, 'dispatcher pass failed')
      this.#isFailing = true
      return retryAfterErrorMs
    }
  }

  async #sweep(): Promise<number> {
    const { db, engine, known, notifications, log } = this.#deps
    const freed = await db.transaction(async (tx: Tx) => {
      const changed = await releaseExpiredLeases(tx)
      for (const job of changed) await known.get(job.type)?.onTransition?.(tx, job)
      return changed
    })
    for (const job of freed) {
      jobChanged(notifications, job.id)
      const { id: jobId, queue, type, status, crashes } = job
      log[status === 'failed' ? 'error' : 'warn']({ jobId, queue, type, status, crashes }, 'worker lost')
    }
    if (freed.length > 0) this.wake()
    await noteIncarnation(db, await engine.findIncarnation())
    const lost = await this.#dispatch(await this.#findLost())
    // One batch a sweep: what waits long because much waits is not given again all at once.
    await this.#dispatch(await this.#findForgotten())
    return freed.length + lost
  }

  #findDue(): Promise<Due[]> {
    return this.#select(and(isNull(jobs.dispatchedAt), lte(jobs.runAt, sql`now()`)))
  }

  /** Rows that went to another engine, or to this one before it lost all that it had. */
  #findLost(): Promise<Due[]> {
    return this.#select(lt(jobs.dispatchedAt, incarnationSince))
  }

  /** Rows that the engine was given long ago and nobody claimed: it may have lost them. */
  #findForgotten(): Promise<Due[]> {
    return this.#select(lt(jobs.dispatchedAt, sql`now() - make_interval(secs => ${redispatchAfterSeconds})`))
  }

  #select(which: SQL | undefined): Promise<Due[]> {
    return this.#deps.db
      .select({ id: jobs.id, type: jobs.type, attempt: jobs.attempt, queue: sql<QueueName>`${jobs.queue}` })
      .from(jobs)
      .where(and(eq(jobs.status, 'pending'), inArray(jobs.queue, queueNames), which))
      .orderBy(asc(jobs.runAt))
      .limit(batchSize)
  }

  async #dispatch(due: Due[]): Promise<number> {
    if (due.length === 0) return 0
    const byQueue = Map.groupBy(due, ({ queue }) => queue)
    for (const [queue, ofQueue] of byQueue) {
      await this.#deps.engine.add(
        queue,
        ofQueue.map(({ id, type, attempt }) => ({ id, type, attempt })),
      )
    }
    await this.#deps.db.execute(sql`
      update ${jobs} set dispatched_at = now()
      from unnest(${sql.param(due.map(({ id }) => id))}::uuid[], ${sql.param(due.map(({ attempt }) => attempt))}::int[])
        as given(id, attempt)
      where ${jobs.id} = given.id and ${jobs.attempt} = given.attempt and ${jobs.status} = 'pending'`)
    return due.length
  }

  async #msToNextDue(): Promise<number> {
    const { rows } = await this.#deps.db.execute<{ ms: number | null }>(sql`
      select (extract(epoch from min(run_at) - now()) * 1000)::float8 as ms from ${jobs}
      where status = 'pending' and dispatched_at is null`)
    return Math.max(0, Math.min(rows[0]?.ms ?? lookEveryMs, lookEveryMs))
  }

  async close() {
    this.#closed = true
    clearTimeout(this.#timer)
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    await this.#pass
  }
}
