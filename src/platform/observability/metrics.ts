import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from '../database/database.ts'
import type { Replica } from '../database/replicas/replica.ts'
import type { App } from '../http/http-server.ts'
import type { JobOutcome } from '../jobs/define-job.ts'
import { answeredStatus } from './request-log.ts'
import { isTracing, lostSpans } from './tracing.ts'

const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const jobSeconds = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800]

/** Workers are told on the page of the API, so their names differ from the API's own. */
export type MetricPrefix = 'backlot_' | 'backlot_worker_' | 'backlot_live_'

/** A registry for one process. Event loop lag, memory and garbage collection are in it from the start. */
export const createMetrics = (prefix: MetricPrefix, { pool, breaker, router }: Database): Registry => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix })
  const replicas = router?.replicas ?? []
  const servers = [{ name: breaker.name, pool, breaker }, ...replicas]
  new Gauge({
    name: `${prefix}db_pool_connections`,
    help: 'Connections of a pool by state; `waiting` are calls that wait for one.',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const { name, pool } of servers) {
        this.set({ pool: name, state: 'idle' }, pool.idleCount)
        this.set({ pool: name, state: 'busy' }, pool.totalCount - pool.idleCount)
        this.set({ pool: name, state: 'waiting' }, pool.waitingCount)
      }
    },
  })
  new Gauge({
    name: `${prefix}db_breaker_open`,
    help: '1 while the circuit breaker of a pool refuses calls.',
    labelNames: ['pool'],
    registers: [registry],
    collect() {
      for (const { name, breaker } of servers) this.set({ pool: name }, breaker.state === 'open' ? 1 : 0)
    },
  })
  if (isTracing()) watchTraces(prefix, registry)
  if (replicas.length > 0) watchReplicas(prefix, registry, replicas)
  return registry
}

const watchTraces = (prefix: MetricPrefix, registry: Registry): void => {
  new Counter({
    name: `${prefix}trace_spans_lost_total`,
    help: 'Spans that did not reach the trace collector.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(lostSpans())
    },
  })
}

const watchReplicas = (prefix: MetricPrefix, registry: Registry, replicas: Replica[]): void => {
  new Gauge({
    name: `${prefix}db_replica_up`,
    help: '1 while reads may come from a replica, 0 while it is too far behind or away.',
    labelNames: ['pool'],
    registers: [registry],
    collect() {
      for (const replica of replicas) {
        this.set({ pool: replica.name }, replica.state().status === 'up' ? 1 : 0)
      }
    },
  })
  new Gauge({
    name: `${prefix}db_replica_lag_seconds`,
    help: 'How old the state is that a replica shows. Not there while that is not known.',
    labelNames: ['pool'],
    registers: [registry],
    collect() {
      this.reset()
      for (const replica of replicas) {
        const { lagMs } = replica.state()
        if (lagMs !== null) this.set({ pool: replica.name }, lagMs / 1_000)
      }
    },
  })
}

export const measureRequests = (registry: Registry, app: App): void => {
  const requests = new Histogram({
    name: 'backlot_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: requestSeconds,
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    requests.observe(
      { method: request.method, route, status: answeredStatus(reply) },
      reply.elapsedTime / 1_000,
    )
  })
}

/** Gives the function that counts how jobs ended. */
export const measureJobs = (registry: Registry): ((outcome: JobOutcome) => void) => {
  const jobs = new Histogram({
    name: 'backlot_job_duration_seconds',
    help: 'Time from claim to outcome, by queue and outcome.',
    labelNames: ['queue', 'type', 'outcome'],
    buckets: jobSeconds,
    registers: [registry],
  })
  return ({ queue, type, outcome, seconds }) => jobs.observe({ queue, type, outcome }, seconds)
}

/** How many WebSockets are open, asked once a scrape. */
export const watchSockets = (registry: Registry, count: () => number): void => {
  new Gauge({
    name: 'backlot_realtime_sockets',
    help: 'WebSockets that are open in this process.',
    registers: [registry],
    collect() {
      this.set(count())
    },
  })
}

type ScheduleState = { name: string; overdueSeconds: number; lastError: string | null }

/** `read` gives what one process of all does again and again. It runs once a scrape. */
export const watchSchedules = (registry: Registry, read: () => Promise<ScheduleState[]>): void => {
  const readOnce = oncePerScrape(read)
  new Gauge({
    name: 'backlot_schedule_overdue_seconds',
    help: 'How long a scheduled task has been due, while it runs too. 0 until it is due again.',
    labelNames: ['task'],
    registers: [registry],
    async collect() {
      const found = await readOnce()
      this.reset()
      for (const { name, overdueSeconds } of found) this.set({ task: name }, overdueSeconds)
    },
  })
  new Gauge({
    name: 'backlot_schedule_failing',
    help: '1 when the last run of a scheduled task failed.',
    labelNames: ['task'],
    registers: [registry],
    async collect() {
      const found = await readOnce()
      this.reset()
      for (const { name, lastError } of found) this.set({ task: name }, lastError === null ? 0 : 1)
    },
  })
}

/** Both gauges of a kind are collected at the same time. While the database is away the other metrics are told, above all that it is. */
const oncePerScrape = <T>(read: () => Promise<T[]>): (() => Promise<T[]>) => {
  let reading: Promise<T[]> | undefined
  return () => {
    reading ??= read()
      .catch(() => [])
      .finally(() => {
        reading = undefined
      })
    return reading
  }
}

export type QueueDepth = { queue: string; status: string; count: number; oldestSeconds: number }

/** `read` gives a row for each queue and status. It runs once a scrape, so it must be cheap or cached. */
export const watchQueues = (registry: Registry, read: () => Promise<QueueDepth[]>): void => {
  const depths = oncePerScrape(read)
  new Gauge({
    name: 'backlot_queue_jobs',
    help: 'Jobs that run (`in-progress`), are due and wait (`pending`), or are for later (`delayed`), by queue.',
    labelNames: ['queue', 'status'],
    registers: [registry],
    async collect() {
      const found = await depths()
      this.reset()
      for (const { queue, status, count } of found) this.set({ queue, status }, count)
    },
  })
  new Gauge({
    name: 'backlot_queue_oldest_seconds',
    help: 'Age of the oldest job that is due and waits, by queue.',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      const found = await depths()
      this.reset()
      for (const { queue, status, oldestSeconds } of found) {
        if (status === 'pending') this.set({ queue }, oldestSeconds)
      }
    },
  })
}
