import { statfs } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import type { Pool } from 'pg'
import { backupAgeMs, findBackupState, isBackupOverdue } from '../../platform/backup/backup-state.ts'
import type { Database, Db } from '../../platform/database/database.ts'
import { codeOf } from '../../platform/database/infrastructure-error.ts'
import { isMigrated } from '../../platform/database/migrate.ts'
import { queueNames } from '../../platform/jobs/queues.ts'
import { findWorkers } from '../../platform/observability/worker-reports.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { countLive } from '../streams/live-processes.ts'

export type HealthDeps = {
  database: Database
  storage: Pick<Storage, 'check'>
  dataDir: string
  version: string
  /** Aborted when the process is about to stop: then it is not ready any more, though alive. */
  leaving: AbortSignal
}

export type Check = { status: 'ok' | 'degraded' | 'down'; latency?: number; message?: string }
export type Checks = {
  database: Check
  queue: Check & {
    pendingJobs?: number
    workers?: number
    queuesWithoutWorker?: string[]
    stuckQueues?: string[]
  }
  storage: Check & { freeBytes?: number }
  live: Check & { processes?: number; streams?: number }
  /** Where backups are scheduled. */
  backup?: Check & { ageSeconds?: number }
}

const cachedForMs = 1_000
const longestCheckMs = 2_000
/** Given up by `pg` itself, so that no connection is kept by a network that swallows everything. */
const probe = { text: 'select 1', query_timeout: longestCheckMs }
const mostCounted = 10_000
/** A worker begins a due job within milliseconds, or within seconds after an outage that is over. */
const stuckAfterSeconds = 15
const scarceBytes = 512 * 1024 * 1024

/**
 * What the health routes tell. However many ask, the checks run once a second at most, and who asks in between gets the
 * last answer.
 */
export class Health {
  readonly #deps: HealthDeps
  #checks: Promise<Checks> | undefined
  #checkedAt = 0
  #migrated = false

  constructor(deps: HealthDeps) {
    this.#deps = deps
  }

  get version(): string {
    return this.#deps.version
  }

  checks(): Promise<Checks> {
    if (this.#checks === undefined || Date.now() - this.#checkedAt >= cachedForMs) {
      this.#checkedAt = Date.now()
      this.#checks = this.#check()
    }
    return this.#checks
  }

  /** Whether load balancers shall send requests here. */
  async ready(): Promise<boolean> {
    const { database } = await this.checks()
    return !this.#deps.leaving.aborted && database.status !== 'down' && (await this.started())
  }

