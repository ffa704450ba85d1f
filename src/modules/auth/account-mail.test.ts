import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  logIn,
  newAdmin,
  newEmail,
  publicUrl,
  setUser,
  signUp,
  startAuthApp,
  takeMails,
  tokenIn,
  usersWith,
} from '../../../test/harness/auth-app.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { jobs } from '../../platform/jobs/jobs.table.ts'
import { verifications } from './auth.table.ts'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url)
})
afterAll(async () => {
  await auth.close()
  await database.drop()
})

let requests = 0

/** Each request comes from a network of its own, unless it says otherwise: how often one may ask is another matter. */
const post = (path: string, body: object, headers?: Record<string, string>) => {
  requests += 1
  return call(auth, 'POST', path, {
    body,
    headers: headers ?? { 'x-forwarded-for': `10.${requests >> 8}.${requests & 255}.1` },
  })
}

const signUpWithMail = async (email = newEmail(), password = goodPassword) => {
  await takeMails(auth)
  const tokens = await signUp(auth, { email, password })
  const [mail] = await takeMails(auth)
  return { ...tokens, mail }
}

const verified = async (email = newEmail(), password = goodPassword) => {
  const { user, mail } = await signUpWithMail(email, password)
  expect((await post('/auth/verify-email', { token: tokenIn(mail) })).status).toBe(200)
  return user
}

