import { statfs } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import type { Pool } from 'pg'
import { backupAgeMs, findBackupState, isBackupOverdue } from '../../platform/backup/backup-state.ts'
import type { Database } from '../../platform/database/database.ts'
import { codeOf } from '../../platform/database/infrastructure-error.ts'
import { isMigrated } from '../../platform/database/migrate.ts'
import { countWorkers } from '../../platform/observability/worker-reports.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { countLive } from '../streams/live-processes.ts'

export type HealthDeps = {
  database: Database
  storage: Pick<Storage, 'check'>
  dataDir: string
  version: string
}

export type Check = { status: 'ok' | 'degraded' | 'down'; latency?: number; message?: string }
export type Checks = {
  database: Check
  queue: Check & { pendingJobs?: number; workers?: number }
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

  /** Without a worker that is alive jobs are still taken, and wait. */
  async #queue(): Promise<Checks['queue']> {
    const { db } = this.#deps.database
    const { rows } = await db.execute<{ pending: number }>(sql`
      select count(*)::int as pending from (select 1 from jobs where status = 'pending' limit ${mostCounted}) as waiting`)
    const workers = await countWorkers(db)
    return { status: workers > 0 ? 'ok' : 'degraded', pendingJobs: rows[0]?.pending ?? 0, workers }
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
