import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  logIn,
  publicUrl,
  setUser,
  signUp,
  startAuthApp,
  statusOf,
  type Tokens,
  takeMails,
  tokenIn,
} from '../../../../test/harness/auth-app.ts'
import { codeOf } from '../../../../test/harness/second-factor.ts'
import {
  cborArray,
  cborBytes,
  cborMap,
  type Deviation,
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from '../../../../test/harness/software-authenticator.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { auditLog } from '../../audit/audit.table.ts'
import { sessions, verifications } from '../auth.table.ts'
import { passkeys } from './passkeys.table.ts'

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

const post = (path: string, token?: string, body?: object) =>
  call(auth, 'POST', path, { ...(token && { token }), ...(body && { body }) })
const outcomeOf = ({ status, error }: Awaited<ReturnType<typeof call>>) => [
  status,
  error?.errors[0]?.code ?? error?.code,
]

const creationOptions = async (token: string) => (await post('/auth/passkeys/options', token)).data
const add = async (token: string, authenticator: SoftwareAuthenticator, given?: Deviation) =>
  post('/auth/passkeys', token, {
    name: 'My phone',
    credential: authenticator.create(await creationOptions(token), given),
  })

/** A new user, signed in, with a passkey. */
const withPasskey = async (tokens?: Tokens, given?: Deviation) => {
  const { user, accessToken } = tokens ?? (await signUp(auth))
  const authenticator = softwareAuthenticator(publicUrl)
  const { status, data } = await add(accessToken, authenticator, given)
  expect(status).toBe(201)
  return { ...user, token: accessToken, authenticator, passkeyId: String(data.id) }
}
const signInOptions = async () => (await post('/auth/passkeys/sign-in/options')).data
const signIn = async (authenticator: SoftwareAuthenticator, given?: Deviation) =>
  post('/auth/passkeys/sign-in', undefined, {
    credential: authenticator.get(await signInOptions(), given),
  })
const proofOptions = async (token: string) =>
  (await post('/auth/passkeys/reauthenticate/options', token)).data
const prove = async (token: string, authenticator: SoftwareAuthenticator, given?: Deviation) =>
  post('/auth/passkeys/reauthenticate', token, {
    credential: authenticator.get(await proofOptions(token), given),
  })
const proveAgo = (userId: string, minutes: number) =>
  auth.db
    .update(sessions)
    .set({ provedAt: sql`now() - make_interval(mins => ${minutes})` })
    .where(eq(sessions.userId, userId))
const setTotp = async (token: string) => {
  const { secret } = (await post('/auth/totp', token)).data
  const { status } = await post('/auth/totp/confirm', token, { code: codeOf(secret) })
  expect(status).toBe(200)
  return String(secret)
}
const storedOf = (userId: string) => auth.db.select().from(passkeys).where(eq(passkeys.userId, userId))

describe('adding a passkey', () => {
  test('takes a recent proof when it begins, and when it ends', async () => {
    const { user, accessToken: token } = await signUp(auth)
    const options = await creationOptions(token)
    await proveAgo(user.id, 11)
    const needed = [403, 'REAUTHENTICATION_REQUIRED']
    expect(outcomeOf(await post('/auth/passkeys/options', token))).toEqual(needed)
    const credential = softwareAuthenticator(publicUrl).create(options)
    expect(outcomeOf(await post('/auth/passkeys', token, { name: 'Late', credential }))).toEqual(needed)
    expect(await storedOf(user.id)).toEqual([])
  })

  test('shows it in the list, and is told by mail; so is deleting it', async () => {
    await takeMails(auth)
    const { id, email, token, authenticator, passkeyId } = await withPasskey()
    const { data, json } = await call(auth, 'GET', '/auth/passkeys?total=true', { token })
    expect([json.page.total, data]).toEqual([
      1,
      [
        {
          id: passkeyId,
          name: 'My phone',
          backedUp: false,
          createdAt: expect.any(String),
          lastUsedAt: null,
        },
      ],
    ])
    const renamed = await call(auth, 'PATCH', `/auth/passkeys/${passkeyId}`, { token, body: { name: 'Old' } })
    expect([renamed.status, renamed.data.name]).toEqual([200, 'Old'])
    const known = (await creationOptions(token)).excludeCredentials
    expect(known).toEqual([{ id: authenticator.id, type: 'public-key', transports: ['internal'] }])
    await proveAgo(id, 11)
    const remove = () => call(auth, 'DELETE', `/auth/passkeys/${passkeyId}`, { token })
    expect(outcomeOf(await remove())).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
    await proveAgo(id, 0)
    expect((await remove()).status).toBe(200)
    expect(outcomeOf(await remove())).toEqual([404, 'PASSKEY_NOT_FOUND'])
    expect(outcomeOf(await signIn(authenticator))).toEqual([401, 'PASSKEY_REFUSED'])
    const acts = await auth.db.select().from(auditLog).where(eq(auditLog.targetId, passkeyId))
    expect(acts.map(({ action }) => action)).toEqual(['passkeys:create', 'passkeys:delete'])
    const subjects = (await takeMails(auth)).filter(({ to }) => to === email).map(({ subject }) => subject)
    expect(subjects).toEqual(expect.arrayContaining(['A passkey was added', 'A passkey was deleted']))
  })

  test.each<[string, Deviation]>([
    ['a page of another origin', { origin: 'https://backlot.test.evil.example' }],
    ['an origin over http', { origin: 'http://backlot.test' }],
    ['another site', { rpId: 'evil.example' }],
    ['the wrong ceremony', { type: 'webauthn.get' }],
    ['a frame of another site', { crossOrigin: true }],
    ['an authenticator without its user', { userPresent: false }],
  ])('from %s is refused', async (_name, given) => {
    const { user, accessToken } = await signUp(auth)
    const refused = await add(accessToken, softwareAuthenticator(publicUrl), given)
    expect(outcomeOf(refused)).toEqual([422, 'wrong_passkey'])
    expect(await storedOf(user.id)).toEqual([])
  })

  test('never looks at certificates, which may name addresses to fetch', async () => {
    const { accessToken } = await signUp(auth)
    const statement = cborMap([['x5c', cborArray([cborBytes(Buffer.from('a certificate'))])]])
    for (const format of ['packed', 'tpm', 'apple', 'android-key']) {
      const refused = await add(accessToken, softwareAuthenticator(publicUrl), {
        attestation: [format, statement],
      })
      expect(outcomeOf(refused)).toEqual([422, 'wrong_passkey'])
    }
    expect(auth.logged.filter((line) => line.includes('passkey refused')).at(-1)).toContain('android-key')
  })

  test('takes a challenge of its own user, session and purpose, once, for five minutes', async () => {
    const mine = await signUp(auth)
    const other = await signUp(auth)
    const authenticator = softwareAuthenticator(publicUrl)
    const again = await logIn(auth, mine.user.email)
    const attempt = async (token: string, challenge: string) => {
      const credential = authenticator.create({ ...(await creationOptions(token)), challenge })
      return outcomeOf(await post('/auth/passkeys', token, { name: 'Mine', credential }))
    }
    const over = [422, 'challenge_over']
    const { challenge } = await creationOptions(mine.accessToken)
    expect(await attempt(other.accessToken, challenge)).toEqual(over)
    expect(await attempt(again.accessToken, challenge)).toEqual(over)
    expect(await attempt(mine.accessToken, (await signInOptions()).challenge)).toEqual(over)
    expect(await attempt(mine.accessToken, (await proofOptions(mine.accessToken)).challenge)).toEqual(over)
    expect(await attempt(mine.accessToken, 'A'.repeat(43))).toEqual(over)
    expect(await attempt(mine.accessToken, challenge)).toEqual([201, undefined])
    expect(await attempt(mine.accessToken, challenge)).toEqual(over)
    const late = await creationOptions(mine.accessToken)
    const age = sql`${verifications.expiresAt} - interval '5 minutes'`
    await auth.db.update(verifications).set({ expiresAt: age }).where(eq(verifications.userId, mine.user.id))
    expect(await attempt(mine.accessToken, late.challenge)).toEqual(over)
    const stored = JSON.stringify(await auth.db.select().from(verifications))
    expect(stored).not.toContain(late.challenge)
  })

  test('cannot take over a passkey that somebody has', async () => {
    const { id, authenticator } = await withPasskey()
    const thief = await signUp(auth)
    expect(outcomeOf(await add(thief.accessToken, authenticator))).toEqual([409, 'PASSKEY_KNOWN'])
    expect((await storedOf(id)).length).toBe(1)
    expect(await storedOf(thief.user.id)).toEqual([])
  })

  test('goes on up to twenty, also when two come at once', async () => {
    const { id, token } = await withPasskey()
    const [stored] = await storedOf(id)
    if (stored === undefined) throw new Error('No passkey')
    const { id: _id, ...first } = stored
    const copies = Array.from({ length: 18 }, (_, number) => ({ ...first, credentialId: `copy-${number}` }))
    await auth.db.insert(passkeys).values(copies)
    const made = []
    for (const name of ['One', 'Two']) {
      const credential = softwareAuthenticator(publicUrl).create(await creationOptions(token))
      made.push({ name, credential })
    }
    const answers = await Promise.all(made.map((body) => post('/auth/passkeys', token, body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(outcomeOf(await post('/auth/passkeys/options', token))).toEqual([409, 'TOO_MANY_PASSKEYS'])
  })
})

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
    await proveAgo(mine.id, 11)
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
    await proveAgo(id, 11)
    const unknown = await prove(token, authenticator, { userVerified: false })
    expect(outcomeOf(unknown)).toEqual([422, 'code_needed'])
    expect(outcomeOf(await post('/auth/passkeys/options', token))).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
    expect((await prove(token, authenticator)).status).toBe(200)
    expect((await call(auth, 'DELETE', '/auth/totp', { token })).status).toBe(200)
  })
})

