import { gzipSync } from 'node:zlib'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, signUp } from '../harness/client.ts'
import { type Sent, send, sendRaw } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

const origin = 'https://app.example'
let backlot: TestApp
let ada: Person

beforeAll(async () => {
  backlot = await startTestApp({ env: { CORS_ORIGINS: `https://other.example,${origin}` } })
  ada = await signUp(backlot)
})
afterAll(() => backlot.close())

const get = (path: string, headers: Sent['headers'] = {}) => send(backlot.url, path, { headers })
const login = (sent: Sent) => send(backlot.url, '/v1/auth/login', { method: 'POST', ...sent })
const json = (body: string): Sent => ({ headers: { 'content-type': 'application/json' }, body })
const bearer = () => ({ authorization: `Bearer ${ada.token}` })

const securityHeaders = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none';form-action 'self'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'same-origin',
}

describe('every failure', () => {
  const tooBig = Buffer.alloc(10 * 1024 ** 2 + 1, 'x')
  const post = (body: Sent['body'], headers: Sent['headers'] = {}): Sent => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const form = (body: string, type = 'multipart/form-data; boundary=edge') =>
    post(body, { ...bearer(), 'content-type': type })
  const part = (name: string, text: string) =>
    `--edge\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`
  const nulPart = `${part('prompt', 'a\0b')}--edge--\r\n`
  const manyParts = Array.from({ length: 13 }, (_, index) => part(`field-${index}`, 'x')).join('')

  type Case = [status: number, code: string, what: string, path: string, sent: () => Sent]
  // biome-ignore format: one line a case
  const cases: Case[] = [
    [400, 'INVALID_JSON', 'broken JSON', '/auth/login', () => post('{"email":')],
    [400, 'INVALID_JSON', 'a __proto__ key', '/auth/login', () => post('{"__proto__":{"a":1}}')],
    [400, 'INVALID_JSON', 'a constructor.prototype', '/auth/login', () => post('{"constructor":{"prototype":{}}}')],
    [400, 'INVALID_CHARACTER', 'a NUL in JSON', '/auth/login', () => post('{"email":"\\u0000"}')],
    [400, 'INVALID_CHARACTER', 'half a pair', '/auth/login', () => post('{"email":"\\udfff\\ud800"}')],
    [422, 'VALIDATION_FAILED', 'a whole pair', '/auth/login', () => post('{"email":"\\ud83d\\ude00"}')],
    [422, 'VALIDATION_FAILED', 'no escape', '/auth/login', () => post('{"email":"\\\\ud800"}')],
    [400, 'INVALID_CHARACTER', 'a NUL in a form', '/generations', () => form(nulPart)],
    [400, 'INVALID_FORM', 'a form without an end', '/generations', () => form('--edge\r\nnonsense')],
    [400, 'INVALID_FORM', 'a form without a boundary', '/generations', () => form(nulPart, 'multipart/form-data')],
    [400, 'INVALID_URL', 'a path that is no UTF-8', '/v1/jobs/%ff', () => ({})],
    [400, 'INVALID_URL', 'a stray percent sign', '/v1/jobs/%zz?a=%', () => ({})],
    [400, 'INVALID_URL', 'a NUL in the URL', '/v1/jobs?cursor=%00', () => ({})],
    [400, 'INVALID_COMPRESSION', 'gzip that is none', '/auth/login', () => post('{}', { 'content-encoding': 'gzip' })],
    [401, 'UNAUTHORIZED', 'nobody', '/v1/jobs', () => ({})],
    [403, 'FORBIDDEN', 'too little permission', '/v1/users', () => post({}, bearer())],
    [404, 'ROUTE_NOT_FOUND', 'an unknown path', '/v1/nothing', () => ({})],
    [404, 'ROUTE_NOT_FOUND', 'a method that the path does not have', '/v1/jobs', () => ({ method: 'PUT' })],
    [413, 'PAYLOAD_TOO_LARGE', 'more than 10 MB', '/auth/login', () => post(tooBig)],
    [413, 'PAYLOAD_TOO_LARGE', 'a gzip bomb', '/auth/login', () => post(gzipSync(tooBig), { 'content-encoding': 'gzip' })],
    [413, 'TOO_MANY_PARTS', 'a form of many parts', '/generations', () => form(`${manyParts}--edge--\r\n`)],
    [414, 'URL_TOO_LONG', 'a long path', `/v1/jobs/${'a'.repeat(9_000)}`, () => ({})],
    [414, 'URL_TOO_LONG', 'a long query', `/v1/jobs?q=${'a'.repeat(9_000)}`, () => ({})],
    [415, 'UNSUPPORTED_MEDIA_TYPE', 'another content type', '/auth/login', () => post('<a/>', { 'content-type': 'application/xml' })],
    [415, 'UNSUPPORTED_CONTENT_ENCODING', 'another encoding', '/auth/login', () => post('{}', { 'content-encoding': 'zip' })],
    [422, 'VALIDATION_FAILED', 'wrong fields', '/auth/login', () => post({ email: 1 })],
  ]
  test.each(cases)('%i %s for %s is complete', async (status, code, _what, path, sent) => {
    const { headers = {}, ...rest } = sent()
    const answer = await send(backlot.url, path, { ...rest, headers: { ...headers, origin } })
    expect(answer).toMatchObject({
      status,
      headers: {
        ...securityHeaders,
        'content-type': 'application/json; charset=utf-8',
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        vary: expect.stringContaining('Origin'),
        'cache-control': 'no-store',
      },
      json: { success: false, error: { code, requestId: answer.headers['x-request-id'] } },
    })
    expect(answer.error.message).toBe(answer.json.message)
    expect(answer.error.requestId).toMatch(/^[\da-f-]{36}$/)
  })

  test('names no foreign key when the user was deleted while his request ran', async () => {
    const gone = await signUp(backlot)
    const ask = () =>
      send(backlot.url, '/generations', {
        method: 'POST',
        headers: { authorization: `Bearer ${gone.token}` },
        body: { prompt: 'a hill', style: 'noir' },
      })
    expect((await ask()).status).toBe(202)
    // Behind the cache's back: it still knows the session.
    await backlot.platform.db.execute(sql`delete from users where id = ${gone.id}`)
    expect(await ask()).toMatchObject({ status: 401, error: { code: 'SESSION_ENDED' } })
  })

  test('names the fields that are wrong, and a hundred at most', async () => {
    const { error } = await login({ body: { email: 'no address', surplus: 1 } })
    expect(error.errors.map(({ path }: { path: string }) => path)).toEqual(['email', 'password', 'surplus'])
    const surplus = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field${index}`, 1]))
    expect((await login({ body: surplus })).error.errors).toHaveLength(100)
  })

  test('is a problem document for who asks for one (RFC 9457)', async () => {
    const problem = await get('/v1/jobs/not-a-uuid', { ...bearer(), accept: 'application/problem+json' })
    expect(problem).toMatchObject({ status: 422, headers: { 'content-type': 'application/problem+json' } })
    expect(problem.json).toMatchObject({
      type: 'about:blank',
      title: 'Unprocessable Entity',
      status: 422,
      detail: 'Some fields are not valid.',
      instance: '/v1/jobs/not-a-uuid',
      code: 'VALIDATION_FAILED',
      errors: [{ path: 'params.id' }],
      requestId: problem.headers['x-request-id'],
    })
  })
})

test('a body that is nested a hundred thousand deep is refused, and costs nothing', async () => {
  const deep = `${'{"email":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  const startedAt = performance.now()
  expect((await login(json(deep))).status).toBeOneOf([400, 422])
  expect((await login(json('['.repeat(5_000_000)))).status).toBe(400)
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

test('a body that breaks off in its decompression does not leave its connection deaf', async () => {
  const junk = 'x'.repeat(400_000)
  const head = [
    'POST /generations HTTP/1.1',
    'Host: a',
    `Authorization: Bearer ${ada.token}`,
    'Content-Type: multipart/form-data; boundary=edge',
    'Content-Encoding: gzip',
    `Content-Length: ${junk.length}`,
  ].join('\r\n')
  const next = 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  const startedAt = performance.now()
  expect(await sendRaw(backlot.url, `${head}\r\n\r\n${junk}${next}`)).toMatch(/^HTTP\/1\.1 400 /)
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

test('a key that comes twice is the last one, for the schema and for the handler', async () => {
  const body = `{"email":"nobody@example.com","password":"${'x'.repeat(9)}","password":7}`
  expect((await login(json(body))).error.errors).toMatchObject([{ path: 'password' }])
})

describe('CORS', () => {
  const preflight = (from: string) =>
    send(backlot.url, '/v1/users/1', {
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization',
      },
    })

  test('a listed origin may use every method, with credentials and any header', async () => {
    const { status, headers } = await preflight(origin)
    expect(status).toBe(204)
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '600',
    })
    expect(headers['access-control-allow-methods']?.split(/,\s*/)).toEqual(
      expect.arrayContaining(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
    )
  })

  test.each([
    'https://evil.example',
    `${origin}.evil.example`,
    'http://app.example',
    'null',
    `${origin}:444`,
  ])('the origin %s may read nothing', async (other) => {
    for (const answer of [await preflight(other), await get('/v1/jobs', { origin: other, ...bearer() })]) {
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      expect(answer.headers.vary).toContain('Origin')
    }
  })

  test('without a list no origin is allowed', async () => {
    const closed = await startTestApp()
    const { headers } = await send(closed.url, '/health/live', { headers: { origin } })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    await closed.close()
  })
})
