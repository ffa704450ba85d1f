import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  logIn,
  newAddress,
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
import { type MailedAccounts, mailedAccounts } from '../../../test/harness/mailed-accounts.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { jobs } from '../../platform/jobs/jobs.table.ts'
import { verifications } from './auth.table.ts'

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

const submit = (url: string, fields: Record<string, string>) =>
  auth.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': '172.16.0.1' },
    payload: new URLSearchParams(fields).toString(),
  })

describe('confirming an address', () => {
  test('makes it the account’s own, once', async () => {
    const { user, accessToken, mail } = await accounts.signUpWithMail()
    expect(mail).toMatchObject({ to: user.email, subject: 'Confirm your e-mail address' })
    expect(mail?.text).toContain(`${publicUrl}/account/confirm-address?token=`)
    const body = { token: tokenIn(mail), password: goodPassword }
    const { status, data } = await accounts.post('/auth/verify-email', body)
    expect([status, data.emailVerified]).toEqual([200, true])
    expect((await call(auth, 'GET', '/auth/me', { token: accessToken })).data.emailVerified).toBe(true)
    const again = await accounts.post('/auth/verify-email', body)
    expect([again.status, again.error.errors[0].path]).toEqual([422, 'token'])
  })

  test('takes no password of who is signed in to it', async () => {
    const { accessToken: token, mail } = await accounts.signUpWithMail()
    const body = { token: tokenIn(mail) }
    expect((await call(auth, 'POST', '/auth/verify-email', { token, body })).data.emailVerified).toBe(true)
  })

  describe('of somebody who has not signed up', () => {
    const confirm = async (token: string | undefined, body: object) => {
      const { status, error } = await call(auth, 'POST', '/auth/verify-email', {
        ...(token && { token }),
        body,
        headers: { 'x-forwarded-for': newAddress() },
      })
      return [status, error?.errors[0].path, error?.errors[0].code]
    }

    test('is not done by a click: nobody else’s session or key, nor another password, counts', async () => {
      const email = newEmail()
      const stranger = await accounts.signUpWithMail(email, 'the stranger’s own')
      const scopes = ['users:read']
      const key = { name: 'Mine', scopes }
      const made = await call(auth, 'POST', '/api-keys', { token: stranger.accessToken, body: key })
      const own = await signUp(auth, { email, password: 'the owner’s password' })
      const token = tokenIn(stranger.mail)
      for (const session of [undefined, own.accessToken, made.data.apiKey]) {
        expect(await confirm(session, { token })).toEqual([422, 'password', 'required'])
      }
      const wrong = await confirm(own.accessToken, { token, password: 'the owner’s password' })
      expect(wrong).toEqual([422, 'password', 'wrong_password'])
      const [page, tried] = [
        await auth.app.inject(`/account/confirm-address?token=${token}`),
        await submit('/account/confirm-address', { token, password: 'the owner’s password' }),
      ]
      expect(page.body).toContain('href="/account/forgot-password"')
      expect((await submit('/account/confirm-address', { token })).statusCode).toBe(422)
      expect(tried.statusCode).toBe(422)
      expect((await usersWith(auth, email)).every((user) => user.emailVerifiedAt === null)).toBe(true)
    })

    test('cannot be tried with many passwords', async () => {
      const { mail } = await accounts.signUpWithMail(newEmail(), 'the stranger’s own')
      const body = { token: tokenIn(mail), password: 'a guess of mine' }
      const from = { 'x-forwarded-for': newAddress() }
      const statuses = []
      for (let time = 0; time < 11; time += 1) {
        statuses.push((await accounts.post('/auth/verify-email', body, from)).status)
      }
      expect(statuses).toEqual([...Array(10).fill(422), 429])
    })
  })

  test('needs a token of its own kind that has not expired', async () => {
    const { user, mail } = await accounts.signUpWithMail()
    expect(
      (await accounts.post('/auth/reset-password', { token: tokenIn(mail), password: 'a new password' }))
        .status,
    ).toBe(422)
    expect((await accounts.post('/auth/verify-email', { token: 'made-up' })).status).toBe(422)
    await auth.db
      .update(verifications)
      .set({ expiresAt: new Date(0) })
      .where(eq(verifications.userId, user.id))
    expect((await accounts.post('/auth/verify-email', { token: tokenIn(mail) })).status).toBe(422)
  })

  test('decides whose an address is among all who signed up with it', async () => {
    const email = newEmail()
    const squatter = await signUp(auth, { email, password: 'the squatter’s own' })
    await takeMails(auth)
    const owner = await accounts.verified(email, 'the owner’s password')
    const late = await accounts.signUpWithMail(email, 'a third password')
    expect(late.mail).toMatchObject({ to: email, subject: 'You already have an account' })
    expect(late.mail?.text).not.toContain('token=')
    await call(auth, 'POST', '/auth/verify-email/resend', { token: squatter.accessToken })
    expect(await takeMails(auth)).toMatchObject([{ subject: 'You already have an account' }])
    expect((await logIn(auth, email, 'the owner’s password')).user.id).toBe(owner.id)
    expect((await logIn(auth, email, 'the squatter’s own')).user.id).toBe(squatter.user.id)
  })

  test('by two accounts at once, only one of them wins', async () => {
    const email = newEmail()
    const first = await accounts.signUpWithMail(email, 'the first password')
    const second = await accounts.signUpWithMail(email, 'the second password')
    const answers = await Promise.all(
      [first, second].map(({ mail, accessToken: token }) =>
        call(auth, 'POST', '/auth/verify-email', { token, body: { token: tokenIn(mail) } }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(answers.find(({ status }) => status === 409)?.error.code).toBe('EMAIL_TAKEN')
    const owners = await usersWith(auth, email)
    expect(owners.filter(({ emailVerifiedAt }) => emailVerifiedAt !== null)).toHaveLength(1)
  })

  test('mails no more than a few times an hour, and answers the same', async () => {
    const { accessToken } = await accounts.signUpWithMail()
    for (let time = 0; time < 8; time += 1) {
      expect((await call(auth, 'POST', '/auth/verify-email/resend', { token: accessToken })).status).toBe(202)
    }
    expect(await takeMails(auth)).toHaveLength(4)
  })
})

describe('mail jobs', () => {
  test('hold no link, and belong to nobody', async () => {
    const user = await accounts.verified()
    await takeMails(auth)
    await accounts.post('/auth/forgot-password', { email: user.email })
    const [job] = await auth.db.select().from(jobs)
    expect(job).toMatchObject({
      queue: 'emails',
      ownerId: null,
      params: { template: 'reset-password', email: user.email },
    })
    await takeMails(auth)
  })

  test('send the same mail when they run twice, and its link still works only once', async () => {
    const { user } = await accounts.signUpWithMail()
    await call(auth, 'POST', '/auth/verify-email/resend', {
      token: (await logIn(auth, user.email)).accessToken,
    })
    const [job] = await auth.db.select().from(jobs)
    const [first] = await takeMails(auth)
    await accounts.post('/auth/verify-email', { token: tokenIn(first), password: goodPassword })
    await setUser(auth, user.id, { emailVerifiedAt: null })
    if (job === undefined) throw new Error('No job')
    await auth.db.insert(jobs).values(job)
    const [second] = await takeMails(auth)
    expect(second).toEqual(first)
    const again = { token: tokenIn(second), password: goodPassword }
    expect((await accounts.post('/auth/verify-email', again)).status).toBe(422)
  })

  test('invite a user whom an admin made without a password', async () => {
    const admin = await newAdmin(auth)
    await takeMails(auth)
    const email = newEmail()
    await call(auth, 'POST', '/users', { token: admin.accessToken, body: { email, role: 'manager' } })
    const [mail] = await takeMails(auth)
    expect(mail).toMatchObject({ to: email, subject: 'Your Backlot account' })
    await accounts.post('/auth/reset-password', { token: tokenIn(mail), password: 'chosen by myself' })
    expect((await logIn(auth, email, 'chosen by myself')).user.role).toBe('manager')
  })
})

describe('the pages that links lead to', () => {
  test('confirm only when the form is sent, since programs open links too', async () => {
    const { user, mail } = await accounts.signUpWithMail()
    const path = `/account/confirm-address?token=${tokenIn(mail)}`
    const page = await auth.app.inject(path)
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain(`name="token" value="${tokenIn(mail)}"`)
    expect(page.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
    const [before] = await usersWith(auth, user.email)
    expect(before?.emailVerifiedAt).toBeNull()
    const sent = await submit('/account/confirm-address', { token: tokenIn(mail), password: goodPassword })
    expect([sent.statusCode, sent.body.includes(user.email)]).toEqual([200, true])
    const [after] = await usersWith(auth, user.email)
    expect(after?.emailVerifiedAt).not.toBeNull()
  })

  test('set a new password', async () => {
    const user = await accounts.verified()
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