describe('what others may do', () => {
  test('nobody sees, renames or deletes a passkey that is not his own', async () => {
    const { passkeyId, id } = await withPasskey()
    const { accessToken: token } = await signUp(auth)
    const path = `/auth/passkeys/${passkeyId}`
    expect((await call(auth, 'GET', '/auth/passkeys', { token })).data).toEqual([])
    expect((await call(auth, 'PATCH', path, { token, body: { name: 'Mine' } })).status).toBe(404)
    expect((await call(auth, 'DELETE', path, { token })).status).toBe(404)
    expect((await storedOf(id))[0]?.name).toBe('My phone')
  })

  test('who began before a second factor was set cannot add a passkey after it', async () => {
    const { user, accessToken } = await signUp(auth)
    const intruder = await logIn(auth, user.email)
    const options = await creationOptions(intruder.accessToken)
    await setTotp(accessToken)
    const credential = softwareAuthenticator(publicUrl).create(options)
    const late = await post('/auth/passkeys', intruder.accessToken, { name: 'Mine', credential })
    expect(outcomeOf(late)).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
  })

  test('who signs up with somebody else’s address keeps no passkey when its owner takes the account', async () => {
    await takeMails(auth)
    const squatter = await withPasskey()
    await takeMails(auth)
    const reset = async (password: string) => {
      await post('/auth/forgot-password', undefined, { email: squatter.email })
      const token = tokenIn((await takeMails(auth))[0])
      expect((await post('/auth/reset-password', undefined, { token, password })).status).toBe(200)
    }
    expect((await signIn(squatter.authenticator)).status).toBe(200)
    await reset('the owner’s password')
    expect(outcomeOf(await signIn(squatter.authenticator))).toEqual([401, 'PASSKEY_REFUSED'])
    const owner = await withPasskey(await logIn(auth, squatter.email, 'the owner’s password'))
    await takeMails(auth)
    await reset('the owner’s next password')
    expect((await signIn(owner.authenticator)).status).toBe(200)
  })
})
