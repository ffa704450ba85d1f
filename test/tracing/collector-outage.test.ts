import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openOtlpTraces } from '../../src/platform/observability/otlp-traces.ts'
import { beginSpan, isTracing, lostSpans } from '../../src/platform/observability/tracing.ts'
import { type OtlpCollector, startOtlpCollector } from '../fakes/otlp-collector.ts'
import { call, type Person, signUp } from '../harness/client.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

let collector: OtlpCollector
let traces: ReturnType<typeof openOtlpTraces>
let backlot: TestApp
let ada: Person
const logged: { level: number; msg: string }[] = []
const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })

const openTraces = () =>
  openOtlpTraces({
    endpoint: `${collector.url}/v1/traces`,
    headers: {},
    serviceName: undefined,
    sampler: 'always_on',
    samplerShare: 1,
    role: 'test',
    version: '0',
    environment: 'test',
    log,
  })

beforeAll(async () => {
  collector = await startOtlpCollector()
  traces = openTraces()
  backlot = await startTestApp()
  ada = await signUp(backlot)
})
afterEach(() => {
  collector.mode = 'take'
})
afterAll(async () => {
  await backlot.close()
  await traces.close()
  await collector.close()
})

const messages = () => logged.map(({ msg }) => msg)
const ask = async () => (await call(backlot, ada, 'GET', '/v1/auth/me')).status
/** Several batches of spans. */
const askOften = () => Promise.all(Array.from({ length: 1_000 }, ask))
const endSpans = (name: string, count: number) => {
  for (let n = 0; n < count; n += 1) beginSpan(name, {}, {})?.span.end()
}
const patience = { timeout: 10_000 }

test('a collector that fails costs no request, and is told of once, with its end', async () => {
  await ask()
  await expect.poll(() => collector.named('GET /v1/auth/me').length, patience).toBe(1)
  collector.mode = 'fail'
  const before = collector.requests
  for (let round = 0; round < 3; round += 1) {
    expect(new Set(await askOften())).toEqual(new Set([200]))
    await expect.poll(() => collector.requests, patience).toBeGreaterThan(before + round)
  }
  await expect.poll(lostSpans, patience).toBeGreaterThan(0)
  expect(messages()).toEqual(['trace collector is away'])
  collector.mode = 'take'
  await ask()
  await expect.poll(messages, patience).toEqual(['trace collector is away', 'trace collector is back'])
  expect(logged[1]).toMatchObject({ lostSpans: lostSpans() })
  const metrics = await call(backlot, undefined, 'GET', '/metrics')
  expect(metrics.text).toContain(`backlot_trace_spans_lost_total ${lostSpans()}`)
})

test('what waits for a collector that stalls is bounded, and requests go on', async () => {
  collector.mode = 'stall'
  const lostBefore = lostSpans()
  const ended = 100_000
  endSpans('flood', ended)
  expect(new Set(await askOften())).toEqual(new Set([200]))
  const kept = ended - (lostSpans() - lostBefore)
  expect(kept).toBeGreaterThan(1_000)
  // Those that wait, and one request of 512.
  expect(kept).toBeLessThanOrEqual(4_096 + 512)
})

test('a stop waits two seconds for a collector that stalls, and gives a good one all there is', async () => {
  collector.mode = 'stall'
  endSpans('lost', 1_000)
  const startedAt = performance.now()
  await traces.close()
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  expect(isTracing()).toBe(false)

  collector.mode = 'take'
  traces = openTraces()
  endSpans('last', 3_000)
  await traces.close()
  expect(collector.named('last')).toHaveLength(3_000)
})

test('a collector that is away is found again', async () => {
  await collector.goAway()
  traces = openTraces()
  endSpans('kept', 10)
  expect(await ask()).toBe(200)
  await collector.comeBack()
  await expect.poll(() => collector.named('kept').length, patience).toBe(10)
})
