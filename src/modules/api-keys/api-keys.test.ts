import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import {
  type AuthApp,
  call,
  newAdmin,
  setUser,
  signUp,
  startAuthApp,
  type Tokens,
} from '../../../test/harness/auth-app.ts'
import { statementsOf } from '../../../test/harness/statements.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import type { App } from '../../platform/http/http-server.ts'
import { newApiKey, newKeyPrefix } from './api-key.ts'
import { apiKeys } from './api-keys.table.ts'
import { KeyUses } from './key-uses.ts'
import { deleteEndedKeys } from './maintenance.ts'

let auth: AuthApp
let other: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>
let ada: Tokens

const routes = async (app: App) => {
  app.get('/v1/for-readers', { config: { access: 'generations:read' } }, async () => ({}))
  app.post('/v1/for-makers', { config: { access: 'generations:create' } }, async () => ({}))
}

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

const scopes = ['generations:create', 'generations:read']
const makeKey = async (body: object = {}, { accessToken }: Tokens = ada) => {
  const given = { name: 'A script', scopes, ...body }
  const { status, data, json } = await call(auth, 'POST', '/api-keys', { token: accessToken, body: given })
  expect(status, JSON.stringify(json)).toBe(201)
  return data
}
const makes = async (token: string, app = auth) => (await call(app, 'POST', '/for-makers', { token })).status
const reads = async (token: string, app = auth) => (await call(app, 'GET', '/for-readers', { token })).status
const storedKey = async (id: string) => {
  const [key] = await auth.db.select().from(apiKeys).where(eq(apiKeys.id, id))
  if (key === undefined) throw new Error('No such key')
  return key
}

describe('a new key', () => {
  test('is shown once, and stored as a hash', async () => {
    const { apiKey, ...shown } = await makeKey()
    expect(apiKey).toMatch(/^bk_\w{12}_\w{49}$/)
    expect(apiKey.startsWith(shown.prefix)).toBe(true)
    expect(shown).toMatchObject({
      name: 'A script',
      scopes,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    })
    expect(JSON.stringify(await storedKey(shown.id))).not.toContain(apiKey.slice(shown.prefix.length))
    const listed = await call(auth, 'GET', '/api-keys?limit=1&total=true', { token: ada.accessToken })
    expect(listed.data).toEqual([shown])
    expect((await call(auth, 'GET', `/api-keys/${shown.id}`, { token: ada.accessToken })).data).toEqual(shown)
  })

  test.each<[string, object, string]>([
    ['a scope that the role does not grant', { scopes: ['users:create'] }, 'scopes'],
    ['a scope that nobody has', { scopes: ['generations:paint'] }, 'scopes.0'],
    ['no scope', { scopes: [] }, 'scopes'],
    ['a scope that is of no use without another', { scopes: ['generations:delete'] }, 'scopes'],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['an expiry in ten years', { expiresAt: new Date(Date.now() + 3.2e11).toISOString() }, 'expiresAt'],
    ['no name', { name: ' ' }, 'name'],
    ['a name of two lines', { name: 'A script\nof mine' }, 'name'],
    ['a name that turns text around', { name: 'A \u202etpircs' }, 'name'],
    ['somebody else as its user', { userId: 'x' }, 'userId'],
  ])('with %s is refused', async (_name, wrong, path) => {
    const body = { name: 'A script', scopes, ...wrong }
    const { status, error } = await call(auth, 'POST', '/api-keys', { token: ada.accessToken, body })
    expect([status, error.errors[0].path]).toEqual([422, path])
  })

  test('is refused where there are fifty that work, however many ask at once', async () => {
    const { user, accessToken } = await signUp(auth)
    for (let count = 0; count < 48; count += 1) await newKeyOf(auth.db, user.id, ['posts:read'])
    await newKeyOf(auth.db, user.id, ['posts:read'], { expiresAt: new Date(Date.now() - 1_000) })
    const body = { name: 'One more', scopes: ['posts:read'] }
    const ask = () => call(auth, 'POST', '/api-keys', { token: accessToken, body })
    const answers = await Promise.all([ask(), ask(), ask(), ask()])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.error.code).toBe('TOO_MANY_API_KEYS')
  })
})

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

