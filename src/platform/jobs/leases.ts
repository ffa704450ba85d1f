import { sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Db } from '../database/database.ts'
import type { Notifications } from '../events/notifications.ts'
import { jobs } from './jobs.table.ts'
import type { Claim } from './transitions.ts'

/** NOTIFY channel that carries the ids of running jobs to be cancelled. */
export const cancelChannel = 'backlot_job_cancel'

/** Why a running job is told to stop. */
export type StopReason = 'cancelled' | 'lease-lost' | 'worker-stopping'

export type Lease = { signal: AbortSignal; stop: (reason: StopReason) => void; release: () => void }

type Held = Claim & { abort: AbortController }

/**
 * The leases of the jobs that run in this process. All are renewed by one statement, every third of the lease, in database
 * time. A job whose lease is gone belongs to somebody else and is aborted; one with a cancel request too.
 */
export class Leases {
  readonly #db: Db
  readonly #log: Logger
  readonly #leaseMs: number
  /** A claim that was lost may still run beside a newer one of the same job. */
  readonly #held = new Set<Held>()
  readonly #unsubscribe: () => void
  readonly #timer: NodeJS.Timeout
  #renewal: Promise<void> | undefined

  constructor(deps: { db: Db; notifications: Notifications; log: Logger }, leaseMs: number) {
    this.#db = deps.db
    this.#log = deps.log
    this.#leaseMs = leaseMs
    this.#unsubscribe = deps.notifications.subscribe(cancelChannel, (id) => this.#cancel(id))
    this.#timer = setInterval(() => {
      this.#renewal ??= this.#renew().finally(() => {
        this.#renewal = undefined
      })
    }, leaseMs / 3)
  }

  /** Renews the lease of a claim until `release`. `signal` aborts with a `StopReason`. */
  hold({ id, attempt }: Claim): Lease {
    const held: Held = { id, attempt, abort: new AbortController() }
    this.#held.add(held)
    return {
      signal: held.abort.signal,
      stop: (reason) => stop(held, reason),
      release: () => void this.#held.delete(held),
    }
  }

  async #renew() {
    const held = [...this.#held]
    if (held.length === 0) return
    try {
      const { rows } = await this.#db.execute<Claim & { cancelled: boolean }>(sql`
        with mine as (
          select * from unnest(${sql.param(held.map(({ id }) => id))}::uuid[],
            ${sql.param(held.map(({ attempt }) => attempt))}::int[]) as claim(job_id, seen_attempt)
        ), locked as (
          -- A job that is being ended has its row locked for as long as that takes; the others do not wait for it.
          select id as locked_id from ${jobs} where id in (select job_id from mine) for no key update skip locked
        ), renewed as (
          update ${jobs} set lease_expires_at = now() + make_interval(secs => ${this.#leaseMs / 1_000})
          from locked, mine
          where ${jobs.id} = locked_id and job_id = locked_id and ${jobs.attempt} = seen_attempt
            and ${jobs.status} = 'in-progress'
        )
        select id, attempt, cancel_requested_at is not null as cancelled from ${jobs}, mine
        where id = job_id and attempt = seen_attempt and status = 'in-progress'`)
      for (const one of held) {
        const renewed = rows.find(({ id, attempt }) => id === one.id && attempt === one.attempt)
        if (renewed === undefined) stop(one, 'lease-lost')
        else if (renewed.cancelled) stop(one, 'cancelled')
      }
    } catch (error) {
      this.#log.warn({ err: error, jobs: held.length }, 'leases not renewed')
    }
  }

  #cancel(jobId: string) {
    for (const held of this.#held) if (held.id === jobId) stop(held, 'cancelled')
  }

  /** Tells all running jobs to stop, because this process does. */
  stopAll() {
    for (const held of this.#held) stop(held, 'worker-stopping')
  }

  async close() {
    clearInterval(this.#timer)
    this.#unsubscribe()
    await this.#renewal
  }
}

const stop = ({ abort }: Held, reason: StopReason) => abort.abort(reason)
