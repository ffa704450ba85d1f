import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  logIn,
  proveAgo,
  publicUrl,
  setUser,
  signUp,
  startAuthApp,
  statusOf,
} from '../../../../test/harness/auth-app.ts'
import { outcomeOf, passkeysAt } from '../../../../test/harness/passkeys.ts'
import { codeOf } from '../../../../test/harness/second-factor.ts'
import { type Deviation, softwareAuthenticator } from '../../../../test/harness/software-authenticator.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'

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

const { post, creationOptions, withPasskey, signInOptions, signIn, proofOptions, prove, setTotp, storedOf } =
  passkeysAt(() => auth)

describe('signing in', () => {
  test('answers as a login, sets the cookie, and needs no name', async () => {
    const { id, authenticator } = await withPasskey()
    const options = await signInOptions()
    expect(options).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      rpId: 'backlot.test',
      timeout: 300_000,
      allowCredentials: [],
      userVerification: 'preferred',
    })
    const { status, data, headers } = await signIn(authenticator)
    expect([status, data.user.id, Object.keys(data).sort()]).toEqual([
      200,
      id,
      ['accessToken', 'expiresIn', 'refreshToken', 'user'],
    ])
    expect(String(headers['set-cookie'])).toMatch(/^__Host-backlot=/)
    expect(await statusOf(auth, data.accessToken)).toBe(200)
    expect((await storedOf(id))[0]).toMatchObject({ signCount: 2, lastUsedAt: expect.any(Date) })
  })

  test.each<[string, Deviation]>([
    ['a page of another origin', { origin: 'https://backlot.test.evil.example' }],
    ['another site', { rpId: 'evil.example' }],
    ['the wrong ceremony', { type: 'webauthn.create' }],
    ['a frame of another site', { crossOrigin: true }],
    ['an authenticator without its user', { userPresent: false }],
    ['a passkey that became one with copies', { backupEligible: true }],
    ['a passkey of another user', { userHandle: Buffer.alloc(16, 1).toString('base64url') }],
    ['a passkey that does not say whose it is', { userHandle: null }],
  ])('with what comes from %s is refused', async (_name, given) => {
    const { authenticator } = await withPasskey()
    const { status, headers, error } = await signIn(authenticator, given)
    expect([status, error.code, headers['set-cookie']]).toEqual([401, 'PASSKEY_REFUSED', undefined])
    expect((await signIn(authenticator)).status).toBe(200)
  })

  test('is refused alike for an unknown passkey and for a signature that does not hold', async () => {
    const { authenticator } = await withPasskey()
    const unknown = softwareAuthenticator(publicUrl).get(await signInOptions(), { userHandle: 'AAAA' })
    const tampered = authenticator.get(await signInOptions())
    const signature = Buffer.from(tampered.response.signature, 'base64url')
    signature.writeUInt8((signature.at(-1) ?? 0) ^ 1, signature.length - 1)
    tampered.response.signature = signature.toString('base64url')
    const forged = authenticator.get(await signInOptions(), { userVerified: false })
    const data = Buffer.from(forged.response.authenticatorData, 'base64url')
    data.writeUInt8(0x05, 32)
    forged.response.authenticatorData = data.toString('base64url')
    const answers = []
    for (const credential of [unknown, tampered, forged]) {
      const { status, json } = await post('/auth/passkeys/sign-in', undefined, { credential })
      answers.push({ status, ...json, error: { ...json.error, requestId: '' } })
    }
    expect(answers[0]).toMatchObject({ status: 401, error: { code: 'PASSKEY_REFUSED' } })
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
  })

  test('takes a challenge once, also after a refusal and also when it comes twice at once', async () => {
    const { token, authenticator } = await withPasskey()
    const over = [401, 'CHALLENGE_INVALID']
    const send = async (credential: object) =>
      outcomeOf(await post('/auth/passkeys/sign-in', undefined, { credential }))
    const replayed = authenticator.get(await signInOptions())
    const answers = await Promise.all([send(replayed), send(replayed), send(replayed)])
    expect(answers.toSorted()).toEqual([[200, undefined], over, over])
    expect(await send(replayed)).toEqual(over)
    const options = await signInOptions()
    expect((await send(authenticator.get(options, { origin: 'https://evil.example' })))[0]).toBe(401)
    expect(await send(authenticator.get(options))).toEqual(over)
    for (const { challenge } of [await creationOptions(token), await proofOptions(token)]) {
      expect(await send(authenticator.get({ rpId: 'backlot.test', challenge }))).toEqual(over)
    }
  })

  test('with a count that goes back is refused and logged: there is a copy', async () => {
    const { id, authenticator, passkeyId } = await withPasskey()
    expect((await signIn(authenticator, { count: 7 })).status).toBe(200)
    for (const count of [7, 6, 0]) {
      expect(outcomeOf(await signIn(authenticator, { count }))).toEqual([401, 'PASSKEY_REFUSED'])
    }
    const told = auth.logged.map((line) => JSON.parse(line)).filter((line) => line.passkeyId === passkeyId)
    expect(told.map(({ level, signCount, lastSignCount }) => [level, signCount, lastSignCount])).toEqual([
      [40, 7, 7],
      [40, 6, 7],
      [40, 0, 7],
    ])
    expect(JSON.stringify(told)).not.toContain(id)
    expect((await signIn(authenticator, { count: 8 })).status).toBe(200)
  })

  test('works with authenticators that do not count', async () => {
    const { authenticator } = await withPasskey(undefined, { count: 0 })
    for (const count of [0, 0]) expect((await signIn(authenticator, { count })).status).toBe(200)
  })

  test('is two factors only where the device knows its user', async () => {
    const { id, token, authenticator } = await withPasskey()
    expect((await signIn(authenticator, { userVerified: false })).status).toBe(200)
    const secret = await setTotp(token)
    const { status, data, headers } = await signIn(authenticator, { userVerified: false })
    expect([status, data.code, data.accessToken, headers['set-cookie']]).toEqual([
      202,
      'TOTP_REQUIRED',
      undefined,
      undefined,
    ])
    const { challengeToken } = data
    const finished = await post('/auth/login/totp', undefined, { challengeToken, code: codeOf(secret, 1) })
    expect([finished.status, finished.data.user.id]).toEqual([200, id])
    expect((await signIn(authenticator)).status).toBe(200)
  })

  test('is not for the disabled; of the deleted nothing is left', async () => {
    const { id, authenticator } = await withPasskey()
    await setUser(auth, id, { disabledAt: new Date() })
    expect(outcomeOf(await signIn(authenticator))).toEqual([403, 'ACCOUNT_DISABLED'])
    await setUser(auth, id, { disabledAt: null })
    const { data } = await signIn(authenticator)
    const gone = await call(auth, 'DELETE', `/users/${id}`, {
      token: data.accessToken,
      body: { password: 'seven green bottles' },
    })
    expect(gone.status).toBe(200)
    expect(await storedOf(id)).toEqual([])
    expect(outcomeOf(await signIn(authenticator))).toEqual([401, 'PASSKEY_REFUSED'])
  })

  test('is slowed down for who is refused again and again', async () => {
    const from = { 'x-forwarded-for': '203.0.113.77' }
    const attempt = () =>
      call(auth, 'POST', '/auth/passkeys/sign-in', {
        body: {
          credential: softwareAuthenticator(publicUrl).get(
            { rpId: 'x', challenge: 'A'.repeat(43) },
            { userHandle: 'AAAA' },
          ),
        },
        headers: from,
      })
    let statuses = new Set<number>()
    for (let round = 0; round < 101; round += 1) statuses = statuses.add((await attempt()).status)
    expect([...statuses]).toEqual([401, 429])
    const { authenticator } = await withPasskey()
    expect((await signIn(authenticator)).status).toBe(200)
  })
})

