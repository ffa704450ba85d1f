import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  newAdmin,
  startAuthApp,
} from '../../../../test/harness/auth-app.ts'
import { codeOf } from '../../../../test/harness/second-factor.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { twoFactorUsers } from '../../../../test/harness/two-factor-users.ts'
import { verifications } from '../auth.table.ts'

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
