/**
 * What traces cost: GET of one post by who is signed in, on 64 connections, from `api` processes that differ in their
 * OTEL_ variables alone. One has no collector; the others send to one on this machine, which reads and drops what comes: a
 * process that keeps no trace (what is left is a span of its own and the context of each request), one of a tenth, and
 * one of all. What is judged is CPU time a request, exporting included, as the collector and the load share the machine with
 * them. Run with `node bench/tracing.ts`; it takes a minute and a half.
 */
import { createServer } from 'node:http'
import { failuresOf, measureInTurns, printMeasured, ratioOf } from './http/measure.ts'
import { getPlans } from './http/requests.ts'
import { openDatabase, openStage } from './http/stage.ts'
import { median, printEnvironment, printTarget } from './report.ts'

const collector = createServer((request, response) => request.resume().on('end', () => response.end()))
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
const address = collector.address()
const port = address !== null && typeof address === 'object' ? address.port : 0

await using opened = new AsyncDisposableStack()
opened.defer(() => void collector.close().closeAllConnections())
const database = await openDatabase(opened)
await printEnvironment(database.url)
const stage = await openStage(opened, database, [])

const startTraced = (sampler: string, share = '1') =>
  stage.startApi({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_TRACES_SAMPLER: sampler,
    OTEL_TRACES_SAMPLER_ARG: share,
  })

const plans = getPlans(stage, stage.api.port)
const contestants = [
  { name: 'no traces', servers: [stage.api], plans, most: 1 },
  { name: 'none kept', servers: [await startTraced('parentbased_always_off')], plans, most: 1.25 },
  { name: '10 % kept', servers: [await startTraced('parentbased_traceidratio', '0.1')], plans, most: 1.4 },
  { name: 'all kept', servers: [await startTraced('parentbased_always_on')], plans, most: 1.8 },
]
const measured = await measureInTurns(stage, contestants)
const cpuOf = (at: number) => median((measured[at] ?? []).map(({ serverUs }) => serverUs))
for (const [at, { name, most }] of contestants.entries()) {
  if (at > 0) {
    const requests = ratioOf(measured[at], measured[0]).toFixed(2)
    const cpu = cpuOf(at) / cpuOf(0)
    const line = `GET of one post, ${name}: ${cpu.toFixed(2)} of the CPU of no traces, ${requests} of the requests`
    printTarget(line, `at most ${most} of the CPU`, cpu <= most)
  }
  printMeasured(name, measured[at])
}
const failures = failuresOf(measured)
const lost = await Promise.all(contestants.slice(1).map(({ servers }) => lostSpans(servers[0]?.port)))
printTarget(`${failures} failures; spans lost: ${lost.join(', ')}`, '0 failures', failures === 0)

async function lostSpans(apiPort: number | undefined): Promise<string | undefined> {
  const metrics = await (await fetch(`http://127.0.0.1:${apiPort}/metrics`)).text()
  return /^backlot_trace_spans_lost_total (\d+)/m.exec(metrics)?.[1]
}