test('challenges are made for one address, and for one user, up to a number', async () => {
  const most = 125
  const { accessToken: token } = await signUp(auth)
  for (const given of [{ headers: { 'x-forwarded-for': '203.0.113.78' } }, { token }]) {
    const path = 'token' in given ? '/auth/passkeys/reauthenticate/options' : '/auth/passkeys/sign-in/options'
    let made = 0
    while (made < 4 * most && (await call(auth, 'POST', path, given)).status === 200) made += 1
    expect(made).toBeGreaterThanOrEqual(most)
    expect((await call(auth, 'POST', path, given)).status).toBe(429)
  }
})

describe('proving anew who one is', () => {
  test('takes a passkey of one’s own, in one’s own session', async () => {
    const mine = await withPasskey()
    const other = await withPasskey()
    await proveAgo(auth, mine.id, 11)
    const isProved = async () => (await post('/auth/passkeys/options', mine.token)).status === 200
    for (const given of [{}, { userHandle: null }]) {
      const others = await prove(mine.token, other.authenticator, given)
      expect(outcomeOf(others)).toEqual([422, 'wrong_passkey'])
    }
    const elsewhere = mine.authenticator.get(await proofOptions((await logIn(auth, mine.email)).accessToken))
    const taken = await post('/auth/passkeys/reauthenticate', mine.token, { credential: elsewhere })
    expect(outcomeOf(taken)).toEqual([422, 'challenge_over'])
    const ofSignIn = mine.authenticator.get(await signInOptions())
    const confused = await post('/auth/passkeys/reauthenticate', mine.token, { credential: ofSignIn })
    expect(outcomeOf(confused)).toEqual([422, 'challenge_over'])
    expect(await isProved()).toBe(false)
    const { status, data } = await prove(mine.token, mine.authenticator)
    expect([status, data.expiresIn, await isProved()]).toEqual([200, 600, true])
  })

  test('takes one that knows its user, where there is a second factor', async () => {
    const { id, token, authenticator } = await withPasskey()
    await setTotp(token)
    await proveAgo(auth, id, 11)
    const unknown = await prove(token, authenticator, { userVerified: false })
    expect(outcomeOf(unknown)).toEqual([422, 'code_needed'])
    expect(outcomeOf(await post('/auth/passkeys/options', token))).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
    expect((await prove(token, authenticator)).status).toBe(200)
    expect((await call(auth, 'DELETE', '/auth/totp', { token })).status).toBe(200)
  })
})
