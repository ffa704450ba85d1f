import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  logIn,
  newEmail,
  publicUrl,
  startAuthApp,
} from '../../../test/harness/auth-app.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { hasAdmin } from '../users/users.service.ts'
import { createAdmin, firstAdminLink, setUpFirstAdmin } from './first-admin.ts'
import { createPasswordHashing } from './password-hash.ts'
import { insertVerification } from './verifications.repository.ts'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeEach(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url)
})
afterEach(async () => {
  await auth.close()
  await database.drop()
})

const linkToken = async () => {
  const link = await firstAdminLink({ db: auth.db, publicUrl })
  return new URL(link ?? '').searchParams.get('token') ?? ''
}
const setUp = (token: string, email = newEmail()) =>
  call(auth, 'POST', '/auth/setup', { body: { token, email, password: goodPassword } })

test('a link makes the first admin, and then there are no more links', async () => {
  const token = await linkToken()
  const email = newEmail()
  const { status, data } = await setUp(token, email)
  expect(status).toBe(201)
  expect(data.user).toMatchObject({ email, role: 'admin', emailVerified: true })
  expect((await call(auth, 'GET', '/users', { token: data.accessToken })).data).toHaveLength(1)
  expect(await firstAdminLink({ db: auth.db, publicUrl })).toBeUndefined()
  expect((await setUp(token)).status).toBe(409)
})

test('only the newest link works', async () => {
  const first = await linkToken()
  const second = await linkToken()
  expect((await setUp(first)).status).toBe(422)
  expect((await setUp('made-up')).status).toBe(422)
  expect(await hasAdmin(auth.db)).toBe(false)
  expect((await setUp(second)).status).toBe(201)
})

test('of ten uses at once, one makes an admin', async () => {
  const token = await linkToken()
  const answers = await Promise.all(Array.from({ length: 10 }, () => setUp(token)))
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses[0]).toBe(201)
  expect(statuses.slice(1).every((status) => status === 409 || status === 422)).toBe(true)
})

test('of several links at once, one makes an admin', async () => {
  const tokens = Array.from({ length: 8 }, (_, index) => `link ${index}`)
  for (const token of tokens) {
    await insertVerification(auth.db, { purpose: 'first-admin', token, validMinutes: 5 })
  }
  // A connection for each is open before, so that none is late.
  await Promise.all(tokens.map(() => auth.db.execute('select pg_sleep(0.05)')))
  // Each hashes on its own, as in a process of its own, so that they reach the database together.
  const made = await Promise.allSettled(
    tokens.map((token) => {
      const passwords = createPasswordHashing({ cost: 4, saltKey: auth.deps.keys.passwordSalt })
      const admin = { token, email: newEmail(), password: goodPassword }
      const client = { address: '127.0.0.1', device: undefined }
      return setUpFirstAdmin({ db: auth.db, passwords }, admin, client, new AbortController().signal)
    }),
  )
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('the link works as a page', async () => {
  const link = await firstAdminLink({ db: auth.db, publicUrl })
  const page = await auth.app.inject((link ?? '').replace(publicUrl, ''))
  expect(page.body).toContain('action="/setup"')
  const email = newEmail()
  const sent = await auth.app.inject({
    method: 'POST',
    url: '/setup',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ token: await linkToken(), email, password: goodPassword }).toString(),
  })
  expect([sent.statusCode, sent.body.includes(email)]).toEqual([200, true])
  expect((await logIn(auth, email)).user.role).toBe('admin')
  expect((await auth.app.inject('/setup')).body).toContain('There is an admin already')
})

test('the command line makes admins, by the same rules', async () => {
  const email = newEmail()
  const admin = await createAdmin(auth.deps, {
    email: email.toUpperCase(),
    password: goodPassword,
    name: 'Ada',
  })
  expect(admin).toMatchObject({ email, role: 'admin', name: 'Ada' })
  await expect(createAdmin(auth.deps, { email, password: goodPassword })).rejects.toMatchObject({
    code: 'EMAIL_TAKEN',
  })
  const weak = createAdmin(auth.deps, { email: newEmail(), password: 'password123' })
  await expect(weak).rejects.toMatchObject({ status: 422, errors: [{ path: 'password' }] })
  const wrong = createAdmin(auth.deps, { email: 'nobody', password: goodPassword })
  await expect(wrong).rejects.toMatchObject({ status: 422, errors: [{ path: 'email' }] })
})
