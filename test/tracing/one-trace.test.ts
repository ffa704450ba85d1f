import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CollectedSpan, type OtlpCollector, startOtlpCollector } from '../fakes/otlp-collector.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { createTestDatabase } from '../harness/test-database.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')
const password = 'a password that no span holds'
const collectorKey = 'a key for the collector'
const prompt = 'a lighthouse that no span tells of'

let dataDir: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let collector: OtlpCollector
let api: SpawnedProcess
let worker: SpawnedProcess
let url: string
let token: string

beforeAll(async () => {
  dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'backlot-tracing-'))
  database = await createTestDatabase()
  collector = await startOtlpCollector()
  const env = {
    BACKLOT_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SECRET_KEY: 'k'.repeat(40),
    PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(collectorKey)}`,
  }
  api = spawnNode([main, 'api'], env)
  worker = spawnNode([main, 'worker'], env)
  ;[, url = ''] = await api.until(/"address":"(http:[^"]+)"/)
  await worker.until(/"ready"/)
  const { data } = await post('/v1/auth/signup', { email: 'ada@example.com', password })
  token = data.accessToken ?? ''
})

afterAll(async () => {
  for (const { child } of [api, worker]) child.kill('SIGTERM')
  await Promise.all([api.exit, worker.exit])
  await collector.close()
  await database.drop()
  await fs.rm(dataDir, { recursive: true, force: true })
})

const ask = async (target: string, init: RequestInit = {}) => {
  const response = await fetch(url + target, {
    ...init,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...init.headers },
  })
  const { data } = (await response.json()) as { data: Record<string, string> }
  return { status: response.status, headers: response.headers, data }
}

const post = (target: string, body: object, headers: Record<string, string> = {}) =>
  ask(target, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

let traces = 0
/** As a client begins a trace of its own. */
const newTrace = () => {
  traces += 1
  const traceId = String(traces).padStart(32, 'a')
  const of = () => collector.spans.filter((span) => span.traceId === traceId)
  return {
    header: { traceparent: `00-${traceId}-00000000000000ff-01` },
    traceId,
    spans: of,
    /** The only span of this name, once it is there. */
    only: async (name: string): Promise<CollectedSpan> => {
      await expect.poll(() => of().filter((span) => span.name === name).length, { timeout: 10_000 }).toBe(1)
      return of().find((span) => span.name === name) as CollectedSpan
    },
    ancestorsOf: (span: CollectedSpan): string[] => {
      const names: string[] = []
      for (let at = span.parentId; at !== ''; ) {
        const parent = of().find(({ id }) => id === at)
        names.push(parent?.name ?? 'the client')
        at = parent?.parentId ?? ''
      }
      return names
    },
  }
}

test('a request, its statements, its job and the picture are one trace over both processes', async () => {
  const trace = newTrace()
  const body = { prompt, style: 'sketch', size: '64x64' }
  const answer = await post('/v1/generations?utm=a-value-of-the-query', body, {
    ...trace.header,
    prefer: 'wait=20',
  })
  expect(answer).toMatchObject({ data: { status: 'completed' } })

  const request = await trace.only('POST /v1/generations')
  expect(request).toMatchObject({
    kind: 'server',
    parentId: '00000000000000ff',
    service: 'backlot-api',
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/v1/generations',
      'url.path': '/v1/generations',
      'http.response.status_code': answer.status,
      'backlot.request.id': answer.headers.get('x-request-id'),
    },
  })
  const job = await trace.only('process generation.render')
  const tree = (p: string, d: string): string => trace.spans().filter((s) => s.parentId === p).map((s) => `${d}${s.service} ${s.kind} ${s.name} ${s.isError ? 'ERR' : ''} ${JSON.stringify(s.attributes)}\n${tree(s.id, d + '  ')}`).join('')
  console.log(tree('00000000000000ff', ''))
  expect(job).toMatchObject({
    kind: 'consumer',
    isError: false,
    service: 'backlot-worker',
    attributes: {
      'messaging.destination.name': 'images',
      'messaging.message.id': answer.data.jobId,
      'backlot.job.attempt': 1,
      'backlot.job.outcome': 'completed',
    },
  })
  expect(trace.ancestorsOf(job)).toEqual([
    'send generation.render',
    'transaction',
    'POST /v1/generations',
    'the client',
  ])
  const statement = await trace.only('enqueue_job')
  expect(statement).toMatchObject({ kind: 'client', attributes: { 'db.system.name': 'postgresql' } })
  expect(trace.ancestorsOf(statement)[0]).toBe('send generation.render')
  expect(trace.ancestorsOf(await trace.only('generate image'))[0]).toBe('process generation.render')
  expect(trace.ancestorsOf(await trace.only('storage put'))[0]).toBe('process generation.render')
  expect(trace.ancestorsOf(await trace.only('complete_job')).slice(0, 2)).toEqual([
    'transaction',
    'process generation.render',
  ])
})
