import { and, gt, like, lt, not, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { MetricObject, Registry } from 'prom-client'
import type { Db } from '../database/database.ts'
import { workerReports } from './worker-reports.table.ts'

const reportEveryMs = 5_000
/** A worker that has said nothing for this long is taken for gone. */
const aliveForSeconds = 20

/** Processes that report like a worker and run no jobs have names that begin so. */
export const liveReporter = 'live:'

/** Reports the metrics of a worker process until it is closed. */
export class WorkerReporter {
  readonly #db: Db
  readonly #workerId: string
  readonly #registry: Registry
  readonly #log: Logger
  readonly #timer: NodeJS.Timeout
  #reporting: Promise<void>

  constructor(db: Db, workerId: string, registry: Registry, log: Logger) {
    this.#db = db
    this.#workerId = workerId
    this.#registry = registry
    this.#log = log
    this.#reporting = this.#report()
    this.#timer = setInterval(() => {
      this.#reporting = this.#reporting.then(() => this.#report())
    }, reportEveryMs)
  }

  async #report() {
    try {
      const metrics = await this.#registry.getMetricsAsJSON()
      await this.#db
        .insert(workerReports)
        .values({ workerId: this.#workerId, metrics })
        .onConflictDoUpdate({ target: workerReports.workerId, set: { metrics, seenAt: sql`now()` } })
      await this.#db
        .delete(workerReports)
        .where(lt(workerReports.seenAt, sql`now() - make_interval(secs => ${aliveForSeconds * 3})`))
    } catch (error) {
      this.#log.warn({ err: error }, 'worker report not stored')
    }
  }

  async close() {
    clearInterval(this.#timer)
    await this.#reporting
  }
}

export type WorkerReport = { workerId: string; metrics: MetricObject[] }

const isAlive = gt(workerReports.seenAt, sql`now() - make_interval(secs => ${aliveForSeconds})`)

/** The reports of the workers that are alive. */
export const readWorkerReports = async (db: Db): Promise<WorkerReport[]> => {
  const rows = await db
    .select({ workerId: workerReports.workerId, metrics: workerReports.metrics })
    .from(workerReports)
    .where(isAlive)
    .limit(1_000)
  return rows.map(({ workerId, metrics }) => ({ workerId, metrics: metrics as MetricObject[] }))
}

export const countWorkers = (db: Db): Promise<number> =>
  db.$count(workerReports, and(isAlive, not(like(workerReports.workerId, `${liveReporter}%`))))
