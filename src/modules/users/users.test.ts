import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  goodPassword,
  logIn,
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
