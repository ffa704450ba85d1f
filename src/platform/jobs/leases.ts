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

type Held = Claim & { abort: AbortController }

/**
 * The leases of the jobs that run in this process. All are renewed by one statement, every third of the lease, in database
 * time. A job whose lease is gone belongs to somebody else and is aborted; one with a cancel request too.
 */
export class Leases {
  readonly #db: Db
  readonly #log: Logger
  readonly #leaseMs: number
  readonly #held = new Map<string, Held>()
  readonly #unsubscribe: () => void
  readonly #timer: NodeJS.Timeout
  #renewal: Promise<void> | undefined

  constructor(deps: { db: Db; notifications: Notifications; log: Logger }, leaseMs: number) {
    this.#db = deps.db
    this.#log = deps.log
    this.#leaseMs = leaseMs
    this.#unsubscribe = deps.notifications.subscribe(cancelChannel, (id) => this.#stop(id, 'cancelled'))
    this.#timer = setInterval(() => {
      this.#renewal ??= this.#renew().finally(() => {
        this.#renewal = undefined
      })
    }, leaseMs / 3)
  }

  /** Renews the lease of a claim until `release`. `signal` aborts with a `StopReason`. */
  hold({ id, attempt }: Claim): { signal: AbortSignal; release: () => void } {
    const held: Held = { id, attempt, abort: new AbortController() }
    this.#held.set(id, held)
    return {
      signal: held.abort.signal,
      release: () => {
        if (this.#held.get(id) === held) this.#held.delete(id)
      },
    }
  }

  async #renew() {
    const held = [...this.#held.values()]
    if (held.length === 0) return
    try {
      const { rows } = await this.#db.execute<{ id: string; cancelled: boolean }>(sql`
        update ${jobs} set lease_expires_at = now() + make_interval(secs => ${this.#leaseMs / 1_000})
        from unnest(${sql.param(held.map(({ id }) => id))}::uuid[], ${sql.param(held.map(({ attempt }) => attempt))}::int[])
          as mine(id, attempt)
        where ${jobs.id} = mine.id and ${jobs.attempt} = mine.attempt and ${jobs.status} = 'in-progress'
        returning ${jobs.id} as id, ${jobs.cancelRequestedAt} is not null as cancelled`)
      const renewed = new Map(rows.map((row) => [row.id, row.cancelled]))
      for (const { id } of held) {
        if (!renewed.has(id)) this.#stop(id, 'lease-lost')
        else if (renewed.get(id)) this.#stop(id, 'cancelled')
      }
    } catch (error) {
      this.#log.warn({ err: error, jobs: held.length }, 'leases not renewed')
    }
  }

  #stop(id: string, reason: StopReason) {
    this.#held.get(id)?.abort.abort(reason)
  }

  /** Tells all running jobs to stop, because this process does. */
  stopAll() {
    for (const id of this.#held.keys()) this.#stop(id, 'worker-stopping')
  }

  async close() {
    clearInterval(this.#timer)
    this.#unsubscribe()
    await this.#renewal
  }
}
