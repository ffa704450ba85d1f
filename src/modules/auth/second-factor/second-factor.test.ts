import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  logIn,
  newAdmin,
  proveAgo,
  setUser,
  signUp,
  startAuthApp,
  takeMails,
  tokenIn,
} from '../../../../test/harness/auth-app.ts'
import { codeOf } from '../../../../test/harness/second-factor.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { twoFactorUsers } from '../../../../test/harness/two-factor-users.ts'
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

const { post, setUp, begin, finish } = twoFactorUsers(() => auth)
const outcomeOf = ({ status, error }: Awaited<ReturnType<typeof call>>) => [status, error?.code]

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
    await proveAgo(auth, id, 11)
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
    await proveAgo(auth, user.id, 11)
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
