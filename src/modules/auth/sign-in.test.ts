import { eq } from 'drizzle-orm'
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
} from '../../../test/harness/auth-app.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { accounts, sessions } from './auth.table.ts'

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

describe('signing up', () => {
  test('makes an account, signs in and mails a link', async () => {
    const email = newEmail()
    const { status, data, headers } = await call(auth, 'POST', '/v1/auth/signup', {
      body: { email: email.toUpperCase(), password: goodPassword, name: '  Ada Lovelace ' },
    })
    expect(status).toBe(201)
    expect(data).toEqual({
      user: {
        id: expect.any(String),
        email,
        name: 'Ada Lovelace',
        role: 'user',
        emailVerified: false,
        disabled: false,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
      accessToken: expect.any(String),
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      expiresIn: 900,
    })
    expect(headers['cache-control']).toBe('no-store')
    const me = await call(auth, 'GET', '/auth/me', { token: data.accessToken })
    expect(me.data).toEqual(data.user)
  })

  test('sets a cookie that only this host gets, and no script reads', async () => {
    const { headers } = await call(auth, 'POST', '/auth/signup', {
      body: { email: newEmail(), password: goodPassword },
    })
    const cookie = String(headers['set-cookie'])
    expect(cookie).toMatch(/^__Host-backlot=[\w-]{43}; /)
    const attributes = cookie.split('; ').slice(1)
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Lax', 'Secure'])
  })

  test('stores no password and no token as it is', async () => {
    const { user, refreshToken } = await signUp(auth)
    const [account] = await auth.db.select().from(accounts).where(eq(accounts.userId, user.id))
    const [session] = await auth.db.select().from(sessions).where(eq(sessions.userId, user.id))
    expect(account?.passwordHash).toMatch(/^\$2y\$04\$/)
    expect(session?.tokenHash).toHaveLength(43)
    const { rows } = await auth.db.execute(`select token_hash from refresh_tokens`)
    expect(rows.map((row) => row.token_hash)).not.toContain(refreshToken)
    expect(auth.logged.join('')).not.toContain(refreshToken)
    expect(auth.logged.join('')).not.toContain(goodPassword)
  })

  test.each([
    ['role', { role: 'admin' }],
    ['emailVerifiedAt', { emailVerifiedAt: '2020-01-01' }],
    ['id', { id: '018f0000-0000-7000-8000-000000000000' }],
    ['a nested user', { user: { role: 'admin' } }],
    ['role as null', { role: null }],
    ['name as null', { name: null }],
    ['an e-mail address in a list', { email: [newEmail()] }],
  ])('refuses %s in the body', async (_name, extra) => {
    const { status, error } = await call(auth, 'POST', '/auth/signup', {
      body: { email: newEmail(), password: goodPassword, ...extra },
    })
    expect(status).toBe(422)
    expect(JSON.stringify(error.errors)).toContain(Object.keys(extra)[0])
  })

  test.each([
    ['too short', '7 chars', 'custom'],
    ['too long', 'x'.repeat(100) + 'y'.repeat(29), 'custom'],
    ['common', 'Password123', 'too_common'],
    ['a run of digits', '12345678', 'too_simple'],
    ['a run on the keyboard', 'QWERTYUIOP', 'too_simple'],
    ['a run backwards', '87654321', 'too_simple'],
    ['one character', 'aaaaaaaaaaaa', 'too_simple'],
    ['a short repetition', 'abcabcabcabc', 'too_simple'],
    ['the address', 'someone.else@example.com', 'too_personal'],
    ['what stands before the @', 'someone.else', 'too_personal'],
    ['the name', 'Bartholomew', 'too_personal'],
  ])('refuses a password that is %s', async (_name, password, code) => {
    const { status, error } = await call(auth, 'POST', '/auth/signup', {
      body: { email: 'someone.else@example.com', password, name: 'Bartholomew' },
      headers: { 'x-forwarded-for': `10.1.0.${Math.floor(Math.random() * 250)}` },
    })
    expect(status).toBe(422)
    expect(error.errors[0]).toMatchObject({ path: 'password', code })
  })

  test('takes 8 and 128 characters, counted as people count them', async () => {
    await signUp(auth, { password: 'ünïcödé!' })
    await signUp(auth, { password: '🎬🎥🎞️🍿🎭🎟🎪🎨' })
    await signUp(auth, { password: Array.from({ length: 128 }, (_, index) => `${index % 7}`).join('') })
  })

  test('a composed and a decomposed letter are the same letter', async () => {
    const { user } = await signUp(auth, { password: 'caf\u00e9 au lait' })
    expect((await logIn(auth, user.email, 'cafe\u0301 au lait')).user.id).toBe(user.id)
  })

  test('passwords that differ after 72 bytes are different passwords', async () => {
    const start = 'a long start that is the same for both, as a passphrase in a manager may be. '.repeat(1)
    expect(Buffer.byteLength(start)).toBeGreaterThan(72)
    const { user } = await signUp(auth, { password: `${start}first` })
    const wrong = await call(auth, 'POST', '/auth/login', {
      body: { email: user.email, password: `${start}other` },
    })
    expect(wrong.status).toBe(401)
    expect((await logIn(auth, user.email, `${start}first`)).user.id).toBe(user.id)
  })
})

describe('signing in', () => {
  test('works right after signing up, without a confirmed address, in any case of letters', async () => {
    const { user } = await signUp(auth)
    expect((await logIn(auth, user.email.toUpperCase())).user.id).toBe(user.id)
  })

  test('answers an unknown address as a wrong password', async () => {
    const { user } = await signUp(auth)
    const wrong = await call(auth, 'POST', '/auth/login', {
      body: { email: user.email, password: 'not this one' },
    })
    const unknown = await call(auth, 'POST', '/auth/login', {
      body: { email: newEmail(), password: 'not this one' },
    })
    expect(wrong.status).toBe(401)
    expect(unknown.status).toBe(401)
    expect({ ...unknown.error, requestId: '' }).toEqual({ ...wrong.error, requestId: '' })
    expect(wrong.error.code).toBe('INVALID_CREDENTIALS')
    expect(Object.keys(unknown.headers)).toEqual(Object.keys(wrong.headers))
  })

  test('hashes once for every try, whether the address is known or not', async () => {
    const { user } = await signUp(auth)
    await signUp(auth, { email: user.email, password: 'another account' })
    const hashesOf = async (email: string, password: string) => {
      const before = auth.deps.passwords.hashed
      await call(auth, 'POST', '/auth/login', { body: { email, password } })
      return auth.deps.passwords.hashed - before
    }
    expect(await hashesOf(user.email, goodPassword)).toBe(1)
    expect(await hashesOf(user.email, 'wrong password')).toBe(1)
    expect(await hashesOf(newEmail(), 'wrong password')).toBe(1)
    const before = auth.deps.passwords.hashed
    await signUp(auth)
    await signUp(auth, { email: user.email })
    expect(auth.deps.passwords.hashed - before).toBe(2)
  })

  test('opens the account that the password belongs to, however many have the address', async () => {
    const email = newEmail()
    const passwords = Array.from({ length: 8 }, (_, index) => `password of ${index}`)
    const ids = []
    for (const password of passwords) ids.push((await signUp(auth, { email, password })).user.id)
    expect(new Set(ids).size).toBe(8)
    const opened = []
    for (const password of passwords) opened.push((await logIn(auth, email, password)).user.id)
    expect(opened).toEqual(ids)
  })

  test('a sign-up looks the same for a known address and for a new one', async () => {
    const { user } = await signUp(auth)
    const shapeOf = async (email: string) => {
      const { status, headers, data } = await call(auth, 'POST', '/auth/signup', {
        body: { email, password: 'some other password' },
      })
      const { id, email: _email, createdAt, updatedAt, ...rest } = data.user
      return { status, headers: Object.keys(headers), keys: Object.keys(data), rest }
    }
    expect(await shapeOf(user.email)).toEqual(await shapeOf(newEmail()))
  })

  test('passwords outlive the key that salts were derived from', async () => {
    const { user } = await signUp(auth)
    const salt = auth.deps.passwords.newSaltOf(user.email)
    const other = { ...auth.deps.passwords, newSaltOf: () => ({ ...salt, bytes: Buffer.alloc(16, 1) }) }
    const { findUserByPassword } = await import('./credentials.ts')
    const deps = { db: auth.db, passwords: other }
    const found = await findUserByPassword(deps, user.email, goodPassword, new AbortController().signal)
    expect(found?.user.id).toBe(user.id)
  })

  test('tells who knows the password that the account is disabled, and nobody else', async () => {
    const { user } = await signUp(auth)
    await setUser(auth, user.id, { disabledAt: new Date() })
    const body = { email: user.email, password: goodPassword }
    expect((await call(auth, 'POST', '/auth/login', { body })).error.code).toBe('ACCOUNT_DISABLED')
    const guess = { ...body, password: 'a wrong guess' }
    expect((await call(auth, 'POST', '/auth/login', { body: guess })).error.code).toBe('INVALID_CREDENTIALS')
  })
})
