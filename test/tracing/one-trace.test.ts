import { once } from 'node:events'
import fs from 'node:fs/promises'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OtlpCollector, startOtlpCollector } from '../fakes/otlp-collector.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../fakes/webhook-receiver.ts'
import { ancestorsOf, clientSpanId, newTrace, patience } from '../harness/client-traces.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { createTestDatabase, onServer } from '../harness/test-database.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')
const photo = path.join(import.meta.dirname, '../fixtures/flowers.jpg')
const password = 'a password that no span holds'
const collectorKey = 'a key for the collector'

let dataDir: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let collector: OtlpCollector
let receiver: WebhookReceiver
let api: SpawnedProcess
let worker: SpawnedProcess
let url: string
let token: string

beforeAll(async () => {
  dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'backlot-tracing-'))
  database = await createTestDatabase()
  collector = await startOtlpCollector()
  receiver = await startWebhookReceiver()
  const env = {
    BACKLOT_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SECRET_KEY: 'k'.repeat(40),
    PORT: '0',
    WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: 'true',
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
  await receiver.close()
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

const drawing = { prompt: 'a lighthouse that no span tells of', style: 'sketch', size: '64x64' }
const waiting = { prefer: 'wait=20' }

test('a request with a photo, its statements, its job and the picture are one trace over both processes', async () => {
  const trace = newTrace(collector)
  const body = new FormData()
  for (const [name, value] of Object.entries(drawing)) body.set(name, value)
  body.set('image', new Blob([await fs.readFile(photo)], { type: 'image/jpeg' }), 'name-of-a-photo.jpg')
  const answer = await ask('/v1/generations?utm=value-of-a-query', {
    method: 'POST',
    body,
    headers: { ...trace.header, ...waiting },
  })
  expect(answer.data).toMatchObject({ status: 'completed' })

  expect(await trace.span('POST /v1/generations')).toMatchObject({
    kind: 'server',
    isError: false,
    parentId: clientSpanId,
    service: 'backlot-api',
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/v1/generations',
      'http.response.status_code': answer.status,
      'backlot.request.id': answer.headers.get('x-request-id'),
    },
  })
  const requested = ['send generation.render', 'transaction', 'POST /v1/generations']
  const job = await trace.spanUnder('process generation.render', requested)
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
  const statement = await trace.spanUnder('enqueue_job', requested)
  expect(statement).toMatchObject({ kind: 'client', attributes: { 'db.system.name': 'postgresql' } })
  await trace.spanUnder('storage put', ['POST /v1/generations'])
  const inJob = ['process generation.render', ...requested]
  for (const name of ['storage read', 'generate image', 'storage put']) await trace.spanUnder(name, inJob)
  await trace.spanUnder('complete_jobs', ['transaction', ...inJob])

  const { headers, path: sentTo } = collector
  expect({ sentTo, key: headers.authorization }).toEqual({ sentTo: '/v1/traces', key: collectorKey })
  const loggedAs = (message: string) => new RegExp(`"trace_id":"${trace.traceId}".*"msg":"${message}"`)
  expect(api.output()).toMatch(loggedAs('request'))
  expect(worker.output()).toMatch(loggedAs('job'))
})

