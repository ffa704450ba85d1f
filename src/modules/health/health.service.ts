import { statfs } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import type { Database } from '../../platform/database/database.ts'
import { codeOf } from '../../platform/database/infrastructure-error.ts'
import { isMigrated } from '../../platform/database/migrate.ts'
import { readWorkerReports } from '../../platform/observability/worker-reports.ts'

export type HealthDeps = { database: Database; dataDir: string; version: string }

export type Check = { status: 'ok' | 'degraded' | 'down'; latency?: number; message?: string }
export type Checks = {
  database: Check
  queue: Check & { pendingJobs?: number; workers?: number }
  storage: Check & { freeBytes?: number }
}

const cachedForMs = 1_000
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

  async #check(): Promise<Checks> {
    const [database, queue, storage] = await Promise.all([this.#database(), this.#queue(), this.#storage()])
    return { database, queue, storage }
  }

  async #database(): Promise<Check> {
    const startedAt = performance.now()
    try {
      await this.#deps.database.db.execute(sql`select 1`)
      return { status: 'ok', latency: Math.round(performance.now() - startedAt) }
    } catch (error) {
      return { status: 'down', message: describe(error) }
    }
  }

  /** Without a worker that is alive jobs are still taken, and wait. */
  async #queue(): Promise<Checks['queue']> {
    const { db } = this.#deps.database
    try {
      const { rows } = await db.execute<{ pending: number }>(sql`
        select count(*)::int as pending from (select 1 from jobs where status = 'pending' limit ${mostCounted}) as waiting`)
      const workers = (await readWorkerReports(db)).length
      return { status: workers > 0 ? 'ok' : 'degraded', pendingJobs: rows[0]?.pending ?? 0, workers }
    } catch (error) {
      return { status: 'down', message: describe(error) }
    }
  }

  async #storage(): Promise<Checks['storage']> {
    try {
      const { bavail, bsize } = await statfs(this.#deps.dataDir)
      const freeBytes = bavail * bsize
      return { status: freeBytes < scarceBytes ? 'degraded' : 'ok', freeBytes }
    } catch (error) {
      return { status: 'down', message: describe(error) }
    }
  }

  /** Whether this version's migrations have run. Once they have, it is not asked again. */
  async started(): Promise<boolean> {
    if (!this.#migrated) this.#migrated = await isMigrated(this.#deps.database.db).catch(() => false)
    return this.#migrated
  }

  pools() {
    const { pool, breaker } = this.#deps.database
    return {
      primary: {
        breaker: breaker.state,
        pool: { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount },
      },
    }
  }
}

/** Hosts and users stay out of public answers. */
const describe = (error: unknown): string => codeOf(error) ?? 'unavailable'
