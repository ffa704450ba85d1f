import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  logIn,
  newAdmin,
  setUser,
  signUp,
  startAuthApp,
  type Tokens,
  takeMails,
  tokenIn,
} from '../../../../test/harness/auth-app.ts'
import { codeOf } from '../../../../test/harness/second-factor.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { sessions, verifications } from '../auth.table.ts'
import { recoveryCodes, totpFactors } from './second-factor.table.ts'

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

const post = (path: string, token: string | undefined, body?: object) =>
  call(auth, 'POST', path, { ...(token && { token }), ...(body && { body }) })

/** A user with a second factor, set as an app does it. `used` is a code that works no more; that of now does. */
const setUp = async (tokens?: Tokens) => {
  const { user, accessToken } = tokens ?? (await signUp(auth))
  const { secret } = (await post('/auth/totp', accessToken)).data
  const used = codeOf(secret, -1)
  const { status, data } = await post('/auth/totp/confirm', accessToken, { code: codeOf(secret) })
  expect(status).toBe(200)
  await auth.db
    .update(totpFactors)
    .set({ lastStep: sql`${totpFactors.lastStep} - 1` })
    .where(eq(totpFactors.userId, user.id))
  return { ...user, accessToken, used, secret: String(secret), recovery: data.recoveryCodes as string[] }
}
const begin = async (email: string, password = goodPassword) => {
  const { status, data, headers } = await post('/auth/login', undefined, { email, password })
  expect([status, data.code]).toEqual([202, 'TOTP_REQUIRED'])
  expect([Object.keys(data).sort(), headers['set-cookie']]).toEqual([
    ['challengeToken', 'code', 'expiresIn'],
    undefined,
  ])
  return String(data.challengeToken)
}
const finish = (challengeToken: string, given: object) =>
  post('/auth/login/totp', undefined, { challengeToken, ...given })
const outcomeOf = ({ status, error }: Awaited<ReturnType<typeof call>>) => [status, error?.code]
const proveAgo = (userId: string, minutes: number) =>
  auth.db
    .update(sessions)
    .set({ provedAt: sql`now() - make_interval(mins => ${minutes})` })
    .where(eq(sessions.userId, userId))

describe('setting a second factor', () => {
  test('takes a code of the new secret, and until then changes nothing', async () => {
    const { user, accessToken } = await signUp(auth)
    const first = (await post('/auth/totp', accessToken)).data
    const second = (await post('/auth/totp', accessToken)).data
    expect(second.otpauthUri).toContain(`secret=${second.secret}&issuer=Backlot`)
    for (const code of [codeOf(first.secret), codeOf(second.secret, -3), '000000']) {
      expect((await post('/auth/totp/confirm', accessToken, { code })).status).toBe(422)
    }
    expect((await logIn(auth, user.email)).user.id).toBe(user.id)
    const code = codeOf(second.secret)
    const spaced = `${code.slice(0, 3)} ${code.slice(3)}`
    const confirmed = await post('/auth/totp/confirm', accessToken, { code: spaced })
    expect([confirmed.status, confirmed.data.recoveryCodes.length]).toEqual([200, 10])
    await begin(user.email)
    const state = (await call(auth, 'GET', '/auth/totp', { token: accessToken })).data
    expect(state).toEqual({ enabled: true, enabledAt: expect.any(String), recoveryCodesLeft: 10 })
  })

  test('keeps neither the secret nor a recovery code as it is', async () => {
    const { id, secret, recovery } = await setUp()
    const [factor] = await auth.db.select().from(totpFactors).where(eq(totpFactors.userId, id))
    const codes = await auth.db.select().from(recoveryCodes).where(eq(recoveryCodes.userId, id))
    const stored = `${factor?.sealedSecret.toString('latin1')} ${JSON.stringify(codes)}`
    for (const secretText of [secret, ...recovery]) expect(stored).not.toContain(secretText)
    expect(auth.logged.join()).not.toContain(secret)
  })

  test('is done once, and told by mail', async () => {
    await takeMails(auth)
    const { accessToken, email, secret } = await setUp()
    expect(outcomeOf(await post('/auth/totp', accessToken))).toEqual([409, 'TOTP_ENABLED'])
    const code = codeOf(secret)
    expect(outcomeOf(await post('/auth/totp/confirm', accessToken, { code }))).toEqual([409, 'TOTP_ENABLED'])
    const mails = (await takeMails(auth)).filter(({ to }) => to === email)
    expect(mails.map(({ subject }) => subject)).toContain('A second factor was set')
  })
})

