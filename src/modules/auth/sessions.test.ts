import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  cookieOf,
  goodPassword,
  logIn,
  newAdmin,
  newEmail,
  signUp,
  startAuthApp,
  statusOf,
  trustedOrigin,
} from '../../../test/harness/auth-app.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import type { App } from '../../platform/http/http-server.ts'
import { sessions } from './auth.table.ts'

let auth: AuthApp
let other: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>

const routes = async (app: App) => {
  app.post('/v1/for-makers', { config: { access: 'generations:create' } }, async () => ({}))
}

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url, { routes })
  other = await startAuthApp(database.url)
})
afterAll(async () => {
  await auth.close()
  await other.close()
  await database.drop()
})

describe('on the very next request', () => {
  test('a logout holds, for the token, the cookie and the refresh token', async () => {
    const { headers, data } = await call(auth, 'POST', '/auth/signup', {
      body: { email: newEmail(), password: goodPassword },
    })
    const cookie = String(headers['set-cookie']).split(';')[0] ?? ''
    const withCookie = { headers: { cookie } }
    expect((await call(auth, 'GET', '/auth/me', withCookie)).status).toBe(200)
    const out = await call(auth, 'POST', '/auth/logout', { token: data.accessToken })
    expect(out.status).toBe(200)
    expect(out.headers['set-cookie']).toMatch(/^__Host-backlot=; .*Secure/)
    expect(await statusOf(auth, data.accessToken)).toBe(401)
    expect((await call(auth, 'GET', '/auth/me', withCookie)).status).toBe(401)
    const refreshed = await call(auth, 'POST', '/auth/refresh', { body: { refreshToken: data.refreshToken } })
    expect(refreshed.status).toBe(401)
  })

  test('another role holds, without a new token', async () => {
    const admin = await newAdmin(auth)
    const { user, accessToken } = await signUp(auth)
    const tries = async () => (await call(auth, 'POST', '/for-makers', { token: accessToken })).status
    expect(await tries()).toBe(200)
    await call(auth, 'PATCH', `/users/${user.id}`, { token: admin.accessToken, body: { role: 'viewer' } })
    expect(await tries()).toBe(403)
    await call(auth, 'PATCH', `/users/${user.id}`, { token: admin.accessToken, body: { role: 'user' } })
    expect(await tries()).toBe(200)
  })

  test('a disabled user is out, and his sessions do not come back when he does', async () => {
    const admin = await newAdmin(auth)
    const { user, accessToken } = await signUp(auth)
    expect(await statusOf(auth, accessToken)).toBe(200)
    const set = (disabled: boolean) =>
      call(auth, 'PATCH', `/users/${user.id}`, { token: admin.accessToken, body: { disabled } })
    await set(true)
    expect(await statusOf(auth, accessToken)).toBe(401)
    await set(false)
    expect(await statusOf(auth, accessToken)).toBe(401)
    await logIn(auth, user.email)
  })

  test('a deleted user is out', async () => {
    const admin = await newAdmin(auth)
    const { user, accessToken } = await signUp(auth)
    expect(await statusOf(auth, accessToken)).toBe(200)
    await call(auth, 'DELETE', `/users/${user.id}`, { token: admin.accessToken })
    expect(await statusOf(auth, accessToken)).toBe(401)
    expect(await auth.db.$count(sessions, eq(sessions.userId, user.id))).toBe(0)
  })

  test('a logout in one process reaches the others within moments', async () => {
    const { accessToken } = await signUp(auth)
    expect(await statusOf(other, accessToken)).toBe(200)
    await call(auth, 'POST', '/auth/logout', { token: accessToken })
    await expect.poll(() => statusOf(other, accessToken), { timeout: 2_000 }).toBe(401)
  })
})

describe('the session cookie', () => {
  const change = (headers: Record<string, string>) =>
    call(auth, 'POST', '/auth/verify-email/resend', { headers })

  test('signs in, and an authorization header counts alone', async () => {
    const cookie = await cookieOf(auth)
    expect((await call(auth, 'GET', '/auth/me', { headers: { cookie } })).status).toBe(200)
    const headers = { cookie, authorization: 'Bearer wrong' }
    expect((await call(auth, 'GET', '/auth/me', { headers })).status).toBe(401)
  })

  test('changes something only for a page of this site or one that may', async () => {
    const cookie = await cookieOf(auth)
    const host = 'backlot.local:4000'
    const refused: Record<string, string>[] = [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'https://evil.backlot.test' },
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' },
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { origin: `https://${host}.evil.test` },
      { referer: `http://${host}/` },
    ]
    for (const headers of refused) {
      const { status, error } = await change({ cookie, host, ...headers })
      expect([status, error?.code], JSON.stringify(headers)).toEqual([403, 'CSRF_CHECK_FAILED'])
    }
    const allowed: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'cross-site', origin: trustedOrigin },
      { origin: `http://${host}` },
      { origin: 'https://backlot.test' },
    ]
    for (const headers of allowed) {
      expect((await change({ cookie, host, ...headers })).status, JSON.stringify(headers)).toBe(202)
    }
  })

  test('needs no such check beside a token, which no other page has', async () => {
    const { accessToken } = await signUp(auth)
    expect(
      (await change({ authorization: `Bearer ${accessToken}`, origin: 'https://evil.test' })).status,
    ).toBe(202)
  })

  test('that nobody was given is a 401', async () => {
    const headers = { cookie: '__Host-backlot=made-up' }
    expect((await call(auth, 'GET', '/auth/me', { headers })).status).toBe(401)
  })
})

describe('the list of sessions', () => {
  test('shows devices and networks, marks the one that asks, and shows only one’s own', async () => {
    const { user } = await signUp(auth)
    const { data: phone } = await call(auth, 'POST', '/auth/login', {
      body: { email: user.email, password: goodPassword },
      headers: { 'user-agent': 'Phone/1.0', 'x-forwarded-for': '203.0.113.77' },
    })
    await signUp(auth)
    const { data, json } = await call(auth, 'GET', '/auth/sessions?total=true', { token: phone.accessToken })
    expect(json.page.total).toBe(2)
    expect(data.map((session: { current: boolean }) => session.current)).toEqual([true, false])
    expect(data[0]).toMatchObject({ device: 'Phone/1.0', address: '203.0.113.0' })
  })

  test('ends one of them, or all others, but not those of others', async () => {
    const { user, accessToken } = await signUp(auth)
    const second = await logIn(auth, user.email)
    const third = await logIn(auth, user.email)
    const { data } = await call(auth, 'GET', '/auth/sessions', { token: second.accessToken })
    const { id } = data.find((session: { current: boolean }) => session.current)
    const stranger = await signUp(auth)
    expect((await call(auth, 'DELETE', `/auth/sessions/${id}`, { token: stranger.accessToken })).status).toBe(
      404,
    )
    expect(await statusOf(auth, second.accessToken)).toBe(200)
    expect((await call(auth, 'DELETE', `/auth/sessions/${id}`, { token: accessToken })).status).toBe(200)
    expect(await statusOf(auth, second.accessToken)).toBe(401)
    expect(await statusOf(auth, third.accessToken)).toBe(200)
    const others = await call(auth, 'DELETE', '/auth/sessions', { token: accessToken })
    expect(others.data).toEqual({ ended: 1 })
    expect(await statusOf(auth, third.accessToken)).toBe(401)
    expect(await statusOf(auth, accessToken)).toBe(200)
  })
})
