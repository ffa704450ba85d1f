import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  newAdmin,
  setUser,
  signUp,
  startAuthApp,
  type Tokens,
} from '../../../test/harness/auth-app.ts'
import { keyUsers, routes } from '../../../test/harness/key-users.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { apiKeys } from './api-keys.table.ts'

let auth: AuthApp
let other: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>
let ada: Tokens

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url, { routes })
  other = await startAuthApp(database.url, { routes })
  ada = await signUp(auth)
})
afterAll(async () => {
  await auth.close()
  await other.close()
  await database.drop()
})

const { makeKey, makes, reads } = keyUsers(() => ({ auth, ada }))

describe('on the very next request', () => {
  test('a key that is revoked is dead, here and within moments elsewhere, and cannot be changed', async () => {
    const { id, apiKey } = await makeKey()
    expect([await makes(apiKey), await makes(apiKey, other)]).toEqual([200, 200])
    const revoked = await call(auth, 'DELETE', `/api-keys/${id}`, { token: ada.accessToken })
    expect([revoked.status, typeof revoked.data.revokedAt]).toEqual([200, 'string'])
    expect(await makes(apiKey)).toBe(401)
    await expect.poll(() => makes(apiKey, other), { timeout: 2_000 }).toBe(401)
    const again = await call(auth, 'DELETE', `/api-keys/${id}`, { token: ada.accessToken })
    expect(again.data.revokedAt).toBe(revoked.data.revokedAt)
    for (const [method, path] of [
      ['PATCH', ''],
      ['POST', '/rotate'],
    ] as const) {
      const body = method === 'PATCH' ? { name: 'Alive' } : {}
      const { status, error } = await call(auth, method, `/api-keys/${id}${path}`, {
        token: ada.accessToken,
        body,
      })
      expect([status, error.code]).toEqual([409, 'API_KEY_ENDED'])
    }
  })

  test('narrower scopes hold', async () => {
    const { id, apiKey } = await makeKey()
    expect([await makes(apiKey), await reads(apiKey)]).toEqual([200, 200])
    const body = { scopes: ['generations:read'] }
    await call(auth, 'PATCH', `/api-keys/${id}`, { token: ada.accessToken, body })
    expect([await makes(apiKey), await reads(apiKey)]).toEqual([403, 200])
  })

  test('a lower role lowers the key, and a higher one gives no more than its scopes', async () => {
    const admin = await newAdmin(auth)
    const bob = await signUp(auth)
    const { apiKey } = await makeKey({}, bob)
    const become = (role: string) =>
      call(auth, 'PATCH', `/users/${bob.user.id}`, { token: admin.accessToken, body: { role } })
    await become('viewer')
    const { status, error } = await call(auth, 'POST', '/for-makers', { token: apiKey })
    expect([status, error.code]).toEqual([403, 'FORBIDDEN'])
    expect(await reads(apiKey)).toBe(200)
    await become('admin')
    expect(await makes(apiKey)).toBe(200)
    expect((await call(auth, 'GET', '/users', { token: apiKey })).error.code).toBe('INSUFFICIENT_SCOPE')
  })

  test('a disabled user’s key is dead, and a deleted user’s is gone', async () => {
    const admin = await newAdmin(auth)
    const bob = await signUp(auth)
    const { id, apiKey } = await makeKey({}, bob)
    const disable = (disabled: boolean) =>
      call(auth, 'PATCH', `/users/${bob.user.id}`, { token: admin.accessToken, body: { disabled } })
    expect(await makes(apiKey)).toBe(200)
    await disable(true)
    expect(await makes(apiKey)).toBe(401)
    await disable(false)
    expect(await makes(apiKey)).toBe(200)
    await call(auth, 'DELETE', `/users/${bob.user.id}`, { token: admin.accessToken })
    expect(await makes(apiKey)).toBe(401)
    expect(await auth.db.$count(apiKeys, eq(apiKeys.id, id))).toBe(0)
  })

  test('a key that expires while it is remembered is dead', async () => {
    const { apiKey } = await makeKey({ expiresAt: new Date(Date.now() + 700).toISOString() })
    expect(await makes(apiKey)).toBe(200)
    await expect.poll(() => makes(apiKey), { timeout: 3_000 }).toBe(401)
    const { error } = await call(auth, 'POST', '/for-makers', { token: apiKey })
    expect(error.code).toBe('API_KEY_INVALID')
  })
})

describe('rotation', () => {
  const rotate = async (id: string, body?: object) =>
    (await call(auth, 'POST', `/api-keys/${id}/rotate`, { token: ada.accessToken, ...(body && { body }) }))
      .data

  test('gives a new secret under the same prefix, and lets the old one work for a day', async () => {
    const first = await makeKey()
    const second = await rotate(first.id)
    expect(second.prefix).toBe(first.prefix)
    expect(second.apiKey).not.toBe(first.apiKey)
    const left = Date.parse(second.previousSecretUntil) - Date.now()
    expect(Math.abs(left - 24 * 3_600_000)).toBeLessThan(60_000)
    expect([await makes(first.apiKey), await makes(second.apiKey)]).toEqual([200, 200])
  })

  test('a secret that was rotated out dies when the overlap is over, although it is remembered', async () => {
    const first = await makeKey()
    const second = await rotate(first.id, { overlapHours: 1 })
    const previousSecretUntil = new Date(Date.now() + 700)
    await auth.db.update(apiKeys).set({ previousSecretUntil }).where(eq(apiKeys.id, first.id))
    expect(await makes(first.apiKey)).toBe(200)
    await expect.poll(() => makes(first.apiKey), { timeout: 3_000 }).toBe(401)
    expect(await makes(second.apiKey)).toBe(200)
  })

  test('without overlap ends the old secret at once, and a second one ends the first of all', async () => {
    const first = await makeKey()
    const second = await rotate(first.id, { overlapHours: 168 })
    expect(await makes(first.apiKey)).toBe(200)
    const third = await rotate(first.id, { overlapHours: 0 })
    expect(await makes(first.apiKey)).toBe(401)
    expect([await makes(second.apiKey), await makes(third.apiKey)]).toEqual([401, 200])
    const tooLong = await call(auth, 'POST', `/api-keys/${first.id}/rotate`, {
      token: ada.accessToken,
      body: { overlapHours: 169 },
    })
    expect(tooLong.status).toBe(422)
  })
})

test('a key is no more than its user, even when the cache of a process knows nothing', async () => {
  const bob = await signUp(auth)
  const { apiKey } = await makeKey({}, bob)
  await setUser(auth, bob.user.id, { disabledAt: new Date() })
  expect(await makes(apiKey, other)).toBe(401)
})
