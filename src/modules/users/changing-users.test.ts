import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  newAdmin,
  newEmail,
  signUp,
  startAuthApp,
  type Tokens,
} from '../../../test/harness/auth-app.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { usersClient } from '../../../test/harness/users-client.ts'
import { users } from './users.table.ts'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>
let admin: Tokens

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url)
})
afterAll(async () => {
  await auth.close()
  await database.drop()
})
beforeEach(async () => {
  await auth.db.delete(users)
  admin = await newAdmin(auth)
})

const { as, withRole } = usersClient(() => ({ auth, admin }))

describe('changing users', () => {
  test.each([
    ['turns the direction of text', '\u202egnp.exe'],
    ['does so in isolation', 'Ada \u2066Lovelace\u2069'],
    ['marks a direction', 'Ada\u200e'],
    ['marks one in Arabic', 'Ada\u061c'],
    ['begins a line', 'Ada\u2028Admin'],
    ['is a control character', 'Ada\u0007'],
  ])('a name with what %s is refused', async (_name, name) => {
    const someone = await signUp(auth)
    const { status, error } = await as(someone, 'PATCH', `/users/${someone.user.id}`, { name })
    expect([status, error.errors[0].path]).toEqual([422, 'name'])
    const body = { email: newEmail(), password: goodPassword, name }
    expect((await call(auth, 'POST', '/auth/signup', { body })).status).toBe(422)
  })

  test('names of all scripts are taken, joined emoji too', async () => {
    for (const name of ['محمد', 'שרה', 'می\u200cخواهم', '👩\u200d🚀 Zoë']) {
      expect((await signUp(auth, { name })).user.name).toBe(name)
    }
  })

  test('everybody changes his own name, and only an admin that of others', async () => {
    const someone = await signUp(auth)
    const manager = await withRole('manager')
    expect((await as(someone, 'PATCH', `/users/${someone.user.id}`, { name: 'Ada' })).data.name).toBe('Ada')
    expect((await as(manager, 'PATCH', `/users/${someone.user.id}`, { name: 'Eve' })).status).toBe(403)
    expect((await as(await signUp(auth), 'PATCH', `/users/${someone.user.id}`, { name: 'Eve' })).status).toBe(
      404,
    )
    expect((await as(admin, 'PATCH', `/users/${someone.user.id}`, { name: 'Bea' })).data.name).toBe('Bea')
  })

  test.each([
    ['email', { email: 'another@example.com' }],
    ['emailVerified', { emailVerified: true }],
    ['id', { id: '018f0000-0000-7000-8000-000000000000' }],
    ['createdAt', { createdAt: null }],
    ['name', { name: null }],
    ['role', { role: null }],
    ['role', { role: 'owner' }],
    ['disabled', { disabled: null }],
    ['disabled', { disabled: 'false' }],
    ['disabledAt', { disabledAt: null }],
    ['password', { password: 'a new password' }],
  ])('refuses %s that may not be set so', async (field, change) => {
    const someone = await signUp(auth)
    const path = `/users/${someone.user.id}`
    const before = (await as(admin, 'GET', path)).data
    for (const asker of [someone, admin]) {
      const { status, error } = await as(asker, 'PATCH', path, { name: 'Eve', ...change })
      expect(status).toBe(422)
      expect(JSON.stringify(error.errors)).toContain(field)
    }
    expect((await as(admin, 'GET', path)).data).toEqual(before)
    expect((await as(admin, 'PATCH', path, {})).status).toBe(422)
  })

  test('nobody raises himself', async () => {
    for (const role of ['viewer', 'user', 'manager'] as const) {
      const asker = await withRole(role)
      expect((await as(asker, 'PATCH', `/users/${asker.user.id}`, { role: 'admin' })).status).toBe(403)
      expect((await as(asker, 'PATCH', `/users/${asker.user.id}`, { disabled: false })).status).toBe(403)
    }
    expect((await as(admin, 'PATCH', `/users/${admin.user.id}`, { role: 'user' })).status).toBe(403)
    expect((await as(admin, 'PATCH', `/users/${admin.user.id}`, { disabled: true })).status).toBe(403)
  })

  test('answers 404 for who does not exist', async () => {
    const path = '/users/018f0000-0000-7000-8000-000000000000'
    expect((await as(admin, 'PATCH', path, { role: 'user' })).status).toBe(404)
    expect((await as(admin, 'GET', path)).status).toBe(404)
    expect((await as(admin, 'DELETE', path)).status).toBe(404)
  })
})

describe('the last admin', () => {
  test('cannot delete himself', async () => {
    const gone = await as(admin, 'DELETE', `/users/${admin.user.id}`, { password: goodPassword })
    expect([gone.status, gone.error.code]).toEqual([409, 'LAST_ADMIN'])
    const second = await newAdmin(auth)
    expect((await as(second, 'DELETE', `/users/${admin.user.id}`)).status).toBe(200)
    const still = await as(second, 'DELETE', `/users/${second.user.id}`, { password: goodPassword })
    expect(still.error.code).toBe('LAST_ADMIN')
  })

  test.each([
    ['demote', 'PATCH', { role: 'user' }],
    ['disable', 'PATCH', { disabled: true }],
    ['delete', 'DELETE', undefined],
  ] as const)('stays when admins %s each other at the same moment', async (_name, method, body) => {
    const others = [await newAdmin(auth), await newAdmin(auth), await newAdmin(auth)]
    const ring = [admin, ...others]
    const answers = await Promise.all(
      ring.map((asker, index) =>
        as(asker, method, `/users/${ring[(index + 1) % ring.length]?.user.id}`, body),
      ),
    )
    // Who has just lost the role is refused like any user: he may not even know of the other.
    expect(answers.filter(({ status }) => ![200, 401, 403, 404, 409].includes(status))).toEqual([])
    const left = await auth.db.select().from(users).where(eq(users.role, 'admin'))
    expect(left.filter(({ disabledAt }) => disabledAt === null).length).toBeGreaterThan(0)
  })

  test('a disabled admin does not count', async () => {
    const second = await newAdmin(auth)
    await as(admin, 'PATCH', `/users/${second.user.id}`, { disabled: true })
    const gone = await as(admin, 'DELETE', `/users/${admin.user.id}`, { password: goodPassword })
    expect(gone.error.code).toBe('LAST_ADMIN')
  })
})

describe('deleting users', () => {
  test('oneself takes the password', async () => {
    const someone = await signUp(auth)
    const path = `/users/${someone.user.id}`
    expect((await as(someone, 'DELETE', path)).status).toBe(422)
    expect((await as(someone, 'DELETE', path, { password: 'not this one' })).status).toBe(422)
    expect((await as(someone, 'DELETE', path, { password: goodPassword })).data).toEqual({
      id: someone.user.id,
    })
    expect((await as(someone, 'GET', '/auth/me')).status).toBe(401)
    const login = { email: someone.user.email, password: goodPassword }
    expect((await call(auth, 'POST', '/auth/login', { body: login })).status).toBe(401)
  })

  test('others is for admins', async () => {
    const someone = await signUp(auth)
    const path = `/users/${someone.user.id}`
    expect((await as(await signUp(auth), 'DELETE', path)).status).toBe(404)
    expect((await as(await withRole('manager'), 'DELETE', path)).status).toBe(403)
    expect((await as(admin, 'DELETE', path)).status).toBe(200)
    expect((await as(admin, 'GET', path)).status).toBe(404)
  })
})
