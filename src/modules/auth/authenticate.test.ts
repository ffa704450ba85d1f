import { createSecretKey, randomUUID } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  cookieOf,
  signUp,
  startAuthApp,
  statusOf,
  type Tokens,
} from '../../../test/harness/auth-app.ts'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import type { App } from '../../platform/http/http-server.ts'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>

const routes = async (app: App) => {
  app.get('/v1/for-everybody', { config: { access: 'public' } }, async () => ({}))
  app.get('/v1/for-anyone', { config: { access: 'anyone' } }, async ({ actor }) => ({
    who: actor?.userId ?? 'nobody',
  }))
  app.post('/v1/for-makers', { config: { access: 'generations:create' } }, async () => ({}))
}

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url, { routes })
})
afterAll(async () => {
  await auth.close()
  await database.drop()
})

describe('an access token', () => {
  const now = () => Math.floor(Date.now() / 1_000)
  const payloadOf = ({ user, accessToken }: Tokens) => {
    const { sid } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
    return { sid, sub: user.id, iss: 'backlot', aud: 'backlot-api', iat: now(), exp: now() + 900 }
  }
  const sign = (payload: object, { alg = 'HS256', typ = 'at+jwt', key = auth.deps.keys.accessToken } = {}) =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg, typ }).sign(createSecretKey(key))

  test('made by hand with everything right is accepted, so that what follows tests one thing each', async () => {
    expect(await statusOf(auth, await sign(payloadOf(await signUp(auth))))).toBe(200)
  })

  test.each([
    ['another issuer', { iss: 'someone-else' }],
    ['another audience', { aud: 'another-api' }],
    ['no issuer', { iss: undefined }],
    ['no audience', { aud: undefined }],
    ['no session', { sid: undefined }],
    ['a session that is not a string', { sid: { $ne: null } }],
    ['no subject', { sub: undefined }],
    ['no expiry', { exp: undefined }],
    ['no time of issue', { iat: undefined }],
    ['an expiry in the past', { exp: now() - 1 }],
    ['a life longer than it was given', { iat: now() - 3_600 }],
    ['a session that does not exist', { sid: randomUUID() }],
    ['a user who does not exist', { sub: randomUUID() }],
  ])('with %s is refused', async (_name, change) => {
    const token = await sign({ ...payloadOf(await signUp(auth)), ...change })
    expect(await statusOf(auth, token)).toBe(401)
  })

  test('with the session of another user is refused', async () => {
    const mine = payloadOf(await signUp(auth))
    const other = payloadOf(await signUp(auth))
    expect(await statusOf(auth, await sign({ ...mine, sid: other.sid }))).toBe(401)
  })

  test('of another kind, algorithm or key is refused', async () => {
    const payload = payloadOf(await signUp(auth))
    const forged = [
      await sign(payload, { typ: 'JWT' }),
      await sign(payload, { alg: 'HS512', key: Buffer.alloc(64, 1) }),
      await sign(payload, { key: auth.deps.keys.refreshToken }),
      new UnsecuredJWT(payload).encode(),
    ]
    for (const token of forged) expect(await statusOf(auth, token)).toBe(401)
  })

  test('with a changed signature is refused although the right one is remembered', async () => {
    const { accessToken } = await signUp(auth)
    expect(await statusOf(auth, accessToken)).toBe(200)
    const flipped = accessToken.at(-5) === 'A' ? 'B' : 'A'
    expect(await statusOf(auth, `${accessToken.slice(0, -5)}${flipped}${accessToken.slice(-4)}`)).toBe(401)
  })

  test('cannot be replaced by a refresh token or a cookie', async () => {
    const { refreshToken } = await signUp(auth)
    expect(await statusOf(auth, refreshToken)).toBe(401)
    expect(await statusOf(auth, (await cookieOf(auth)).split('=')[1] ?? '')).toBe(401)
  })

  test.each(['', 'Bearer', 'Bearer  ', 'Basic dXNlcjpwYXNz', 'Bearer a b', 'bearer'])(
    'sent as "%s" is a 401 and no error',
    async (authorization) => {
      const { status, headers } = await call(auth, 'GET', '/auth/me', { headers: { authorization } })
      expect(status).toBe(401)
      expect(headers['www-authenticate']).toBe('Bearer')
    },
  )

  test('says that it has expired', async () => {
    const token = await sign({ ...payloadOf(await signUp(auth)), iat: now() - 800, exp: now() - 1 })
    expect((await call(auth, 'GET', '/auth/me', { token })).error.code).toBe('ACCESS_TOKEN_EXPIRED')
  })
})

