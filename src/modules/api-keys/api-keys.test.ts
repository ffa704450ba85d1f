import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import {
  type AuthApp,
  call,
  newAdmin,
  signUp,
  startAuthApp,
  type Tokens,
} from '../../../test/harness/auth-app.ts'
import { keyUsers, routes, scopes } from '../../../test/harness/key-users.ts'
import { statementsOf } from '../../../test/harness/statements.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { newApiKey, newKeyPrefix } from './api-key.ts'
import { apiKeys } from './api-keys.table.ts'
import { KeyUses } from './key-uses.ts'
import { deleteEndedKeys } from './maintenance.ts'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>
let ada: Tokens

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url, { routes })
  ada = await signUp(auth)
})
afterAll(async () => {
  await auth.close()
  await database.drop()
})

const { makeKey, makes, storedKey } = keyUsers(() => ({ auth, ada }))

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
