import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  logIn,
  newAdmin,
  newEmail,
  signUp,
  startAuthApp,
  type Tokens,
} from '../../../test/harness/auth-app.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import type { Role } from '../auth/permissions.ts'
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

const as = (
  { accessToken }: Tokens,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
) => call(auth, method, path, { token: accessToken, ...(body === undefined ? {} : { body }) })

const withRole = async (role: Role): Promise<Tokens> => {
  const tokens = await signUp(auth)
  expect((await as(admin, 'PATCH', `/users/${tokens.user.id}`, { role })).status).toBe(200)
  return tokens
}

describe('seeing users', () => {
  test('users and viewers see themselves, managers and admins everybody', async () => {
    const someone = await signUp(auth)
    for (const role of ['viewer', 'user', 'manager', 'admin'] as const) {
      const asker = role === 'admin' ? admin : await withRole(role)
      const reaches = role === 'manager' || role === 'admin'
      expect((await as(asker, 'GET', `/users/${asker.user.id}`)).status).toBe(200)
      expect((await as(asker, 'GET', `/users/${someone.user.id}`)).status).toBe(reaches ? 200 : 404)
      const { data } = await as(asker, 'GET', '/users')
      expect(data.length > 1).toBe(reaches)
      expect(data.some(({ id }: { id: string }) => id === asker.user.id)).toBe(true)
    }
  })

  test('never shows more than the view names', async () => {
    const { data } = await as(admin, 'GET', `/users/${admin.user.id}`)
    expect(Object.keys(data).sort()).toEqual([
      'createdAt',
      'disabled',
      'email',
      'emailVerified',
      'id',
      'name',
      'role',
      'updatedAt',
    ])
  })

  test('shows only the fields that are asked for, in a list and of one', async () => {
    const path = `/users/${admin.user.id}`
    expect((await as(admin, 'GET', `${path}?fields=email,id`)).data).toEqual({
      email: admin.user.email,
      id: admin.user.id,
    })
    await signUp(auth, { name: 'Ada' })
    const first = await as(admin, 'GET', '/users?fields=name&sort=-name&limit=1')
    expect(first.data).toEqual([{ name: 'Ada' }])
    const second = await as(
      admin,
      'GET',
      `/users?fields=name&sort=-name&cursor=${first.json.page.nextCursor}`,
    )
    expect(second.data).toEqual([{ name: null }])
    for (const wrong of ['passwordHash', 'emailVerifiedAt', 'id,', ''])
      for (const list of ['/users', path])
        expect((await as(admin, 'GET', `${list}?fields=${wrong}`)).status, `${list} ${wrong}`).toBe(422)
  })

  test('finds a part of an address or a name, whatever its letters, and however short', async () => {
    for (const name of ['Zoë Müller', 'Łukasz', 'Ann', '日本 太郎']) await signUp(auth, { name })
    const found = async (q: string) =>
      (await as(admin, 'GET', `/users?sort=name&q=${encodeURIComponent(q)}`)).data.map(
        ({ name }: { name: string }) => name,
      )
    expect(await found('MÜLL')).toEqual(['Zoë Müller'])
    expect(await found('oë mü')).toEqual(['Zoë Müller'])
    expect(await found('łukasz')).toEqual(['Łukasz'])
    expect(await found('NN')).toEqual(['Ann'])
    expect(await found('太')).toEqual(['日本 太郎'])
    expect(await found('ü_l')).toEqual([])
  })

  test('filters and searches, a page at a time', async () => {
    for (const name of ['Ada 100%', 'Bea', 'Cleo', 'Dora']) await signUp(auth, { name })
    const cleo = await as(admin, 'GET', '/users?q=cLEo')
    expect(cleo.data.map(({ name }: { name: string }) => name)).toEqual(['Cleo'])
    expect((await as(admin, 'GET', '/users?q=100%25')).data).toHaveLength(1)
    expect((await as(admin, 'GET', '/users?q=_______')).data).toHaveLength(0)
    await as(admin, 'PATCH', `/users/${cleo.data[0].id}`, { disabled: true })
    expect((await as(admin, 'GET', '/users?disabled=true')).data).toHaveLength(1)
    expect((await as(admin, 'GET', '/users?role=admin')).data).toHaveLength(1)
    const first = await as(admin, 'GET', '/users?limit=3&total=true')
    const second = await as(admin, 'GET', `/users?limit=3&cursor=${first.json.page.nextCursor}`)
    expect([first.json.page.total, first.data.length, second.data.length]).toEqual([5, 3, 2])
    expect(second.json.page.nextCursor).toBeNull()
  })

  test.each(['createdAt', 'name', 'email'])('sorts by %s, and pages by cursor and by offset', async (key) => {
    // Two of a name, and the admin has none.
    for (const name of ['Bea', 'Ada', 'Bea', 'Cleo']) await signUp(auth, { name })
    const list = async (query: string) => (await as(admin, 'GET', `/users?${query}`)).json
    const rank = (user: Record<string, string | null>) =>
      key === 'createdAt' ? `${user.id}` : `${user[key] ?? ''} ${user.id}`
    for (const [sort, direction] of [
      [key, 1],
      [`-${key}`, -1],
    ] as const) {
      const { data: whole } = await list(`sort=${sort}`)
      expect(whole).toHaveLength(5)
      expect(whole).toEqual(
        whole.toSorted((a: Record<string, string>, b: Record<string, string>) =>
          rank(a) < rank(b) ? -direction : direction,
        ),
      )
      const { data: first, page } = await list(`sort=${sort}&limit=2`)
      const { data: rest } = await list(`sort=${sort}&limit=3&cursor=${page.nextCursor}`)
      expect([...first, ...rest]).toEqual(whole)
      expect((await list(`sort=${sort}&limit=3&offset=2`)).data).toEqual(rest)
      const others = sort === '-createdAt' ? 'name' : '-createdAt'
      expect((await as(admin, 'GET', `/users?sort=${others}&cursor=${page.nextCursor}`)).status).toBe(422)
    }
    expect((await as(admin, 'GET', '/users?sort=password')).status).toBe(422)
    expect((await as(admin, 'GET', '/users?offset=10001')).status).toBe(422)
  })
})

describe('making users', () => {
  test('is for admins, who decide whose an address is', async () => {
    const email = newEmail()
    for (const role of ['viewer', 'user', 'manager'] as const) {
      expect((await as(await withRole(role), 'POST', '/users', { email })).status).toBe(403)
    }
    const squatter = await signUp(auth, { email, password: 'the squatter’s own' })
    const made = await as(admin, 'POST', '/users', {
      email,
      name: 'Bea',
      role: 'manager',
      password: goodPassword,
    })
    expect(made.status).toBe(201)
    expect(made.headers.location).toBe(`/v1/users/${made.data.id}`)
    expect(made.data).toMatchObject({ email, name: 'Bea', role: 'manager', emailVerified: true })
    expect((await logIn(auth, email)).user.id).toBe(made.data.id)
    expect(squatter.user.id).not.toBe(made.data.id)
    const again = await as(admin, 'POST', '/users', { email: email.toUpperCase(), password: goodPassword })
    expect([again.status, again.error.code]).toEqual([409, 'EMAIL_TAKEN'])
  })
})

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
