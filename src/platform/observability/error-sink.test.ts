import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SentryServer, startSentryServer } from '../../../test/fakes/sentry-server.ts'
import { ErrorSink } from './error-sink.ts'
import { loggedError } from './logger.ts'

let sentry: SentryServer
let sink: ErrorSink
let troubles: string[]

beforeEach(async () => {
  sentry = await startSentryServer()
  troubles = []
  sink = open()
})
afterEach(async () => {
  await sink.close()
  await sentry.close()
  expect(sentry.faults).toEqual([])
})

const open = (dsn = sentry.dsn, timeoutMs = 5_000) =>
  new ErrorSink({
    dsn,
    timeoutMs,
    release: 'backlot@1.2.3',
    environment: 'test',
    onTrouble: (reason) => void troubles.push(reason),
  })
const log = () => pino({ name: 'api', serializers: { err: (error: unknown) => loggedError(error) } }, sink)
const messages = () => sentry.events.map(({ logentry }) => logentry.formatted)
const coded = (message: string, code: string) => Object.assign(new Error(message), { code })

test('an error arrives with its causes, its stack and where it was', async () => {
  const error = new TypeError('nothing is there', { cause: coded('it is away', 'ECONNRESET') })
  log().error(
    { err: error, requestId: 'r-1', route: '/v1/posts', status: 500, body: 'unsaid' },
    'INTERNAL_ERROR',
  )
  await expect.poll(() => sentry.events).toHaveLength(1)
  const [event] = sentry.events
  expect(event).toMatchObject({
    level: 'error',
    platform: 'node',
    release: 'backlot@1.2.3',
    environment: 'test',
    transaction: '/v1/posts',
    tags: { role: 'api', requestId: 'r-1', route: '/v1/posts', status: 500 },
  })
  const [cause, outer] = event?.exception?.values ?? []
  expect(cause).toMatchObject({ type: 'Error (ECONNRESET)', value: 'it is away' })
  expect(outer).toMatchObject({ type: 'TypeError', value: 'nothing is there' })
  expect(outer?.stacktrace.frames.at(-1)).toMatchObject({
    filename: expect.stringMatching(/error-sink\.test\.ts$/),
    lineno: expect.any(Number),
    in_app: true,
  })
  expect(sentry.texts.join()).not.toContain('unsaid')
})

test('what is expected stays in the log; a trace and a job are told by their ids', async () => {
  log().warn({ err: new Error('later') }, 'job failed')
  log().warn({ err: new Error('away'), requestId: 'r-2', status: 503 }, 'DEPENDENCY_UNAVAILABLE')
  const job = { jobId: 'j-1', queue: 'images', type: 'generation', attempt: 3 }
  log().error({ ...job, trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }, 'job failed')
  await expect.poll(messages).toEqual(['DEPENDENCY_UNAVAILABLE', 'job failed'])
  expect(sentry.events[0]).toMatchObject({ level: 'warning', tags: { requestId: 'r-2' } })
  expect(sentry.events[1]).toMatchObject({
    tags: job,
    contexts: { trace: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) } },
  })
})

test('values of statements, words of PostgreSQL, pieces of bodies and addresses are left out', async () => {
  const values = ['hunter2', 'ada@example.com', 'red-kite', '192.0.2.7', '2001:db8::7', 'signature']
  const cause = coded(`invalid input syntax for type uuid: "${values[0]}"`, '22P02')
  const query = `Failed query: select * from t where name = '${values[1]}'\nparams: ${values[0]}`
  log().error({ err: new Error(query, { cause }) }, 'one')
  log().error({ err: new SyntaxError(`Unexpected token, "${values[2]}"... is not valid JSON`) }, 'two')
  log().error({ err: new Error(`550 <${values[1]}> refused by ${values[3]}:25 and ${values[4]}`) }, 'three')
  log().error(
    { err: new Error(`GET https://u:${values[0]}@s3.example/a?${values[5]}=1 failed at src/a.ts:1:2`) },
    'four',
  )
  await expect.poll(messages).toEqual(['one', 'two', 'three', 'four'])
  expect(sentry.events.flatMap(({ exception }) => exception?.values.map(({ value }) => value))).toEqual([
    "PostgreSQL's 22P02",
    'Failed query: select ...',
    'Unexpected token, "..."... is not valid JSON',
    '550 <...@...> refused by ...:25 and ...',
    'GET https://...@.../a?... failed at src/a.ts:1:2',
  ])
  for (const value of values) expect(sentry.texts.join()).not.toContain(value)
})

test('of a thousand errors a second a few of each cause are sent, and sixty in all', async () => {
  const errors = log()
  for (let n = 0; n < 1_000; n += 1) errors.error({ requestId: `r-${n}` }, 'the same')
  for (let n = 0; n < 1_000; n += 1) errors.error(`cause ${n}`)
  await sink.close()
  expect(messages().filter((message) => message === 'the same')).toHaveLength(5)
  expect(messages()).toHaveLength(60)
})

test.each([
  { status: 429, headers: { 'retry-after': '120' } },
  { status: 429, headers: { 'retry-after': new Date(Date.now() + 120_000).toUTCString() } },
  { status: 429, headers: {} },
  { status: 200, headers: { 'x-sentry-rate-limits': '60:transaction:key, 2700:default;error:organization' } },
  { status: 200, headers: { 'x-sentry-rate-limits': '60::organization' } },
])('a sink that has had enough is left alone: %o', async ({ status, headers }) => {
  sentry.answer = (response) => void response.writeHead(status, headers).end()
  const errors = log()
  errors.error('one')
  errors.error('two')
  await expect.poll(messages).toEqual(['one'])
  errors.error('three')
  await sink.close()
  expect({ messages: messages(), troubles }).toEqual({ messages: ['one'], troubles: [] })
})

test('a limit of other things, or one that is over, stops no errors', async () => {
  sentry.answer = (response) =>
    void response.writeHead(200, { 'x-sentry-rate-limits': '60:transaction:key, 0.1:error:key' }).end()
  log().error('one')
  await expect.poll(messages).toEqual(['one'])
  sentry.answer = sentry.take
  log().error('two')
  await expect.poll(messages).toEqual(['one', 'two'])
})

test('a sink that fails is told once, and the end does not wait for it', async () => {
  sentry.answer = (response) => void response.writeHead(500).end()
  for (let n = 0; n < 5; n += 1) log().error(`error ${n}`)
  await expect.poll(() => troubles).toEqual(['it answered 500'])
  const startedAt = performance.now()
  await sink.close()
  expect(performance.now() - startedAt).toBeLessThan(500)
  expect(messages()).toEqual(['error 0'])

  const gone = await startSentryServer()
  await gone.close()
  sink = open(gone.dsn)
  for (let n = 0; n < 5; n += 1) log().error(`error ${n}`)
  await expect.poll(() => troubles).toEqual(['it answered 500', 'ECONNREFUSED'])
})

test('one that keeps silent is told once, and holds up the end for two seconds at most', async () => {
  sentry.answer = () => undefined
  sink = open(sentry.dsn, 50)
  log().error('one')
  await expect.poll(() => troubles).toEqual(['it did not answer in time'])
  await sink.close()
  sink = open()
  log().error('two')
  await expect.poll(messages).toEqual(['one', 'two'])
  const startedAt = performance.now()
  await sink.close()
  expect(performance.now() - startedAt).toBeLessThan(2_500)
})

test('what waits at the end is sent', async () => {
  for (let n = 0; n < 20; n += 1) log().error(`error ${n}`)
  await sink.close()
  expect(messages()).toHaveLength(20)
  log().error('too late')
  expect(messages()).toHaveLength(20)
})
