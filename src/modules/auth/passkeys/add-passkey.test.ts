import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  logIn,
  proveAgo,
  publicUrl,
  signUp,
  startAuthApp,
  takeMails,
  tokenIn,
} from '../../../../test/harness/auth-app.ts'
import { outcomeOf, passkeysAt } from '../../../../test/harness/passkeys.ts'
import {
  cborArray,
  cborBytes,
  cborMap,
  type Deviation,
  softwareAuthenticator,
} from '../../../../test/harness/software-authenticator.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { auditLog } from '../../audit/audit.table.ts'
import { verifications } from '../auth.table.ts'
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

const { post, creationOptions, add, withPasskey, signInOptions, signIn, proofOptions, setTotp, storedOf } =
  passkeysAt(() => auth)

describe('adding a passkey', () => {
  test('takes a recent proof when it begins, and when it ends', async () => {
    const { user, accessToken: token } = await signUp(auth)
    const options = await creationOptions(token)
    await proveAgo(auth, user.id, 11)
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
    await proveAgo(auth, id, 11)
    const remove = () => call(auth, 'DELETE', `/auth/passkeys/${passkeyId}`, { token })
    expect(outcomeOf(await remove())).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
    await proveAgo(auth, id, 0)
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