describe('confirming an address', () => {
  test('makes it the account’s own, once', async () => {
    const { user, accessToken, mail } = await signUpWithMail()
    expect(mail).toMatchObject({ to: user.email, subject: 'Confirm your e-mail address' })
    expect(mail?.text).toContain(`${publicUrl}/account/confirm-address?token=`)
    const { status, data } = await post('/auth/verify-email', { token: tokenIn(mail) })
    expect([status, data.emailVerified]).toEqual([200, true])
    expect((await call(auth, 'GET', '/auth/me', { token: accessToken })).data.emailVerified).toBe(true)
    expect((await post('/auth/verify-email', { token: tokenIn(mail) })).status).toBe(422)
  })

  test('needs a token of its own kind that has not expired', async () => {
    const { user, mail } = await signUpWithMail()
    expect(
      (await post('/auth/reset-password', { token: tokenIn(mail), password: 'a new password' })).status,
    ).toBe(422)
    expect((await post('/auth/verify-email', { token: 'made-up' })).status).toBe(422)
    await auth.db
      .update(verifications)
      .set({ expiresAt: new Date(0) })
      .where(eq(verifications.userId, user.id))
    expect((await post('/auth/verify-email', { token: tokenIn(mail) })).status).toBe(422)
  })

  test('decides whose an address is among all who signed up with it', async () => {
    const email = newEmail()
    const squatter = await signUp(auth, { email, password: 'the squatter’s own' })
    await takeMails(auth)
    const owner = await verified(email, 'the owner’s password')
    const late = await signUpWithMail(email, 'a third password')
    expect(late.mail).toMatchObject({ to: email, subject: 'You already have an account' })
    expect(late.mail?.text).not.toContain('token=')
    await call(auth, 'POST', '/auth/verify-email/resend', { token: squatter.accessToken })
    expect(await takeMails(auth)).toMatchObject([{ subject: 'You already have an account' }])
    expect((await logIn(auth, email, 'the owner’s password')).user.id).toBe(owner.id)
    expect((await logIn(auth, email, 'the squatter’s own')).user.id).toBe(squatter.user.id)
  })

  test('by two accounts at once, only one of them wins', async () => {
    const email = newEmail()
    const first = await signUpWithMail(email, 'the first password')
    const second = await signUpWithMail(email, 'the second password')
    const answers = await Promise.all(
      [first, second].map(({ mail }) => post('/auth/verify-email', { token: tokenIn(mail) })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(answers.find(({ status }) => status === 409)?.error.code).toBe('EMAIL_TAKEN')
    const owners = await usersWith(auth, email)
    expect(owners.filter(({ emailVerifiedAt }) => emailVerifiedAt !== null)).toHaveLength(1)
  })

  test('mails no more than a few times an hour, and answers the same', async () => {
    const { accessToken } = await signUpWithMail()
    for (let time = 0; time < 8; time += 1) {
      expect((await call(auth, 'POST', '/auth/verify-email/resend', { token: accessToken })).status).toBe(202)
    }
    expect(await takeMails(auth)).toHaveLength(4)
  })
})

describe('a forgotten password', () => {
  test('is replaced with the mailed link, once, and every session ends', async () => {
    const user = await verified()
    const session = await logIn(auth, user.email)
    expect((await call(auth, 'GET', '/auth/me', { token: session.accessToken })).status).toBe(200)
    expect((await post('/auth/forgot-password', { email: user.email.toUpperCase() })).status).toBe(202)
    const [mail] = await takeMails(auth)
    expect(mail).toMatchObject({ to: user.email, subject: 'Choose a new password' })
    const token = tokenIn(mail)
    const reset = await post('/auth/reset-password', { token, password: 'a brand new one' })
    expect(reset.status).toBe(200)
    expect((await call(auth, 'GET', '/auth/me', { token: session.accessToken })).status).toBe(401)
    expect((await post('/auth/refresh', { refreshToken: session.refreshToken })).status).toBe(401)
    expect((await post('/auth/login', { email: user.email, password: goodPassword })).status).toBe(401)
    await logIn(auth, user.email, 'a brand new one')
    expect((await post('/auth/reset-password', { token, password: 'yet another one' })).status).toBe(422)
    expect(await takeMails(auth)).toMatchObject([{ to: user.email, subject: 'Your password was changed' }])
  })

  test('does the same work whether the address has an account or not, and mails only the one', async () => {
    const user = await verified()
    await takeMails(auth)
    const known = await post('/auth/forgot-password', { email: user.email })
    const unknown = await post('/auth/forgot-password', { email: newEmail() })
    expect({ ...unknown.json }).toEqual(known.json)
    expect(Object.keys(unknown.headers)).toEqual(Object.keys(known.headers))
    expect(await auth.db.$count(jobs)).toBe(2)
    expect(await takeMails(auth)).toHaveLength(1)
  })

  test('refuses a password that is too easy, and the link still works', async () => {
    const user = await verified()
    await post('/auth/forgot-password', { email: user.email })
    const token = tokenIn((await takeMails(auth))[0])
    expect((await post('/auth/reset-password', { token, password: 'password123' })).status).toBe(422)
    expect((await post('/auth/reset-password', { token, password: 'short' })).status).toBe(422)
    expect((await post('/auth/reset-password', { token, password: 'good enough now' })).status).toBe(200)
  })

  test('ends the links that were mailed before', async () => {
    const user = await verified()
    await post('/auth/forgot-password', { email: user.email })
    await post('/auth/forgot-password', { email: user.email })
    const [first, second] = await takeMails(auth)
    const password = 'good enough now'
    expect((await post('/auth/reset-password', { token: tokenIn(first), password })).status).toBe(200)
    expect((await post('/auth/reset-password', { token: tokenIn(second), password })).status).toBe(422)
  })

  test('two uses of one link at once: one of them sets the password', async () => {
    const user = await verified()
    await post('/auth/forgot-password', { email: user.email })
    const token = tokenIn((await takeMails(auth))[0])
    const passwords = ['the first of two', 'the second of two']
    const answers = await Promise.all(
      passwords.map((password) => post('/auth/reset-password', { token, password })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
  })

  test('takes a mailbox’s owner past whoever signed up with the address before', async () => {
    const email = newEmail()
    const squatter = await signUp(auth, { email, password: 'the squatter’s own' })
    await takeMails(auth)
    await post('/auth/forgot-password', { email })
    const token = tokenIn((await takeMails(auth))[0])
    await post('/auth/reset-password', { token, password: 'only the owner knows' })
    expect((await call(auth, 'GET', '/auth/me', { token: squatter.accessToken })).status).toBe(401)
    expect((await post('/auth/login', { email, password: 'the squatter’s own' })).status).toBe(401)
    expect((await logIn(auth, email, 'only the owner knows')).user.emailVerified).toBe(true)
  })

  test('reaches each account of an address that nobody has confirmed, and the reader of the mail chooses', async () => {
    const email = newEmail()
    const before = await signUp(auth, { email, password: 'a squatter’s, before' })
    const { user } = await signUp(auth, { email, password: 'forgotten by the owner' })
    const after = await signUp(auth, { email, password: 'a squatter’s, after' })
    await takeMails(auth)
    await post('/auth/forgot-password', { email })
    const [mail] = await takeMails(auth)
    expect(mail?.to).toBe(email)
    const tokens = [...(mail?.text ?? '').matchAll(/[?]token=([\w-]+)/g)].map(([, token]) => token)
    expect(tokens).toHaveLength(3)
    expect(mail?.text.match(/account made on .+ UTC:/g)).toHaveLength(3)
    // Newest first: the owner's is the one between the squatters'.
    await post('/auth/reset-password', { token: tokens[1], password: 'only the owner knows' })
    expect((await logIn(auth, email, 'only the owner knows')).user).toMatchObject({
      id: user.id,
      emailVerified: true,
    })
    for (const { accessToken } of [before, after]) {
      expect((await call(auth, 'GET', '/auth/me', { token: accessToken })).data.emailVerified).toBe(false)
    }
  })

  test('is mailed however often strangers sign up with the address', async () => {
    const { email } = await verified()
    for (let time = 0; time < 8; time += 1) await signUp(auth, { email, password: `a stranger’s ${time}` })
    expect(await takeMails(auth)).toHaveLength(4)
    await post('/auth/forgot-password', { email })
    expect(await takeMails(auth)).toMatchObject([{ to: email, subject: 'Choose a new password' }])
  })

  test('goes to the owner of the address, never to another account with it', async () => {
    const email = newEmail()
    const owner = await verified(email)
    await signUp(auth, { email, password: 'the squatter’s own' })
    await takeMails(auth)
    await post('/auth/forgot-password', { email })
    const token = tokenIn((await takeMails(auth))[0])
    await post('/auth/reset-password', { token, password: 'only the owner knows' })
    expect((await logIn(auth, email, 'only the owner knows')).user.id).toBe(owner.id)
  })

  test('is not mailed to a disabled user', async () => {
    const user = await verified()
    await setUser(auth, user.id, { disabledAt: new Date() })
    await post('/auth/forgot-password', { email: user.email })
    expect(await takeMails(auth)).toEqual([])
  })

  test('many requests from one network are slowed down; few reach one mailbox', async () => {
    const user = await verified()
    await takeMails(auth)
    const statuses = []
    for (let time = 0; time < 21; time += 1) {
      const from = { 'x-forwarded-for': '192.0.2.99' }
      statuses.push((await post('/auth/forgot-password', { email: user.email }, from)).status)
    }
    expect(statuses).toEqual([...Array(20).fill(202), 429])
    expect((await takeMails(auth)).length).toBeLessThanOrEqual(5)
  })
})

describe('changing a password', () => {
  test('takes the current one, ends other sessions and links, and tells by mail', async () => {
    const user = await verified()
    const here = await logIn(auth, user.email)
    const there = await logIn(auth, user.email)
    expect((await call(auth, 'GET', '/auth/me', { token: there.accessToken })).status).toBe(200)
    await post('/auth/forgot-password', { email: user.email })
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
    expect((await post('/auth/refresh', { refreshToken: here.refreshToken })).status).toBe(200)
    expect((await call(auth, 'GET', '/auth/me', { token: there.accessToken })).status).toBe(401)
    expect((await post('/auth/reset-password', { token, password: 'by an old link' })).status).toBe(422)
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

describe('mail jobs', () => {
  test('hold no link, and belong to nobody', async () => {
    const user = await verified()
    await takeMails(auth)
    await post('/auth/forgot-password', { email: user.email })
    const [job] = await auth.db.select().from(jobs)
    expect(job).toMatchObject({
      queue: 'emails',
      ownerId: null,
      params: { template: 'reset-password', email: user.email },
    })
    await takeMails(auth)
  })

  test('send the same mail when they run twice, and its link still works only once', async () => {
    const { user } = await signUpWithMail()
    await call(auth, 'POST', '/auth/verify-email/resend', {
      token: (await logIn(auth, user.email)).accessToken,
    })
    const [job] = await auth.db.select().from(jobs)
    const [first] = await takeMails(auth)
    await post('/auth/verify-email', { token: tokenIn(first) })
    await setUser(auth, user.id, { emailVerifiedAt: null })
    if (job === undefined) throw new Error('No job')
    await auth.db.insert(jobs).values(job)
    const [second] = await takeMails(auth)
    expect(second).toEqual(first)
    expect((await post('/auth/verify-email', { token: tokenIn(second) })).status).toBe(422)
  })

  test('invite a user whom an admin made without a password', async () => {
    const admin = await newAdmin(auth)
    await takeMails(auth)
    const email = newEmail()
    await call(auth, 'POST', '/users', { token: admin.accessToken, body: { email, role: 'manager' } })
    const [mail] = await takeMails(auth)
    expect(mail).toMatchObject({ to: email, subject: 'Your Backlot account' })
    await post('/auth/reset-password', { token: tokenIn(mail), password: 'chosen by myself' })
    expect((await logIn(auth, email, 'chosen by myself')).user.role).toBe('manager')
  })
})

describe('the pages that links lead to', () => {
  const submit = (url: string, fields: Record<string, string>) =>
    auth.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': '172.16.0.1' },
      payload: new URLSearchParams(fields).toString(),
    })

  test('confirm only when the form is sent, since programs open links too', async () => {
    const { user, mail } = await signUpWithMail()
    const path = `/account/confirm-address?token=${tokenIn(mail)}`
    const page = await auth.app.inject(path)
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain(`name="token" value="${tokenIn(mail)}"`)
    expect(page.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
    const [before] = await usersWith(auth, user.email)
    expect(before?.emailVerifiedAt).toBeNull()
    const sent = await submit('/account/confirm-address', { token: tokenIn(mail) })
    expect([sent.statusCode, sent.body.includes(user.email)]).toEqual([200, true])
    const [after] = await usersWith(auth, user.email)
    expect(after?.emailVerifiedAt).not.toBeNull()
  })

  test('set a new password', async () => {
    const user = await verified()
    await submit('/account/forgot-password', { email: user.email })
    const token = tokenIn((await takeMails(auth))[0])
    expect((await auth.app.inject(`/account/reset-password?token=${token}`)).statusCode).toBe(200)
    const weak = await submit('/account/reset-password', { token, password: 'password123' })
    expect([weak.statusCode, weak.body.includes('most common')]).toEqual([422, true])
    expect((await submit('/account/reset-password', { token, password: 'good enough now' })).statusCode).toBe(
      200,
    )
    await logIn(auth, user.email, 'good enough now')
  })

  test('allow no script, and write what they were given as text', async () => {
    const attack = '"><script>alert(1)</script>'
    const page = await auth.app.inject(`/account/reset-password?token=${encodeURIComponent(attack)}`)
    expect(page.body).not.toContain('<script')
    expect(page.body).toContain('&lt;script&gt;')
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('script-src')
  })
})
