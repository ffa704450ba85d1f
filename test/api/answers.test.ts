import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, signUp } from '../harness/client.ts'
import { type Sent, send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

let backlot: TestApp
let ada: Person

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signUp(backlot)
})
afterAll(() => backlot.close())

const get = (path: string, headers: Sent['headers'] = {}) => send(backlot.url, path, { headers })
const bearer = () => ({ authorization: `Bearer ${ada.token}` })

test('a path answers alike with and without /v1, and as a whole URL', async () => {
  const [canonical, short, whole] = await Promise.all(
    ['/v1/generations/styles?a=1', '/generations/styles?a=1', 'http://any.example/generations/styles'].map(
      (path) => get(path, bearer()),
    ),
  )
  expect(canonical?.data).toHaveLength(8)
  expect(short?.json).toEqual(canonical?.json)
  expect(whole?.json).toEqual(canonical?.json)
  expect((await get('/v1/health')).status).toBe(404)
  expect((await get('/healthy')).error.message).toBe('There is no GET /v1/healthy.')
})

test('long answers are compressed as the client can read them, short ones and streams never', async () => {
  const plain = await get('/openapi.json')
  const brotli = await get('/openapi.json', { 'accept-encoding': 'gzip;q=0.5, br' })
  const gzip = await get('/openapi.json', { 'accept-encoding': 'gzip' })
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(brotli.headers).toMatchObject({
    'content-encoding': 'br',
    vary: expect.stringMatching(/accept-encoding/i),
  })
  expect(gzip.headers['content-encoding']).toBe('gzip')
  expect(brotliDecompressSync(brotli.bytes).equals(plain.bytes)).toBe(true)
  expect(gunzipSync(gzip.bytes).equals(plain.bytes)).toBe(true)
  const short = await get('/health/live', { 'accept-encoding': 'br' })
  expect(short.headers['content-encoding']).toBeUndefined()
})

test('HEAD answers as GET does, without the body', async () => {
  const [head, whole] = [
    await send(backlot.url, '/generations/styles', { method: 'HEAD', headers: bearer() }),
    await get('/generations/styles', bearer()),
  ]
  expect(head).toMatchObject({ status: 200, text: '' })
  for (const name of ['content-type', 'content-length', 'content-security-policy']) {
    expect(head.headers[name]).toBe(whole.headers[name])
  }
})

test.each([
  ['harmless', 'trace-12345.ABC_def', true],
  ['too short', 'abc', false],
  ['too long', 'a'.repeat(65), false],
  ['markup', '<script>alert(1)</script>', false],
  ['forging lines', 'abcdefgh%0d%0aSet-Cookie:', false],
])('a request id that is %s', async (_what, id, kept) => {
  const { headers, error } = await get('/v1/jobs', { 'x-request-id': id })
  expect(error.requestId).toBe(headers['x-request-id'])
  if (kept) expect(headers['x-request-id']).toBe(id)
  else expect(headers['x-request-id']).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/)
})

test('the docs work without the internet, over plain HTTP', async () => {
  const page = await get('/docs/')
  expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } })
  expect(page.headers['content-security-policy']).not.toMatch(/upgrade-insecure|https:|swagger\.io/)
  const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, url = '']) => new URL(url, `${backlot.url}/docs/`),
  )
  expect(assets.length).toBeGreaterThan(3)
  for (const { origin: from, pathname } of assets) {
    expect(from).toBe(backlot.url)
    expect((await get(pathname)).status).toBe(200)
  }
})

const uuid = '018f0000-0000-7000-8000-000000000000'
const post = { title: 'A hill', body: 'It is green.' }

test.each<[string, object | undefined, string, string, string]>([
  ['POST /v1/posts', { title: 'A hill' }, 'body', 'invalid_type', 'Is missing.'],
  ['POST /v1/posts', { ...post, title: 5 }, 'title', 'invalid_type', 'Must be a string.'],
  ['POST /v1/posts', { ...post, title: null }, 'title', 'invalid_type', 'Must be a string.'],
  ['POST /v1/posts', { ...post, title: '  ' }, 'title', 'too_small', 'Must not be empty.'],
  [
    'POST /v1/posts',
    { ...post, title: 'a'.repeat(201) },
    'title',
    'too_big',
    'Must have at most 200 characters.',
  ],
  ['POST /v1/posts', { ...post, title: 'a\u0007' }, 'title', 'invalid_format', 'No control characters.'],
  ['POST /v1/posts', { ...post, tags: 'hills' }, 'tags', 'invalid_type', 'Must be a list.'],
  [
    'POST /v1/posts',
    { ...post, tags: Array(21).fill('a') },
    'tags',
    'too_big',
    'Must have at most 20 items.',
  ],
  ['POST /v1/posts', { ...post, coverFileId: 'x' }, 'coverFileId', 'invalid_format', 'Must be a UUID.'],
  [
    'POST /v1/posts',
    { ...post, status: 'gone' },
    'status',
    'invalid_value',
    'Must be one of: draft, scheduled, published.',
  ],
  [
    'POST /v1/posts',
    { ...post, authorId: uuid },
    'authorId',
    'unrecognized_keys',
    'This field is not known here, or cannot be set.',
  ],
  ['POST /v1/posts', [], 'body', 'invalid_type', 'Must be an object.'],
  ['PATCH /v1/posts/1', { title: 'A' }, 'params.id', 'invalid_format', 'Must be a UUID.'],
  [`PATCH /v1/posts/${uuid}`, { version: 1.5 }, 'version', 'invalid_type', 'Must be a whole number.'],
  [`PATCH /v1/posts/${uuid}`, { version: 0 }, 'version', 'too_small', 'Must be at least 1.'],
  ['GET /v1/users?limit=many', undefined, 'querystring.limit', 'invalid_type', 'Must be a number.'],
  ['GET /v1/users?limit=101', undefined, 'querystring.limit', 'too_big', 'Must be at most 100.'],
  ['GET /v1/users?total=x', undefined, 'querystring.total', 'invalid_value', 'Must be true or false.'],
  ['POST /v1/auth/login', {}, 'email', 'invalid_type', 'Is missing.'],
  ['POST /v1/auth/signup', { email: 'ada' }, 'email', 'invalid_format', 'Must be an e-mail address.'],
])('%s with %o: what is wrong is said in plain words', async (route, body, path, code, message) => {
  const [method = '', url = ''] = route.split(' ')
  const { status, error } = await send(backlot.url, url, {
    method,
    headers: { ...bearer(), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(status).toBe(422)
  expect(error.errors).toContainEqual({ path, code, message })
})
