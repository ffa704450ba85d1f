import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  logIn,
  newEmail,
  setUser,
  signUp,
  startAuthApp,
  takeMails,
  tokenIn,
} from '../../../test/harness/auth-app.ts'
import { type MailedAccounts, mailedAccounts } from '../../../test/harness/mailed-accounts.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { jobs } from '../../platform/jobs/jobs.table.ts'

let auth: AuthApp
let accounts: MailedAccounts
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url)
  accounts = mailedAccounts(auth)
})
afterAll(async () => {
  await auth.close()
  await database.drop()
})

describe('a forgotten password', () => {
  test('is replaced with the mailed link, once, and every session ends', async () => {
    const user = await accounts.verified()
    const session = await logIn(auth, user.email)
    expect((await call(auth, 'GET', '/auth/me', { token: session.accessToken })).status).toBe(200)
    expect((await accounts.post('/auth/forgot-password', { email: user.email.toUpperCase() })).status).toBe(
      202,
    )
    const [mail] = await takeMails(auth)
    expect(mail).toMatchObject({ to: user.email, subject: 'Choose a new password' })
    const token = tokenIn(mail)
    const reset = await accounts.post('/auth/reset-password', { token, password: 'a brand new one' })
    expect(reset.status).toBe(200)
    expect((await call(auth, 'GET', '/auth/me', { token: session.accessToken })).status).toBe(401)
    expect((await accounts.post('/auth/refresh', { refreshToken: session.refreshToken })).status).toBe(401)
    expect((await accounts.post('/auth/login', { email: user.email, password: goodPassword })).status).toBe(
      401,
    )
    await logIn(auth, user.email, 'a brand new one')
    expect((await accounts.post('/auth/reset-password', { token, password: 'yet another one' })).status).toBe(
      422,
    )
    expect(await takeMails(auth)).toMatchObject([{ to: user.email, subject: 'Your password was changed' }])
  })

  test('does the same work whether the address has an account or not, and mails only the one', async () => {
    const user = await accounts.verified()
    await takeMails(auth)
    const known = await accounts.post('/auth/forgot-password', { email: user.email })
    const unknown = await accounts.post('/auth/forgot-password', { email: newEmail() })
    expect({ ...unknown.json }).toEqual(known.json)
    expect(Object.keys(unknown.headers)).toEqual(Object.keys(known.headers))
    expect(await auth.db.$count(jobs)).toBe(2)
    expect(await takeMails(auth)).toHaveLength(1)
  })

  test('refuses a password that is too easy, and the link still works', async () => {
    const user = await accounts.verified()
    await accounts.post('/auth/forgot-password', { email: user.email })
    const token = tokenIn((await takeMails(auth))[0])
    expect((await accounts.post('/auth/reset-password', { token, password: 'password123' })).status).toBe(422)
    expect((await accounts.post('/auth/reset-password', { token, password: 'short' })).status).toBe(422)
    expect((await accounts.post('/auth/reset-password', { token, password: 'good enough now' })).status).toBe(
      200,
    )
  })

  test('ends the links that were mailed before', async () => {
    const user = await accounts.verified()
    await accounts.post('/auth/forgot-password', { email: user.email })
    await accounts.post('/auth/forgot-password', { email: user.email })
    const [first, second] = await takeMails(auth)
    const password = 'good enough now'
    expect((await accounts.post('/auth/reset-password', { token: tokenIn(first), password })).status).toBe(
      200,
    )
    expect((await accounts.post('/auth/reset-password', { token: tokenIn(second), password })).status).toBe(
      422,
    )
  })

  test('two uses of one link at once: one of them sets the password', async () => {
    const user = await accounts.verified()
    await accounts.post('/auth/forgot-password', { email: user.email })
    const token = tokenIn((await takeMails(auth))[0])
    const passwords = ['the first of two', 'the second of two']
    const answers = await Promise.all(
      passwords.map((password) => accounts.post('/auth/reset-password', { token, password })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
  })

  test('takes a mailbox’s owner past whoever signed up with the address before', async () => {
    const email = newEmail()
    const squatter = await signUp(auth, { email, password: 'the squatter’s own' })
    await takeMails(auth)
    await accounts.post('/auth/forgot-password', { email })
    const token = tokenIn((await takeMails(auth))[0])
    await accounts.post('/auth/reset-password', { token, password: 'only the owner knows' })
    expect((await call(auth, 'GET', '/auth/me', { token: squatter.accessToken })).status).toBe(401)
    expect((await accounts.post('/auth/login', { email, password: 'the squatter’s own' })).status).toBe(401)
    expect((await logIn(auth, email, 'only the owner knows')).user.emailVerified).toBe(true)
  })

  test('reaches each account of an address that nobody has confirmed, and the reader of the mail chooses', async () => {
    const email = newEmail()
    const before = await signUp(auth, { email, password: 'a squatter’s, before' })
    const { user } = await signUp(auth, { email, password: 'forgotten by the owner' })
    const after = await signUp(auth, { email, password: 'a squatter’s, after' })
    await takeMails(auth)
    await accounts.post('/auth/forgot-password', { email })
    const [mail] = await takeMails(auth)
    expect(mail?.to).toBe(email)
    const tokens = [...(mail?.text ?? '').matchAll(/[?]token=([\w-]+)/g)].map(([, token]) => token)
    expect(tokens).toHaveLength(3)
    expect(mail?.text.match(/account made on .+ UTC:/g)).toHaveLength(3)
    // Newest first: the owner's is the one between the squatters'.
    await accounts.post('/auth/reset-password', { token: tokens[1], password: 'only the owner knows' })
    expect((await logIn(auth, email, 'only the owner knows')).user).toMatchObject({
      id: user.id,
      emailVerified: true,
    })
    for (const { accessToken } of [before, after]) {
      expect((await call(auth, 'GET', '/auth/me', { token: accessToken })).data.emailVerified).toBe(false)
    }
  })

  test('is mailed however often strangers sign up with the address', async () => {
    const { email } = await accounts.verified()
    for (let time = 0; time < 8; time += 1) await signUp(auth, { email, password: `a stranger’s ${time}` })
    expect(await takeMails(auth)).toHaveLength(4)
    await accounts.post('/auth/forgot-password', { email })
    expect(await takeMails(auth)).toMatchObject([{ to: email, subject: 'Choose a new password' }])
  })

  test('goes to the owner of the address, never to another account with it', async () => {
    const email = newEmail()
    const owner = await accounts.verified(email)
    await signUp(auth, { email, password: 'the squatter’s own' })
    await takeMails(auth)
    await accounts.post('/auth/forgot-password', { email })
    const token = tokenIn((await takeMails(auth))[0])
    await accounts.post('/auth/reset-password', { token, password: 'only the owner knows' })
    expect((await logIn(auth, email, 'only the owner knows')).user.id).toBe(owner.id)
  })

  test('is not mailed to a disabled user', async () => {
    const user = await accounts.verified()
    await setUser(auth, user.id, { disabledAt: new Date() })
    await accounts.post('/auth/forgot-password', { email: user.email })
    expect(await takeMails(auth)).toEqual([])
  })

  test('many requests from one network are slowed down; few reach one mailbox', async () => {
    const user = await accounts.verified()
    await takeMails(auth)
    const statuses = []
    for (let time = 0; time < 21; time += 1) {
      const from = { 'x-forwarded-for': '192.0.2.99' }
      statuses.push((await accounts.post('/auth/forgot-password', { email: user.email }, from)).status)
    }
    expect(statuses).toEqual([...Array(20).fill(202), 429])
    expect((await takeMails(auth)).length).toBeLessThanOrEqual(5)
  })
})

describe('changing a password', () => {
  test('takes the current one, ends other sessions and links, and tells by mail', async () => {
    const user = await accounts.verified()
    const here = await logIn(auth, user.email)
    const there = await logIn(auth, user.email)
    expect((await call(auth, 'GET', '/auth/me', { token: there.accessToken })).status).toBe(200)
    await accounts.post('/auth/forgot-password', { email: user.email })
    const token = tokenIn((await takeMails(auth))[0])
    const change = (currentPassword: string, newPassword: string) =>
      call(auth, 'POST', '/auth/change-password', {
        token: here.accessToken,
        body: { currentPassword, newPassword },
      })

    expect((await change('not the one', 'a brand new one')).error.errors[0].path).toBe('currentPassword')
    expect((await change(goodPassword, 'password123')).error.errors[0].path).toBe('newPassword')
    expect((await change(goodPassword, 'a brand new one')).status).toBe(200)

    expect((await call(auth, 'GET', '/auth/me', { token: here.accessToken })).status).toBe(200)
    expect((await accounts.post('/auth/refresh', { refreshToken: here.refreshToken })).status).toBe(200)
    expect((await call(auth, 'GET', '/auth/me', { token: there.accessToken })).status).toBe(401)
    expect((await accounts.post('/auth/reset-password', { token, password: 'by an old link' })).status).toBe(
      422,
    )
    await logIn(auth, user.email, 'a brand new one')
    expect(await takeMails(auth)).toMatchObject([{ subject: 'Your password was changed' }])
  })

  test('twice at once sets one of the two', async () => {
    const { accessToken, user } = await signUp(auth)
    const passwords = ['the first of two', 'the second of two']
    const answers = await Promise.all(
      passwords.map((newPassword) =>
        call(auth, 'POST', '/auth/change-password', {
          token: accessToken,
          body: { currentPassword: goodPassword, newPassword },
        }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const winner = passwords[answers.findIndex(({ status }) => status === 200)] ?? ''
    await logIn(auth, user.email, winner)
  })
})