describe('the guard of routes', () => {
  test('is 401 for nobody, 403 for who lacks the permission, and nothing on public routes', async () => {
    expect((await call(auth, 'POST', '/for-makers')).status).toBe(401)
    const headers = { authorization: 'Bearer wrong' }
    expect((await call(auth, 'GET', '/for-everybody', { headers })).status).toBe(200)
    expect((await auth.app.inject({ method: 'HEAD', url: '/auth/me' })).statusCode).toBe(401)
  })

  test.each([
    ['without access', undefined],
    ['with a permission that does not exist', 'generations:paint'],
  ])('refuses to start with a route %s', async (_name, access) => {
    const start = startAuthApp(database.url, {
      routes: async (app) => {
        app.get(
          '/v1/forgotten',
          { config: access === undefined ? {} : { access: access as 'a:b' } },
          async () => ({}),
        )
      },
    })
    await expect(start).rejects.toThrow('GET /v1/forgotten')
  })

  test('limits the requests of one user, whatever address they come from', async () => {
    const few = await startAuthApp(database.url, { identityPerMinute: 3 })
    const { accessToken } = await signUp(few)
    const ask = (address: string) =>
      call(few, 'GET', '/auth/me', { token: accessToken, headers: { 'x-forwarded-for': address } })
    for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) expect((await ask(address)).status).toBe(200)
    const { status, headers, error } = await ask('10.0.0.4')
    expect([status, error.code]).toEqual([429, 'TOO_MANY_REQUESTS'])
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-remaining': '0' })
    expect((await call(few, 'GET', '/auth/me', { token: (await signUp(few)).accessToken })).status).toBe(200)
    await few.close()
  })

  test('comes after the limit by address, so that a flood of wrong tokens costs nothing', async () => {
    const few = await startAuthApp(database.url, { addressPerMinute: 2 })
    const statuses = []
    for (const token of ['wrong', 'wrong', 'wrong']) statuses.push(await statusOf(few, token))
    expect(statuses).toEqual([401, 401, 429])
    await few.close()
  })

  test('names the user in the log by a hash only', async () => {
    const { user, accessToken } = await signUp(auth)
    await call(auth, 'GET', '/auth/me', { token: accessToken })
    const line = auth.logged.findLast((entry) => entry.includes('/auth/me')) ?? ''
    expect(JSON.parse(line).user).toMatch(/^[\w-]{12}$/)
    expect(line).not.toContain(user.id)
  })
})

describe('a route for anyone', () => {
  const ask = (headers: Record<string, string> = {}) =>
    auth.app.inject({ method: 'GET', url: '/v1/for-anyone', headers })
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

  test('knows who asks, by token and by cookie, and lets in who does not say', async () => {
    const tokens = await signUp(auth)
    expect((await ask()).json()).toEqual({ who: 'nobody' })
    expect((await ask(bearer(tokens.accessToken))).json()).toEqual({ who: tokens.user.id })
    const cookie = await cookieOf(auth)
    expect((await ask({ cookie })).json().who).toMatch(/^[\da-f-]{36}$/)
  })

  test('refuses a token that is wrong, has ended, or is no token', async () => {
    const tokens = await signUp(auth)
    const { accessToken } = tokens
    await call(auth, 'POST', '/auth/logout', { token: accessToken })
    for (const headers of [
      bearer(accessToken),
      bearer('forged.token.here'),
      { authorization: 'Basic YTpi' },
    ]) {
      expect((await ask(headers)).statusCode).toBe(401)
    }
  })

  test('takes the cookie of a session that has ended for none', async () => {
    const cookie = await cookieOf(auth)
    expect((await ask({ cookie })).json().who).not.toBe('nobody')
    await auth.app.inject({
      method: 'POST',
      url: '/v1/auth/logout',
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    })
    expect((await ask({ cookie })).json()).toEqual({ who: 'nobody' })
    expect(
      (await auth.app.inject({ method: 'GET', url: '/v1/auth/me', headers: { cookie } })).statusCode,
    ).toBe(401)
  })

  test('takes a cookie that cannot be looked up for none while the database is away, but not a token', async () => {
    const proxy = await TcpProxy.start(database.url)
    const cutOff = await startAuthApp(proxy.url, { routes })
    const cookie = await cookieOf(auth)
    const { accessToken } = await signUp(auth)
    const get = (url: string, headers: Record<string, string>) =>
      cutOff.app.inject({ method: 'GET', url, headers })
    await proxy.cut()
    const answer = await get('/v1/for-anyone', { cookie })
    expect({ status: answer.statusCode, body: answer.json() }).toEqual({
      status: 200,
      body: { who: 'nobody' },
    })
    expect((await get('/v1/for-anyone', bearer(accessToken))).statusCode).toBe(503)
    expect((await get('/v1/for-anyone', { cookie, ...bearer(accessToken) })).statusCode).toBe(503)
    expect((await get('/v1/auth/me', { cookie })).statusCode).toBe(503)
    await proxy.restore()
    await cutOff.close()
    await proxy.close()
  })
})
