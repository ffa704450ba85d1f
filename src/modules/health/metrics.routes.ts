import type { MetricObject, MetricObjectWithValues, MetricValue, Registry } from 'prom-client'
import { forbidden } from '../../platform/errors.ts'
import type { App } from '../../platform/http/http-server.ts'
import { mayReadMetrics } from '../../platform/observability/metrics-access.ts'
import type { WorkerReport } from '../../platform/observability/worker-reports.ts'
import type { SiblingMetrics } from '../../platform/siblings/sibling-metrics.ts'

export type MetricsDeps = {
  /** Of this process. */
  registry: Registry
  /** What every process would tell the same. */
  systemRegistry: Registry
  /** Where several processes answer on this port: what each of them tells. */
  siblings: SiblingMetrics | undefined
  workerReports: () => Promise<WorkerReport[]>
  /** Without a token only this machine may read the metrics. */
  token: string | undefined
}

/**
 * `/metrics` in Prometheus' text format 0.0.4: this process, or by the label `process` each that answers on this port, then each
 * worker that is alive, by the label `worker`. They are not added up, since the sum would fall when a process is replaced, and be
 * taken for a counter that began anew.
 */
export const metricsRoutes = (deps: MetricsDeps) => async (app: App) => {
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    const { headers, ip, socket } = request
    if (!mayReadMetrics(deps.token, headers, [ip, socket.remoteAddress])) {
      throw forbidden('Metrics are for this machine, or for who has METRICS_TOKEN.')
    }
    const [own, system, workers] = await Promise.all([
      deps.siblings === undefined ? deps.registry.metrics() : exposeSiblings(deps.siblings),
      deps.systemRegistry.metrics(),
      deps.workerReports().catch(() => []),
    ])
    const told = workers.map(({ workerId, metrics }) => ({ name: workerId, metrics }))
    return reply.type(deps.registry.contentType).send([own, system, expose('worker', told)].join('\n'))
  })
}

type Reported = MetricObjectWithValues<MetricValue<string> & { metricName?: string }>

const exposeSiblings = async (siblings: SiblingMetrics): Promise<string> => {
  const told = await siblings.read()
  return expose(
    'process',
    told.map(({ process, metrics }) => ({ name: String(process), metrics })),
  )
}

/** The same metrics of several processes, told apart by a label. */
const expose = (label: string, reports: { name: string; metrics: MetricObject[] }[]): string => {
  const byName = new Map<string, string[]>()
  for (const { name: reporter, metrics } of reports) {
    for (const metric of metrics as Reported[]) {
      const heading = [`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} ${metric.type}`]
      const lines = byName.get(metric.name) ?? heading
      for (const { metricName, labels, value } of metric.values) {
        // Reports are JSON, which has no NaN: the means and percentiles of a process that has only just started.
        const told = value ?? 'NaN'
        lines.push(`${metricName ?? metric.name}{${exposeLabels({ ...labels, [label]: reporter })}} ${told}`)
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