describe('a key', () => {
  test('with a wrong character is told without the database; one that was never made, with it', async () => {
    const { apiKey } = await makeKey()
    const wrong = apiKey.slice(0, -9) + (apiKey.at(-9) === 'a' ? 'b' : 'a') + apiKey.slice(-8)
    const statements = await statementsOf(async () => {
      const { status, error } = await call(auth, 'POST', '/for-makers', { token: wrong })
      expect([status, error.code]).toEqual([401, 'API_KEY_MALFORMED'])
      for (const token of [apiKey.slice(3), 'sk-of-another-service']) {
        const other = await call(auth, 'GET', '/for-readers', { token })
        expect([other.status, other.error.code]).toEqual([401, 'API_KEY_MALFORMED'])
        expect(other.error.message).toMatch(/API key/)
      }
    })
    expect(statements).toEqual([])
    const { error } = await call(auth, 'POST', '/for-makers', { token: newApiKey(newKeyPrefix()) })
    expect(error.code).toBe('API_KEY_INVALID')
  })

  test('of another user is nothing that one can see, change, rotate or revoke', async () => {
    const { id, apiKey } = await makeKey()
    const { accessToken: token } = await signUp(auth)
    const { accessToken: adminToken } = await newAdmin(auth)
    for (const stranger of [token, adminToken]) {
      const statuses = [
        await call(auth, 'GET', `/api-keys/${id}`, { token: stranger }),
        await call(auth, 'PATCH', `/api-keys/${id}`, { token: stranger, body: { name: 'Mine' } }),
        await call(auth, 'POST', `/api-keys/${id}/rotate`, { token: stranger, body: {} }),
        await call(auth, 'DELETE', `/api-keys/${id}`, { token: stranger }),
      ].map(({ status }) => status)
      expect(statuses).toEqual([404, 404, 404, 404])
    }
    expect(await makes(apiKey)).toBe(200)
  })

  test('counts with its user’s other keys, and never keeps him from revoking them', async () => {
    const few = await startAuthApp(database.url, { routes, identityPerMinute: 2 })
    const { accessToken, user } = await signUp(few)
    const first = await newKeyOf(few.db, user.id, ['generations:create'])
    const second = await newKeyOf(few.db, user.id, ['generations:create'])
    expect([await makes(first.text, few), await makes(second.text, few)]).toEqual([200, 200])
    expect([await makes(second.text, few), await makes(first.text, few)]).toEqual([429, 429])
    expect([await makes(accessToken, few), await makes(accessToken, few)]).toEqual([200, 200])
    await few.close()
  })

  test('is named in the log by its id, and its text is nowhere', async () => {
    const { id, apiKey } = await makeKey()
    await makes(apiKey)
    await call(auth, 'GET', '/auth/me', { token: apiKey })
    const line = JSON.parse(auth.logged.findLast((entry) => entry.includes('/for-makers')) ?? '')
    expect(line).toMatchObject({ apiKeyId: id, status: 200 })
    expect(line.user).toMatch(/^[\w-]{12}$/)
    expect(auth.logged.join()).not.toContain(apiKey.slice(16))
  })
})

describe('the time of the last use', () => {
  test('takes no write a request, and is written when the process ends', async () => {
    const { id, apiKey } = await makeKey()
    const own = await startAuthApp(database.url, { routes })
    await makes(apiKey, own)
    const statements = await statementsOf(async () => {
      for (let count = 0; count < 20; count += 1) expect(await makes(apiKey, own)).toBe(200)
    })
    expect(statements).toEqual([])
    expect((await storedKey(id)).lastUsedAt).toBeNull()
    await own.close()
    const { lastUsedAt } = await storedKey(id)
    expect(Math.abs(Number(lastUsedAt) - Date.now())).toBeLessThan(10_000)
  })

  test('is written once a minute at most, whichever process writes, and never goes back', async () => {
    const { id } = await makeKey()
    const noteBy = async () => {
      const uses = new KeyUses(auth.db, auth.deps.log)
      uses.note(id)
      await uses.close()
      return (await storedKey(id)).lastUsedAt?.getTime() ?? 0
    }
    const set = (lastUsedAt: Date) => auth.db.update(apiKeys).set({ lastUsedAt }).where(eq(apiKeys.id, id))
    const first = await noteBy()
    expect(await noteBy()).toBe(first)
    await set(new Date(Date.now() - 61_000))
    expect(await noteBy()).toBeGreaterThan(first)
    const ahead = new Date(Date.now() + 10_000)
    await set(ahead)
    expect(await noteBy()).toBe(ahead.getTime())
  })
})

test('keys that ended long ago are deleted, others are kept', async () => {
  const { user } = await signUp(auth)
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
  const ended = await newKeyOf(auth.db, user.id, ['posts:read'], { expiresAt: daysAgo(91) })
  const revoked = await newKeyOf(auth.db, user.id, ['posts:read'])
  await auth.db
    .update(apiKeys)
    .set({ revokedAt: daysAgo(92) })
    .where(eq(apiKeys.id, revoked.id))
  const kept = [
    await newKeyOf(auth.db, user.id, ['posts:read'], { expiresAt: daysAgo(89) }),
    await newKeyOf(auth.db, user.id, ['posts:read']),
  ]
  expect([await deleteEndedKeys(auth.db, 1), await deleteEndedKeys(auth.db, 5)]).toEqual([1, 1])
  const left = await auth.db.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.userId, user.id))
  expect(left.map(({ id }) => id).sort()).toEqual(kept.map(({ id }) => id).sort())
  expect(left.map(({ id }) => id)).not.toContain(ended.id)
})

test('a key is no more than its user, even when the cache of a process knows nothing', async () => {
  const bob = await signUp(auth)
  const { apiKey } = await makeKey({}, bob)
  await setUser(auth, bob.user.id, { disabledAt: new Date() })
  expect(await makes(apiKey, other)).toBe(401)
})
