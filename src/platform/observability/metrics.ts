import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from '../database/database.ts'
import type { App } from '../http/http-server.ts'
import type { JobOutcome } from '../jobs/run-claim.ts'
import { answeredStatus } from './request-log.ts'

const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const jobSeconds = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800]

/** Workers are told on the page of the API, so their names differ from the API's own. */
export type MetricPrefix = 'backlot_' | 'backlot_worker_' | 'backlot_live_'

/** A registry for one process. Event loop lag, memory and garbage collection are in it from the start. */
export const createMetrics = (prefix: MetricPrefix, { pool, breaker }: Database): Registry => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix })
  new Gauge({
    name: `${prefix}db_pool_connections`,
    help: 'Connections of the primary pool by state; `waiting` are calls that wait for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
      this.set({ state: 'waiting' }, pool.waitingCount)
    },
  })
  new Gauge({
    name: `${prefix}db_breaker_open`,
    help: '1 while the circuit breaker of a pool refuses calls, 0.5 while it probes.',
    labelNames: ['pool'],
    registers: [registry],
    collect() {
      this.set({ pool: breaker.name }, { closed: 0, 'half-open': 0.5, open: 1 }[breaker.state])
    },
  })
  return registry
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

export type QueueDepth = { queue: string; status: string; count: number; oldestSeconds: number }

/** `read` gives a row for each queue and status. It runs once a scrape, so it must be cheap or cached. */
export const watchQueues = (registry: Registry, read: () => Promise<QueueDepth[]>): void => {
  let reading: Promise<QueueDepth[]> | undefined
  // Both gauges are collected at the same time. While the database is away the other metrics are told, above all that it is.
  const depths = () => {
    reading ??= read()
      .catch(() => [])
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  new Gauge({
    name: 'backlot_queue_jobs',
    help: 'Jobs that wait or run, by queue and status.',
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
