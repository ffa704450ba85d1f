import { existsSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SourceServer, startSourceServer } from '../../../test/fakes/source-server.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import { connectGuarded } from '../../platform/net/connect-guarded.ts'
import { fetchSource, readRetryAfter, type SourceRequest } from './fetch-source.ts'

let source: SourceServer
let elsewhere: SourceServer
const directory = makeTemporaryDirectory()
const file = path.join(directory, 'fetched')
const mebibyte = 1024 ** 2

beforeAll(async () => {
  source = await startSourceServer()
  elsewhere = await startSourceServer()
})
beforeEach(() => {
  source.asked.length = 0
  elsewhere.asked.length = 0
  rmSync(file, { force: true })
})
afterAll(async () => {
  await Promise.all([source.close(), elsewhere.close()])
  removeTemporaryDirectory(directory)
})

const fetch = (given: Partial<SourceRequest> = {}) =>
  fetchSource({
    ...{
      url: `${source.url}/rows`,
      headers: {},
      etag: null,
      lastModified: null,
      path: file,
      allowPrivate: true,
    },
    limits: { maxBytes: mebibyte, stallMs: 400, totalMs: 5_000 },
    cut: (bytes) => bytes,
    signal: new AbortController().signal,
    ...given,
  })
const failure = (given: Partial<SourceRequest> = {}) => fetch(given).then(String, (error: unknown) => error)

test('what a source has is written down, with what tells whether it changes', async () => {
  source.answer = (response) => {
    response.writeHead(200, { etag: 'W/"1"', 'last-modified': 'Sat, 21 Nov 2026 10:00:00 GMT' })
    response.end('[{"id":1}]')
  }
  const fetched = await fetch({ headers: { authorization: 'Bearer secret' } })
  const lastModified = 'Sat, 21 Nov 2026 10:00:00 GMT'
  expect(fetched).toEqual({ outcome: 'fetched', bytes: 10, etag: 'W/"1"', lastModified })
  expect(readFileSync(file, 'utf8')).toBe('[{"id":1}]')
  expect(source.asked[0]?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'accept-encoding': 'identity',
  })
  expect(source.asked[0]?.headers).not.toHaveProperty('if-none-match')
})

test('a source that has nothing new is asked once, and nothing is written', async () => {
  source.answer = (response) => void response.writeHead(304).end()
  const known = { etag: '"a"', lastModified: 'Sat, 21 Nov 2026 10:00:00 GMT' }
  expect(await fetch(known)).toEqual({ outcome: 'not-modified' })
  const { headers } = source.asked[0] ?? {}
  expect(headers).toMatchObject({ 'if-none-match': '"a"', 'if-modified-since': known.lastModified })
  expect(existsSync(file)).toBe(false)
})

