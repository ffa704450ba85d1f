import { timingSafeEqual } from 'node:crypto'
import { BlockList } from 'node:net'
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client'
import { forbidden } from '../../platform/errors.ts'
import type { App } from '../../platform/http/http-server.ts'
import type { WorkerReport } from '../../platform/observability/worker-reports.ts'

export type MetricsDeps = {
  registry: Registry
  workerReports: () => Promise<WorkerReport[]>
  /** Without a token only this machine may read the metrics. */
  token: string | undefined
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/** `/metrics` in Prometheus' text format 0.0.4: this process, then each worker that is alive, by the label `worker`. */
export const metricsRoutes = (deps: MetricsDeps) => async (app: App) => {
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!mayRead(deps.token, request.headers.authorization, request.ip)) {
      throw forbidden('Metrics are for this machine, or for who has METRICS_TOKEN.')
    }
    const own = await deps.registry.metrics()
    const workers = await deps.workerReports().catch(() => [])
    return reply.type(deps.registry.contentType).send(`${own}\n${exposeWorkers(workers)}`)
  })
}

const mayRead = (token: string | undefined, authorization: string | undefined, ip: string): boolean => {
  if (token === undefined)
    return loopback.check(
      ip.replace('::ffff:', ''),
      ip.includes(':') && !ip.startsWith('::ffff:') ? 'ipv6' : 'ipv4',
    )
  const given = Buffer.from(authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

type Reported = MetricObjectWithValues<MetricValue<string> & { metricName?: string }>

const exposeWorkers = (reports: WorkerReport[]): string => {
  const byName = new Map<string, string[]>()
  for (const { workerId, metrics } of reports) {
    for (const metric of metrics as Reported[]) {
      const heading = [`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} ${metric.type}`]
      const lines = byName.get(metric.name) ?? heading
      for (const { metricName, labels, value } of metric.values) {
        lines.push(`${metricName ?? metric.name}{${exposeLabels({ ...labels, worker: workerId })}} ${value}`)
      }
      byName.set(metric.name, lines)
    }
  }
  return [...byName.values()].map((lines) => `${lines.join('\n')}\n`).join('\n')
}

const exposeLabels = (labels: Record<string, unknown>): string =>
  Object.entries(labels)
    .map(
      ([name, value]) =>
        `${name}="${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    )
    .join(',')