  /** Whether this version's migrations have run, and since then none that it cannot work with. */
  async started(): Promise<boolean> {
    if (!this.#migrated) await this.checks()
    return this.#migrated
  }

  async #check(): Promise<Checks> {
    const { db } = this.#deps.database
    const [primary, storage, backup] = await Promise.all([
      inTime(this.#database()),
      inTime(this.#storage()),
      this.#backup(),
    ])
    const database = this.#withReplicas(primary)
    if (database.status !== 'ok')
      return { database, queue: { status: 'down' }, storage, live: { status: 'down' }, ...backup }
    const [queue, live] = await Promise.all([inTime(this.#queue()), inTime(this.#live())])
    this.#migrated = await isMigrated(db).catch(() => this.#migrated)
    return { database, queue, storage, live, ...backup }
  }

  async #database(): Promise<Check> {
    const startedAt = performance.now()
    await this.#deps.database.pool.query(probe)
    return { status: 'ok', latency: Math.round(performance.now() - startedAt) }
  }

  /** While the primary is away, whoever is not signed in still reads from replicas: no reason to be taken out of service. */
  #withReplicas(primary: Check): Check {
    const replicas = this.#deps.database.router?.replicas ?? []
    const isRead = primary.status === 'down' && replicas.some((replica) => replica.state().status === 'up')
    return isRead ? { ...primary, status: 'degraded' } : primary
  }

  /**
   * Without a worker that is alive jobs are still taken, and wait; those of one queue too when no worker serves it, or when
   * its worker does not get them, as while Redis is away.
   */
  async #queue(): Promise<Checks['queue']> {
    const { db } = this.#deps.database
    const { pendingJobs, idleQueues } = await readPending(db)
    const { count: workers, queues: served } = await findWorkers(db)
    if (workers === 0) return { status: 'degraded', pendingJobs, workers }
    const unserved = served === undefined ? [] : queueNames.filter((name) => !served.has(name))
    const stuck = idleQueues.filter((name) => !unserved.some((other) => other === name))
    const isOk = unserved.length === 0 && stuck.length === 0
    return {
      status: isOk ? 'ok' : 'degraded',
      pendingJobs,
      workers,
      ...(unserved.length > 0 && { queuesWithoutWorker: unserved }),
      ...(stuck.length > 0 && { stuckQueues: stuck }),
    }
  }

  /** Whether there should be live processes, only the operator knows. */
  async #live(): Promise<Checks['live']> {
    return { status: 'ok', ...(await countLive(this.#deps.database.db)) }
  }

  /** Why a backup failed may name places: `backlot doctor` and the log tell it. */
  async #backup(): Promise<Pick<Checks, 'backup'>> {
    const state = await findBackupState(this.#deps.dataDir).catch(() => 'unreadable' as const)
    if (state === undefined) return {}
    if (state === 'unreadable') return { backup: { status: 'degraded', message: 'unknown' } }
    const ageMs = backupAgeMs(state)
    const age = Number.isFinite(ageMs) ? { ageSeconds: Math.round(ageMs / 1_000) } : {}
    if (state.lastFailure !== null) return { backup: { status: 'degraded', message: 'failed', ...age } }
    if (isBackupOverdue(state)) return { backup: { status: 'degraded', message: 'overdue', ...age } }
    return { backup: { status: 'ok', ...age } }
  }

  /** `freeBytes` is of the data directory, which recordings need wherever the files are. */
  async #storage(): Promise<Checks['storage']> {
    const startedAt = performance.now()
    await this.#deps.storage.check()
    const latency = Math.round(performance.now() - startedAt)
    const { bavail, bsize } = await statfs(this.#deps.dataDir)
    const freeBytes = bavail * bsize
    return { status: freeBytes < scarceBytes ? 'degraded' : 'ok', latency, freeBytes }
  }

  pools() {
    const { pool, breaker, router } = this.#deps.database
    const replicas = (router?.replicas ?? []).map((replica) => ({
      name: replica.name,
      ...replica.state(),
      breaker: replica.breaker.state,
      pool: countsOf(replica.pool),
    }))
    return { primary: { breaker: breaker.state, pool: countsOf(pool) }, replicas }
  }
}

/** How many jobs wait, and the queues with overdue ones of which none runs or has ended lately: a long backlog is not idle. */
const readPending = async (db: Db): Promise<{ pendingJobs: number; idleQueues: string[] }> => {
  const lately = sql`now() - make_interval(secs => ${stuckAfterSeconds})`
  const { rows } = await db.execute<{ pendingJobs: number; idleQueues: string[] }>(sql`
    with overdue as (
      (select queue from jobs where status = 'pending' and dispatched_at is null and run_at < ${lately}
       order by run_at limit ${mostCounted})
      union all
      (select queue from jobs where status = 'pending' and dispatched_at is not null and run_at < ${lately}
       limit ${mostCounted})
    )
    select
      (select count(*)::int from (select 1 from jobs where status = 'pending' limit ${mostCounted}) as waiting)
        as "pendingJobs",
      array(
        select queue from (select distinct queue from overdue) as late
        where not exists (select from jobs where status = 'in-progress' and jobs.queue = late.queue)
          and not exists (
            select from jobs where status in ('completed', 'failed') and finished_at > ${lately} and jobs.queue = late.queue)
        order by queue
      ) as "idleQueues"`)
  return rows[0] ?? { pendingJobs: 0, idleQueues: [] }
}

const countsOf = ({ totalCount, idleCount, waitingCount }: Pool) => ({
  total: totalCount,
  idle: idleCount,
  waiting: waitingCount,
})

/** What fails is down, and so is what keeps a probe waiting. Hosts and users stay out of public answers. */
const inTime = async <C extends Check>(check: Promise<C>): Promise<C | Check> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(late.reject, longestCheckMs)
  try {
    return await Promise.race([check, late.promise])
  } catch (error) {
    return { status: 'down', message: codeOf(error) ?? 'unavailable' }
  } finally {
    clearTimeout(timer)
  }
}
