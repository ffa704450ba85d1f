import { gt, like, lt, not, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import { Gauge, type MetricObject, type Registry } from 'prom-client'
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
  #storedLast = false

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
      this.#storedLast = true
    } catch (error) {
      this.#storedLast = false
      this.#log.warn({ err: error }, 'worker report not stored')
    }
  }

  /** Whether the last report reached the database. */
  get storedLast(): boolean {
    return this.#storedLast
  }

  async close() {
    clearInterval(this.#timer)
    await this.#reporting
  }
}

export type WorkerReport = { workerId: string; metrics: MetricObject[] }

const isAlive = gt(workerReports.seenAt, sql`now() - make_interval(secs => ${aliveForSeconds})`)

const isWorker = not(like(workerReports.workerId, `${liveReporter}%`))

/** The reports of the workers that are alive. */
export const readWorkerReports = async (db: Db): Promise<WorkerReport[]> => {
  const rows = await db
    .select({ workerId: workerReports.workerId, metrics: workerReports.metrics })
    .from(workerReports)
    .where(isAlive)
    .limit(1_000)
  return rows.map(({ workerId, metrics }) => ({ workerId, metrics: metrics as MetricObject[] }))
}

/** Tells which queues a worker serves, and how many jobs at a time. */
export const tellServedQueues = (registry: Registry, concurrency: Readonly<Record<string, number>>) => {
  const served = new Gauge({
    name: servedQueuesMetric,
    help: 'Jobs of a queue that a worker runs at a time. Queues that it leaves to others are not there.',
    labelNames: ['queue'],
    registers: [registry],
  })
  for (const [queue, count] of Object.entries(concurrency)) served.set({ queue }, count)
}

const servedQueuesMetric = 'backlot_worker_queue_concurrency'

/** The workers that are alive: how many, and which queues they serve, which is undefined when an earlier version does not tell. */
export const findWorkers = async (db: Db): Promise<{ count: number; queues: Set<string> | undefined }> => {
  const path = `$[*] ? (@.name == "${servedQueuesMetric}").values[*].labels.queue`
  const { rows } = await db.execute<{ count: number; queues: (string | null)[] | null }>(sql`
    select count(distinct ${workerReports.workerId})::int as count, array_agg(distinct queue #>> '{}') as queues
    from ${workerReports} left join lateral jsonb_path_query(${workerReports.metrics}, ${path}::jsonpath) as queue on true
    where ${isAlive} and ${isWorker}`)
  const { count = 0, queues } = rows[0] ?? {}
  const named = queues?.filter((name) => name !== null)
  return { count, queues: named?.length === queues?.length ? new Set(named) : undefined }
}
