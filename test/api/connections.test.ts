import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unauthorized } from '../../src/platform/errors.ts'
import { type App, createHttpServer } from '../../src/platform/http/http-server.ts'
import { registerPipeline } from '../../src/platform/http/pipeline.ts'
import { connect, send, sendRaw } from '../harness/send.ts'

const deadlines = { headersMs: 400, bodyMs: 400, idleMs: 600 }
/** The deadline, the looking after it, and the lingering of a refused client, on a busy machine. */
const inTimeMs = 4_000
const bigAnswer = { text: 'x'.repeat(256 * 1024) }

let app: App
let url: string
let answered = 0
const logged: string[] = []

beforeAll(async () => {
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) })
  app = createHttpServer({ log, trustProxy: false, development: false, deadlines })
  await registerPipeline(app, {
    corsOrigins: [],
    requestsPerAddressPerMinute: 100_000,
    bodyDeadlineMs: deadlines.bodyMs,
  })
  app.post('/v1/echo', (request) => request.body)
  app.post('/v1/private', { onRequest: async () => Promise.reject(unauthorized()) }, () => 'never')
  app.get('/v1/big', () => {
    answered += 1
    return bigAnswer
  })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => app.close())

/** Writes one byte now and then until the server has had enough; gives what it said and how long that took. */
const trickle = async (head: string) => {
  const { socket, closed } = connect(url)
  socket.write(head)
  const startedAt = performance.now()
  const timer = setInterval(() => socket.write('a'), 25)
  const told = await closed
  clearInterval(timer)
  return { told, ms: performance.now() - startedAt }
}

const post = (path: string) =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"a":"`

const pipelined = (count: number) => 'GET /v1/big HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(count)
const openConnections = () =>
  new Promise((resolve) => app.server.getConnections((_error, count) => resolve(count)))

describe('a client that is too slow loses its connection:', () => {
  test('one that says nothing', async () => {
    const startedAt = performance.now()
    await sendRaw(url, '')
    expect(performance.now() - startedAt).toBeLessThan(inTimeMs)
  })

  test('one whose headers trickle', async () => {
    const { told, ms } = await trickle('GET /v1/big HTTP/1.1\r\nHost: a\r\nX: ')
    expect(told).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/)
    expect(ms).toBeLessThan(inTimeMs)
  })

  test('one whose body trickles, with the headers of every answer', async () => {
    const { told, ms } = await trickle(post('/v1/echo'))
    expect(told).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/)
    expect(told).toMatch(/content-security-policy: default-src 'none'/i)
    expect(told).toMatch(/\r\nx-request-id: [\da-f-]{36}\r\n/)
    expect(ms).toBeLessThan(inTimeMs)
  })

  test('one that goes on sending after it was refused, once it could read why', async () => {
    const { told, ms } = await trickle(post('/v1/private'))
    expect(told).toMatch(/^HTTP\/1\.1 401 [\s\S]*"code":"UNAUTHORIZED"/)
    expect(ms).toBeLessThan(inTimeMs)
  })

  test('one that goes on sending to a path that does not exist', async () => {
    const { told, ms } = await trickle(post('/v1/nothing'))
    expect(told).toMatch(/^HTTP\/1\.1 4(04|08) /)
    expect(ms).toBeLessThan(inTimeMs)
  })

  test('one that does not read its answer', async () => {
    const { socket, closed } = connect(url)
    socket.pause()
    const served = once(app.server, 'request')
    socket.write(pipelined(30))
    await served
    expect(await openConnections()).toBe(1)
    await expect.poll(openConnections, { timeout: inTimeMs }).toBe(0)
    socket.destroy()
    await closed
  })
})

test('a few requests at once are answered in their order', async () => {
  const { socket, closed } = connect(url)
  socket.write(`${pipelined(20)}GET /v1/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
  const statuses = (await closed).match(/(?<=HTTP\/1\.1 )\d+/g)
  expect(statuses).toEqual([...Array<string>(20).fill('200'), '404'])
})

test('thousands of requests in one packet do not fill the memory with answers that nobody reads', async () => {
  answered = 0
  const { socket, closed } = connect(url)
  socket.pause()
  const served = once(app.server, 'request')
  socket.write(pipelined(2_000))
  await served
  await expect.poll(openConnections, { timeout: inTimeMs }).toBe(0)
  expect(answered).toBeLessThan(50)
  socket.destroy()
  await closed
})

test('a body that comes in time is read, however many pieces it has', async () => {
  const { socket, closed } = connect(url)
  const body = JSON.stringify({ text: 'b'.repeat(1_000) })
  socket.write(
    `POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`,
  )
  for (const piece of body.match(/.{1,250}/g) ?? []) {
    socket.write(piece)
    await delay(10)
  }
  expect(await closed).toMatch(/^HTTP\/1\.1 200 /)
})

test('garbage behind a request does not get into its answer', async () => {
  const told = await sendRaw(url, 'GET /v1/big HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE\r\n\r\n')
  expect(told.match(/HTTP\/1\.1/g)?.length).toBeLessThanOrEqual(2)
  expect(told).not.toMatch(/x{100}HTTP/)
})

test('what is no HTTP, or smuggles, gets the envelope and loses its connection', async () => {
  const post = 'POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
  const cases: [number, string][] = [
    [400, 'HELLO\r\n\r\n'],
    [400, `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`],
    [400, `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`],
    [400, `${post}Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}  `],
    [400, `${post}Content-Length: +4\r\n\r\n{}  `],
    [400, `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    [400, `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    [400, 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n'],
    [400, 'GET /v1/big HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [431, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`],
  ]
  for (const [status, bytes] of cases) {
    const told = await sendRaw(url, bytes)
    expect(told).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(told.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(told.toLowerCase()).toContain('x-content-type-options: nosniff')
    const { success, error } = JSON.parse(told.slice(told.indexOf('\r\n\r\n') + 4))
    expect({ success, error }).toMatchObject({
      success: false,
      error: { code: expect.any(String), errors: [] },
    })
    expect(told).toContain(error.requestId)
  }
})

test('none of this is an error of ours', async () => {
  expect((await send(url, '/v1/big')).status).toBe(200)
  expect(logged.filter((line) => /"level":[456]0/.test(line))).toEqual([])
})