describe('a source that fails', () => {
  test.each([
    [
      429,
      { 'retry-after': '120' },
      { name: 'TemporaryFailure', code: 'SOURCE_FAILED', retryAfterMs: 120_000 },
    ],
    [503, {}, { name: 'TemporaryFailure', code: 'SOURCE_FAILED', retryAfterMs: undefined, isOwners: true }],
    [500, { 'retry-after': 'soon' }, { name: 'TemporaryFailure', retryAfterMs: undefined }],
    [404, { 'retry-after': '1' }, { name: 'PermanentFailure', code: 'SOURCE_REFUSED' }],
    [401, {}, { name: 'PermanentFailure', code: 'SOURCE_REFUSED' }],
    [206, {}, { name: 'PermanentFailure', code: 'SOURCE_REFUSED' }],
    [200, { 'content-encoding': 'gzip' }, { name: 'PermanentFailure', code: 'ENCODING_NOT_READ' }],
  ])('with %i %j', async (status, headers, expected) => {
    source.answer = (response) => void response.writeHead(status, headers).end('x')
    expect(await failure()).toMatchObject(expected)
  })

  test('by silence, before or within its answer', async () => {
    const silence = { name: 'TemporaryFailure', code: 'SOURCE_TIMED_OUT', message: 'Nothing came for 0.4 s.' }
    source.answer = () => undefined
    expect(await failure()).toMatchObject(silence)
    source.answer = (response) => void response.write('[{"id":1},')
    expect(await failure()).toMatchObject(silence)
  })

  test('by a connection that is never made', async () => {
    const connect: typeof connectGuarded = ({ host, port }) =>
      net.connect({ host: 'name.invalid', port, lookup: () => host })
    expect(await failure({ connect })).toMatchObject({ message: 'Nothing came for 0.4 s.' })
  })

  test('by never ending, a byte at a time', async () => {
    source.answer = (response) => {
      const timer = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(timer))
    }
    const limits = { maxBytes: mebibyte, stallMs: 400, totalMs: 600 }
    expect(await failure({ limits })).toMatchObject({ code: 'SOURCE_TIMED_OUT' })
  })

  test.each([
    ['of a length that was told', { 'content-length': '1000' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('by breaking off, %s', async (_, headers) => {
    source.answer = (response) => {
      response.writeHead(200, headers)
      response.write('[{"id":1}]', () => response.destroy())
    }
    expect(await failure()).toMatchObject({ name: 'TemporaryFailure', code: 'SOURCE_CUT_OFF' })
  })

  test('by being gone', async () => {
    const gone = await startSourceServer()
    await gone.close()
    expect(await failure({ url: gone.url })).toMatchObject({ code: 'SOURCE_NOT_REACHED' })
  })

  test('by a gigabyte, of which no more is taken than is allowed', async () => {
    let sent = 0
    source.answer = (response) => {
      const block = Buffer.alloc(64 * 1024, '[')
      const send = () => {
        while (!response.destroyed && sent < 1024 * mebibyte) {
          sent += block.length
          if (!response.write(block)) return void response.once('drain', send)
        }
      }
      send()
    }
    const before = process.memoryUsage().rss
    expect(await failure()).toMatchObject({ name: 'PermanentFailure', code: 'SOURCE_TOO_LARGE' })
    expect(sent).toBeLessThan(32 * mebibyte)
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * mebibyte)
  })

  test('Retry-After is seconds or a date, six hours at most', () => {
    const now = Date.parse('2026-11-21T10:00:00Z')
    expect(readRetryAfter('Sat, 21 Nov 2026 10:01:00 GMT', now)).toBe(60_000)
    expect(readRetryAfter('Sat, 21 Nov 2026 09:00:00 GMT', now)).toBe(0)
    expect(readRetryAfter('999999999', now)).toBe(6 * 60 * 60_000)
    expect(readRetryAfter('-1', now) ?? 0).toBe(0)
  })
})

describe('where a source leads to', () => {
  /** As if the source itself were on the public internet; everything else is judged. */
  const connect: typeof connectGuarded = (target) =>
    target.port === source.port
      ? net.connect({ host: '127.0.0.1', port: target.port })
      : connectGuarded({ ...target, allowPrivate: false })

  test('a redirect is followed, without the headers that were for another origin', async () => {
    source.answer = (response) => void response.writeHead(302, { location: `${elsewhere.url}/there` }).end()
    elsewhere.has('[1]')
    const headers = { authorization: 'Bearer secret', cookie: 'a=b' }
    expect(await fetch({ headers })).toMatchObject({ outcome: 'fetched', bytes: 3 })
    expect(elsewhere.asked[0]?.headers).not.toHaveProperty('authorization')
    expect(elsewhere.asked[0]?.headers).not.toHaveProperty('cookie')

    source.answer = (response, { url }) => {
      if (url === '/there') response.end('[2]')
      else response.writeHead(307, { location: '/there' }).end()
    }
    expect(await fetch({ headers })).toMatchObject({ outcome: 'fetched' })
    expect(source.asked.at(-1)?.headers).toMatchObject({ authorization: 'Bearer secret' })
  })

  test.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://2130706433',
    'http://0x7f000001',
    'http://[::ffff:127.0.0.1]',
    'http://localhost',
    'http://localhost.',
    'https://127.0.0.1',
  ])('a redirect to %s is refused, and so is the address itself', async (origin) => {
    source.answer = (response) =>
      void response.writeHead(302, { location: `${origin}:${elsewhere.port}/` }).end()
    const refused = { name: 'PermanentFailure', code: 'PRIVATE_ADDRESS' }
    expect(await failure({ connect })).toMatchObject(refused)
    expect(await failure({ url: `${origin}:${elsewhere.port}/`, allowPrivate: false })).toMatchObject(refused)
    expect(elsewhere.asked).toEqual([])
  })

  test.each(['file:///etc/passwd', 'ftp://example.com/a', 'gopher://example.com', 'http://'])(
    'a redirect to %s is refused',
    async (location) => {
      source.answer = (response) => void response.writeHead(302, { location }).end()
      expect(await failure()).toMatchObject({ name: 'PermanentFailure', code: 'SOURCE_REFUSED' })
    },
  )

  test('a circle of redirects ends', async () => {
    source.answer = (response) => void response.writeHead(302, { location: '/rows' }).end()
    expect(await failure()).toMatchObject({ name: 'PermanentFailure', code: 'TOO_MANY_REDIRECTS' })
    expect(source.asked).toHaveLength(6)
  })
})

test('who is told to stop, stops', async () => {
  source.answer = () => undefined
  const controller = new AbortController()
  const fetching = failure({ signal: controller.signal })
  await expect.poll(() => source.asked.length).toBe(1)
  controller.abort(new Error('Cancelled'))
  expect(await fetching).toMatchObject({ message: 'Cancelled' })
})
