import { and, eq, inArray, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import { type Db, onlyRow, type Tx } from '../database/database.ts'
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
/** What is due and was not given, as somebody has the row locked, is looked at again after this. */
const shortestSleepMs = 50
/** Of one pass. All that it waits for gives up within seconds. */
const stuckAfterMs = 60_000
/** Whoever has the turn looks again when he is woken meanwhile. This is for one who was not. */
const othersTurnMs = 100
/** After this long in the queue engine without a claim a job is given to it again, unless the engine still holds it. */
const redispatchAfterSeconds = 30

/** Longer than an engine that is away keeps a dispatcher waiting. As PostgreSQL takes it, in milliseconds. */
const turnTimeoutMs = '8000'

/** Who holds it until the end of his transaction is the one who dispatches. A constant of our own. */
const dispatchLock = 4_615_127_038

type Due = Dispatched & { queue: QueueName; crashes: number }

const isDue = and(isNull(jobs.dispatchedAt), lte(jobs.runAt, sql`now()`))
/** Rows that went to another engine, or to this one before it lost all that it had. */
const isLost = lt(jobs.dispatchedAt, incarnationSince)
const isUnclaimed = lt(jobs.dispatchedAt, sql`now() - make_interval(secs => ${redispatchAfterSeconds})`)

/**
 * Hands due rows of `jobs` to the queue engine, in bulk. Woken by NOTIFY, by the next row's `run_at`, and every two seconds.
 * Rows are marked after the engine has them: a crash in between gives them twice, which the engine's ids and the claim make
 * harmless. Any number of dispatchers may run, and they take turns.
 */
export class Dispatcher {
  readonly #deps: DispatcherDeps
  readonly #unsubscribe: (() => void)[]
  #timer: NodeJS.Timeout | undefined
  #pass: Promise<void> | undefined
  #passBeganAt = 0
  #wokenDuringPass = false
  #isFailing = false
  #closed = false
  /** For the schedule, as one dispatcher does it for all: frees the jobs of dead workers, and gives again what the engine lost. */
  readonly sweep: Task = { name: 'job sweep', everySeconds: sweepEverySeconds, run: () => this.#sweep() }

  constructor(deps: DispatcherDeps) {
    this.#deps = deps
    this.#unsubscribe = [
      deps.notifications.subscribe(dispatchChannel, () => this.wake()),
      deps.notifications.onGap('missed', () => this.wake()),
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
    this.#passBeganAt = performance.now()
    this.#pass = this.#run().then((delayMs) => {
      this.#pass = undefined
      if (this.#closed) return
      this.#timer = setTimeout(() => this.wake(), this.#wokenDuringPass ? 0 : delayMs)
      this.#wokenDuringPass = false
    })
  }

  /** Whether it waits for something that never comes. */
  isStuck(): boolean {
    return this.#pass !== undefined && performance.now() - this.#passBeganAt > stuckAfterMs
  }

  /** One pass. Resolves with how long to sleep, in milliseconds. */
  async #run(): Promise<number> {
    try {
      if (!(await this.#dispatchAll(isDue))) return othersTurnMs
      if (this.#isFailing) this.#deps.log.info('dispatcher works again')
      this.#isFailing = false
      return Math.max(shortestSleepMs, await this.#msToNextDue())
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
    const lost = (await this.#dispatch(isLost)) ?? 0
    await this.#dispatchForgotten()
    return freed.length + lost
  }

  /** What the engine was given long ago, nobody claimed, and the engine does not hold: it has lost it. */
  async #dispatchForgotten() {
    const { db, engine } = this.#deps
    const unclaimed = await db
      .selectDistinct({ queue: sql<QueueName>`${jobs.queue}` })
      .from(jobs)
      .where(and(isPending, isUnclaimed))
    for (const { queue } of unclaimed) {
      const heldSince = await engine.oldestWaiting(queue)
      const isNotHeld = heldSince && lt(jobs.dispatchedAt, heldSince)
      await this.#dispatch(and(eq(jobs.queue, queue), isUnclaimed, isNotHeld))
    }
  }

  /** Says whether it was this dispatcher's turn. */
  async #dispatchAll(which: SQL | undefined): Promise<boolean> {
    let given: number | undefined = batchSize
    while (!this.#closed && given === batchSize) given = await this.#dispatch(which)
    return given !== undefined
  }

  /**
   * Gives one batch to the engine. Two who did so at once would give the same rows. A crash of the database may lose the
   * mark, and the rows are given again: it does not wait for the disk.
   * @returns how many rows were given and marked; undefined when another dispatcher is at it
   */
  #dispatch(which: SQL | undefined): Promise<number | undefined> {
    const { db, engine } = this.#deps
    return db.transaction(async (tx) => {
      const { isMine, atMs, due } = await takeTurn(tx, which)
      if (!isMine) return undefined
      for (const [queue, ofQueue] of Map.groupBy(due, (job) => job.queue)) {
        // What may have killed its worker is kept apart from others, who would be lost with the next.
        const [others, suspects] = [
          ofQueue.filter(isUnsuspected),
          ofQueue.filter((job) => !isUnsuspected(job)),
        ]
        await engine.add(queue, others.map(dispatchedOf), atMs)
        await engine.add(queue, suspects.map(dispatchedOf), atMs, 1)
      }
      return due.length === 0 ? 0 : await mark(tx, due)
    })
  }

  async #msToNextDue(): Promise<number> {
    const { rows } = await this.#deps.db.execute<{ ms: number | null }>(sql`
      select (extract(epoch from min(run_at) - now()) * 1000)::float8 as ms from ${jobs}
      where ${isPending} and dispatched_at is null`)
    return Math.max(0, Math.min(rows[0]?.ms ?? lookEveryMs, lookEveryMs))
  }

  async close() {
    this.#closed = true
    clearTimeout(this.#timer)
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    await this.#pass
  }
}

const isPending = and(eq(jobs.status, 'pending'), inArray(jobs.queue, queueNames))

const isUnsuspected = ({ crashes }: Due): boolean => crashes === 0
const dispatchedOf = ({ id, type, attempt }: Due): Dispatched => ({ id, type, attempt })

type Turn = { isMine: boolean; atMs: number; due: Due[] }

/** One statement, for each adds to what one job waits for its start. */
const takeTurn = async (tx: Tx, which: SQL | undefined): Promise<Turn> => {
  const { rows } = await tx.execute<Turn>(sql`
    with turn as materialized (
      select pg_try_advisory_xact_lock(${dispatchLock}) as is_mine, set_config('synchronous_commit', 'off', true),
        -- A process that freezes now must not keep the turn.
        set_config('idle_in_transaction_session_timeout', ${turnTimeoutMs}, true)
    ), due as (
      select id, type, attempt, queue, crashes from ${jobs}
      where (select is_mine from turn) and ${and(isPending, which)}
      order by run_at limit ${batchSize}
    )
    select is_mine as "isMine", floor(extract(epoch from now()) * 1000)::float8 as "atMs",
      (select coalesce(json_agg(due), '[]') from due) as due
    from turn`)
  return onlyRow(rows)
}

/** Leaves out what somebody has locked: one who claims or cancels it, or who keeps nobody else waiting so. */
const mark = async (tx: Tx, due: Due[]): Promise<number> => {
  const { rowCount } = await tx.execute(sql`
    with locked as materialized (
      select id as locked_id, attempt, status from ${jobs}
      where id = any(${sql.param(due.map(({ id }) => id))}::uuid[]) order by id for no key update skip locked
    )
    update ${jobs} set dispatched_at = now()
    from locked, unnest(${sql.param(due.map(({ id }) => id))}::uuid[], ${sql.param(due.map(({ attempt }) => attempt))}::int[])
      as given(job_id, seen_attempt)
    where job_id = locked_id and seen_attempt = locked.attempt and locked.status = 'pending' and ${jobs.id} = locked_id`)
  return rowCount ?? 0
}