test('a job that fails tells so, its retry is in the same trace, and its receiver hears of no trace', async () => {
  const trace = newTrace(collector)
  receiver.answer = (response) => void response.writeHead(410).end()
  const { data: webhook } = await post('/v1/webhooks', { url: `${receiver.url}/secret-path`, events: ['*'] })
  const { data: sent } = await post(`/v1/webhooks/${webhook.id}/test`, {}, trace.header)
  const attempts = () => trace.spans().filter(({ name }) => name === 'process webhook.deliver')
  await expect.poll(attempts, patience).toMatchObject([
    {
      isError: true,
      attributes: {
        'backlot.job.outcome': 'failed',
        'backlot.job.attempt': 1,
        'error.type': 'ENDPOINT_GONE',
      },
    },
  ])
  const call = await trace.span('POST')
  expect(call).toMatchObject({
    kind: 'client',
    isError: false,
    attributes: { 'server.address': '127.0.0.1' },
  })
  expect(ancestorsOf(trace.spans(), call)[0]).toBe('process webhook.deliver')
  expect(receiver.received).toHaveLength(1)
  expect(receiver.received[0]?.headers).not.toHaveProperty('traceparent')

  await post(`/v1/jobs/${sent.jobId}/retry`, {})
  await expect.poll(() => attempts().length, patience).toBe(2)
  expect(attempts()[1]).toMatchObject({
    isError: true,
    parentId: attempts()[0]?.parentId,
    attributes: { 'backlot.job.attempt': 2, 'error.type': 'WEBHOOK_DISABLED' },
  })
})

test('what a request does once its body is there belongs to it, however late that comes', async () => {
  const trace = newTrace(collector)
  const body = JSON.stringify({ email: 'ada@example.com', password: `${password}.` })
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    expect: '100-continue',
    ...trace.header,
  }
  const request = http.request(`${url}/v1/auth/login`, { method: 'POST', headers, agent: false })
  const answered = once(request, 'response')
  request.flushHeaders()
  await once(request, 'continue')
  request.end(body)
  const [answer] = await answered
  expect(answer.resume().statusCode).toBe(401)
  expect(await trace.span('POST /v1/auth/login')).toMatchObject({
    isError: false,
    attributes: { 'http.response.status_code': 401 },
  })
  expect(trace.spans().filter(({ kind }) => kind === 'client')).not.toEqual([])
})

test('a statement that fails tells its SQLSTATE, and the request its status', async () => {
  await onServer(database.url, 'alter table posts rename to posts_away')
  try {
    const broken = newTrace(collector)
    expect((await ask('/v1/posts?limit=7', { headers: broken.header })).status).toBe(500)
    expect(await broken.span('GET /v1/posts')).toMatchObject({
      isError: true,
      attributes: { 'error.type': '500' },
    })
    expect(broken.spans()).toContainEqual(
      expect.objectContaining({
        kind: 'client',
        isError: true,
        attributes: expect.objectContaining({ 'error.type': '42P01' }),
      }),
    )
  } finally {
    await onServer(database.url, 'alter table posts_away rename to posts')
  }
})

test('a trace that its client does not keep is kept by none of the processes, and probes begin none', async () => {
  const kept = newTrace(collector)
  const trace = newTrace(collector, { isKept: false })
  const { data } = await post('/v1/generations', drawing, { ...trace.header, ...waiting })
  expect(data.status).toBe('completed')
  await ask('/health/live')
  await post('/v1/generations', drawing, { ...kept.header, ...waiting })
  await kept.span('process generation.render')
  await kept.span('POST /v1/generations')
  expect(trace.spans()).toEqual([])
  expect(collector.spans.filter(({ attributes }) => attributes['http.route'] === '/health/live')).toEqual([])
})

test('no span holds a password, a token, a value of a query or a statement, or what people wrote', async () => {
  const unknown = newTrace(collector)
  await fetch(`${url}/v1/path-that-is-a-secret`, { headers: unknown.header })
  expect((await unknown.span('GET')).attributes).not.toHaveProperty('http.route')
  const misplaced = newTrace(collector)
  await fetch(`${url}/v1/posts/bk_key-in-a-path`, { headers: misplaced.header })
  await misplaced.span('GET /v1/posts/:id')
  expect(collector.text).toContain('enqueue_job')
  const secrets = [
    password,
    token,
    collectorKey,
    'ada@example.com',
    drawing.prompt,
    'value-of-a-query',
    'name-of-a-photo',
  ]
  for (const secret of [
    ...secrets,
    'secret-path',
    'path-that-is-a-secret',
    'key-in-a-path',
    'select ',
    'insert into',
    '= $1',
  ])
    expect(collector.text).not.toContain(secret)
})