describe('signing in', () => {
  test('takes a code after the password; each code works once, over all that codes are for', async () => {
    const { id, email, secret, used } = await setUp()
    const challenge = await begin(email)
    expect(outcomeOf(await finish(challenge, { code: used }))).toEqual([401, 'INVALID_CODE'])
    const code = codeOf(secret)
    const signedIn = await finish(challenge, { code })
    expect([signedIn.status, signedIn.data.user.id]).toEqual([200, id])
    expect(String(signedIn.headers['set-cookie'])).toMatch(/^__Host-backlot=/)
    expect(outcomeOf(await finish(challenge, { code: codeOf(secret, 1) }))).toEqual([
      401,
      'CHALLENGE_INVALID',
    ])
    expect(outcomeOf(await finish(await begin(email), { code }))).toEqual([401, 'INVALID_CODE'])
    const proof = await post('/auth/reauthenticate', signedIn.data.accessToken, { code })
    expect(proof.error.errors[0]).toMatchObject({ path: 'code', code: 'wrong_code' })
    expect((await finish(await begin(email), { code: codeOf(secret, 1) })).status).toBe(200)
  })

  test('gives one session for a code that comes twice at once', async () => {
    const { email, secret } = await setUp()
    const challenges = [await begin(email), await begin(email), await begin(email)]
    const code = codeOf(secret)
    const answers = await Promise.all(challenges.map((challenge) => finish(challenge, { code })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  })

  test('takes a recovery code once, in whatever way it is typed', async () => {
    const { email, accessToken, recovery } = await setUp()
    const [first = '', second = ''] = recovery
    expect((await finish(await begin(email), { recoveryCode: first.toUpperCase() })).status).toBe(200)
    expect(outcomeOf(await finish(await begin(email), { recoveryCode: first }))).toEqual([
      401,
      'INVALID_CODE',
    ])
    const both = [await begin(email), await begin(email)]
    const answers = await Promise.all(both.map((challenge) => finish(challenge, { recoveryCode: second })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
    const state = (await call(auth, 'GET', '/auth/totp', { token: accessToken })).data
    expect(state.recoveryCodesLeft).toBe(8)
  })

  test('with a code of another user, or none, is refused', async () => {
    const mine = await setUp()
    const other = await setUp()
    const challenge = await begin(mine.email)
    const invalid = [401, 'INVALID_CODE']
    expect(outcomeOf(await finish(challenge, { code: codeOf(other.secret) }))).toEqual(invalid)
    expect(outcomeOf(await finish(challenge, { recoveryCode: other.recovery[0] }))).toEqual(invalid)
    for (const given of [{}, { code: '12345' }, { code: null }, { code: '000000', recoveryCode: 'a' }]) {
      expect((await finish(challenge, given)).status).toBe(422)
    }
  })

  test('is throttled by user, over all challenges, and a wrong code after ten waits however it is right', async () => {
    const { email, secret, accessToken } = await setUp()
    for (let guess = 0; guess < 10; guess += 1) {
      expect((await finish(await begin(email), { code: codeOf(secret, -5 - guess) })).status).toBe(401)
    }
    const { status, headers } = await finish(await begin(email), { code: codeOf(secret) })
    expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true])
    expect((await post('/auth/reauthenticate', accessToken, { code: codeOf(secret) })).status).toBe(429)
    const other = await setUp()
    expect((await finish(await begin(other.email), { code: codeOf(other.secret) })).status).toBe(200)
  })
})

describe('the token of a challenge', () => {
  test('lets nobody in by itself, nor serves for anything else', async () => {
    const { email, secret } = await setUp()
    const token = await begin(email)
    expect((await call(auth, 'GET', '/auth/me', { token })).status).toBe(401)
    expect((await post('/auth/refresh', undefined, { refreshToken: token })).status).toBe(401)
    expect((await post('/auth/verify-email', undefined, { token })).status).toBe(422)
    const reset = { token, password: 'eleven blue kettles' }
    expect((await post('/auth/reset-password', undefined, reset)).status).toBe(422)
    expect((await finish(token, { code: codeOf(secret) })).status).toBe(200)
  })

  test('is over after five minutes, and when the password changes or the user is disabled', async () => {
    const over = [401, 'CHALLENGE_INVALID']
    const late = await setUp()
    const first = await begin(late.email)
    await auth.db
      .update(verifications)
      .set({ expiresAt: sql`now() - interval '1 second'` })
      .where(eq(verifications.userId, late.id))
    expect(outcomeOf(await finish(first, { code: codeOf(late.secret) }))).toEqual(over)

    const changed = await setUp()
    const second = await begin(changed.email)
    const change = { currentPassword: goodPassword, newPassword: 'eleven blue kettles' }
    expect((await post('/auth/change-password', changed.accessToken, change)).status).toBe(200)
    expect(outcomeOf(await finish(second, { code: codeOf(changed.secret) }))).toEqual(over)

    const disabled = await setUp()
    const third = await begin(disabled.email)
    const admin = await newAdmin(auth)
    const body = { disabled: true }
    await call(auth, 'PATCH', `/users/${disabled.id}`, { token: admin.accessToken, body })
    expect(outcomeOf(await finish(third, { code: codeOf(disabled.secret) }))).toEqual(over)
    expect(outcomeOf(await finish('made-up', { code: '000000' }))).toEqual(over)
  })
})

describe('no way goes around it', () => {
  test('not a password that is reset by mail', async () => {
    const { id, email, secret } = await setUp()
    await setUser(auth, id, { emailVerifiedAt: new Date() })
    await takeMails(auth)
    await post('/auth/forgot-password', undefined, { email })
    const mail = (await takeMails(auth)).find(({ to }) => to === email)
    const password = 'eleven blue kettles'
    const reset = await post('/auth/reset-password', undefined, { token: tokenIn(mail), password })
    expect([reset.status, reset.data, reset.headers['set-cookie']]).toEqual([200, {}, undefined])
    expect((await finish(await begin(email, password), { code: codeOf(secret) })).status).toBe(200)
  })

  test('not the page or the answer for the first admin, which make somebody else', async () => {
    const admin = await newAdmin(auth)
    const { email } = await setUp(admin)
    const body = { token: 'guessed', email, password: goodPassword }
    expect(outcomeOf(await post('/auth/setup', undefined, body))).toEqual([409, 'ADMIN_EXISTS'])
    await begin(email)
  })

  test('not another account of the same address and password', async () => {
    const { id, email, secret } = await setUp()
    const twin = await signUp(auth, { email })
    expect(twin.user.id).not.toBe(id)
    await auth.db.execute(sql`update users set email_verified_at = now() where id = ${id}`)
    const { data } = await finish(await begin(email), { code: codeOf(secret) })
    expect(data.user.id).toBe(id)
  })
})

describe('taking it away and new recovery codes', () => {
  test('need a recent proof, by a code: the password is not enough any more', async () => {
    const { id, accessToken: token, secret } = await setUp()
    await proveAgo(id, 11)
    const refused = [403, 'REAUTHENTICATION_REQUIRED']
    expect(outcomeOf(await call(auth, 'DELETE', '/auth/totp', { token }))).toEqual(refused)
    expect(outcomeOf(await post('/auth/totp/recovery-codes', token))).toEqual(refused)
    const byPassword = await post('/auth/reauthenticate', token, { password: goodPassword })
    expect(byPassword.error.errors[0]).toMatchObject({ path: 'password', code: 'code_needed' })
    expect(outcomeOf(await call(auth, 'DELETE', '/auth/totp', { token }))).toEqual(refused)
    expect((await post('/auth/reauthenticate', token, { code: codeOf(secret) })).status).toBe(200)
    expect((await call(auth, 'DELETE', '/auth/totp', { token })).status).toBe(200)
  })

  test('are not for a session that somebody opened by the password a moment before it was set', async () => {
    const owner = await signUp(auth)
    const { accessToken: token } = await logIn(auth, owner.user.email)
    const { accessToken } = await setUp(owner)
    const refused = [403, 'REAUTHENTICATION_REQUIRED']
    expect(outcomeOf(await call(auth, 'DELETE', '/auth/totp', { token }))).toEqual(refused)
    expect((await call(auth, 'DELETE', '/auth/totp', { token: accessToken })).status).toBe(200)
  })

  test('end the codes before, and leave the password alone to sign in', async () => {
    const { id, email, accessToken: token, recovery } = await setUp()
    const renewed = (await post('/auth/totp/recovery-codes', token)).data.recoveryCodes
    expect(outcomeOf(await finish(await begin(email), { recoveryCode: recovery[0] }))).toEqual([
      401,
      'INVALID_CODE',
    ])
    expect((await finish(await begin(email), { recoveryCode: renewed[0] })).status).toBe(200)
    const pending = await begin(email)
    await takeMails(auth)
    expect((await call(auth, 'DELETE', '/auth/totp', { token })).status).toBe(200)
    expect((await takeMails(auth)).map(({ subject }) => subject)).toEqual([
      'Your second factor was taken away',
    ])
    expect((await finish(pending, { recoveryCode: renewed[1] })).status).toBe(401)
    expect(await auth.db.$count(recoveryCodes, eq(recoveryCodes.userId, id))).toBe(0)
    expect((await logIn(auth, email)).user.id).toBe(id)
    expect((await call(auth, 'DELETE', '/auth/totp', { token })).status).toBe(404)
    expect((await post('/auth/totp/recovery-codes', token)).status).toBe(404)
  })

  test('to begin needs a recent proof too', async () => {
    const { user, accessToken } = await signUp(auth)
    await proveAgo(user.id, 11)
    expect(outcomeOf(await post('/auth/totp', accessToken))).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
    expect((await post('/auth/reauthenticate', accessToken, { recoveryCode: 'aaaa' })).status).toBe(422)
    await post('/auth/reauthenticate', accessToken, { password: goodPassword })
    expect((await post('/auth/totp', accessToken)).status).toBe(200)
  })
})

test('who signs in with a recovery code can set a new app', async () => {
  const { email, recovery } = await setUp()
  const { data } = await finish(await begin(email), { recoveryCode: recovery[0] })
  expect((await call(auth, 'DELETE', '/auth/totp', { token: data.accessToken })).status).toBe(200)
  const { secret } = await setUp(data)
  expect((await finish(await begin(email), { code: codeOf(secret) })).status).toBe(200)
})
