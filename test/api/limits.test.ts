import { afterEach, expect, test } from 'vitest'
import { call, type Person, signUp } from '../harness/client.ts'
import { type Sent, send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

const origin = 'https://app.example'
const limit = 3
let backlot: TestApp
afterEach(() => backlot.close())

const start = async (env: Record<string, string>) => {
  backlot = await startTestApp({ env: { CORS_ORIGINS: origin, ...env } })
}
const startWithAddressLimit = (env: Record<string, string> = {}) =>
  start({ RATE_LIMIT_ADDRESS_PER_MINUTE: String(limit), ...env })

const from = (address: string, path = '/v1/nothing', { headers = {}, ...sent }: Sent = {}) =>
  send(backlot.url, path, { ...sent, headers: { origin, 'x-forwarded-for': address, ...headers } })
const statusesFrom = async (addresses: string[], ask = (address: string) => from(address)) => {
  const statuses: number[] = []
  for (const address of addresses) statuses.push((await ask(address)).status)
  return statuses
}

test('the limit by address comes before the body, the permission and the route, and after the headers', async () => {
  await startWithAddressLimit()
  for (let left = limit - 1; left >= 0; left -= 1) {
    expect((await from('', '/health/live')).headers).toMatchObject({
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': String(left),
      'ratelimit-reset': expect.stringMatching(/^\d+$/),
    })
  }
  const attempts: [path: string, Sent?][] = [
    ['/health/live'],
    ['/v1/nothing'],
    ['/v1/users'],
    ['/v1/jobs/not-a-uuid'],
    ['/openapi.json'],
    ['/docs/'],
    ['/v1/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"broken' }],
    [
      '/v1/auth/login',
      { method: 'POST', headers: { 'content-type': 'text/none' }, body: Buffer.alloc(11 << 20) },
    ],
    [
      '/setup',
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' },
    ],
  ]
  for (const [path, sent] of attempts) {
    const answer = await from('', path, sent)
    expect(answer, path).toMatchObject({
      status: 429,
      headers: {
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'strict-transport-security': expect.stringContaining('max-age='),
        'access-control-allow-origin': origin,
        'access-control-expose-headers': expect.stringContaining('retry-after'),
        'retry-after': expect.stringMatching(/^([1-9]|[1-5]\d|60)$/),
        'ratelimit-limit': String(limit),
        'ratelimit-remaining': '0',
        'ratelimit-reset': expect.stringMatching(/^\d+$/),
      },
    })
    const requestId = answer.headers['x-request-id']
    if (path !== '/setup') expect(answer.error).toMatchObject({ code: 'TOO_MANY_REQUESTS', requestId })
  }
})

test('a preflight is not counted: browsers could not even read the 429', async () => {
  await startWithAddressLimit()
  for (let count = 0; count <= limit; count += 1) await from('')
  const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } }
  expect((await from('', '/v1/jobs', preflight)).status).toBe(204)
})

test('whoever comes without a trusted proxy cannot choose an address', async () => {
  await startWithAddressLimit()
  const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5']
  expect(await statusesFrom(addresses)).toEqual([404, 404, 404, 429, 429])
})

test('a listed proxy says who the client is, and a client cannot talk over it', async () => {
  await startWithAddressLimit({ TRUST_PROXY: '127.0.0.0/8,198.51.100.7' })
  for (let count = 0; count < limit; count += 1) {
    expect((await from('192.0.2.1')).status).toBe(404)
    expect((await from('192.0.2.2')).status).toBe(404)
  }
  expect((await from('192.0.2.1')).status).toBe(429)
  expect((await from('203.0.113.9, 192.0.2.1')).status).toBe(429)
  expect((await from('203.0.113.9, 192.0.2.1, 198.51.100.7')).status).toBe(429)
  expect((await from('192.0.2.1, 203.0.113.9')).status).toBe(404)
})

test('by number of proxies, only the last address counts', async () => {
  await startWithAddressLimit({ TRUST_PROXY: '1' })
  const chains = Array.from({ length: limit }, (_, index) => `203.0.113.${index}, 192.0.2.1`)
  expect(await statusesFrom(chains)).toEqual([404, 404, 404])
  expect((await from('203.0.113.99, 192.0.2.1')).status).toBe(429)
  expect((await from('192.0.2.2')).status).toBe(404)
})

test('an IPv6 network counts as one address', async () => {
  await startWithAddressLimit({ TRUST_PROXY: 'loopback' })
  const hosts = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:DB8:1:2:0:0:0:3', '2001:db8:1:2::4']
  expect(await statusesFrom(hosts)).toEqual([404, 404, 404, 429])
  expect((await from('2001:db8:1:3::1')).status).toBe(404)
})

test('a user is limited wherever he comes from, by token and by cookie, and nobody else with him', async () => {
  await start({ RATE_LIMIT_IDENTITY_PER_MINUTE: String(limit), TRUST_PROXY: 'loopback' })
  const [ada, ben] = [await signUp(backlot), await signUp(backlot)]
  const ask = (who: Person, address: string) =>
    from(address, '/v1/jobs', { headers: { authorization: `Bearer ${who.token}` } })
  const places = ['192.0.2.1', '192.0.2.2', '2001:db8::1', '192.0.2.4']
  expect(await statusesFrom(places, (place) => ask(ada, place))).toEqual([200, 200, 200, 429])
  expect(await ask(ada, '192.0.2.5')).toMatchObject({
    status: 429,
    headers: {
      'retry-after': expect.stringMatching(/^\d+$/),
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': '0',
    },
    error: { code: 'TOO_MANY_REQUESTS' },
  })
  const second = await call(backlot, undefined, 'POST', '/v1/auth/login', {
    body: { email: ada.email, password: 'correct horse 42' },
  })
  const cookie = String(second.headers['set-cookie']).split(';')[0]
  expect((await from('192.0.2.6', '/v1/jobs', { headers: { cookie } })).status).toBe(429)
  expect((await ask(ben, '192.0.2.1')).status).toBe(200)
})
