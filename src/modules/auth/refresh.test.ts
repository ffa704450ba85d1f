import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  setUser,
  signUp,
  startAuthApp,
  type Tokens,
} from '../../../test/harness/auth-app.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { refreshTokens, sessions } from './auth.table.ts'
import { hashToken } from './auth-keys.ts'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>
let origin: string

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url)
  origin = await auth.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await auth.close()
  await database.drop()
})

/** Over a real connection, so that parallel uses are as parallel as they get. */
const use = async (
  refreshToken: string,
): Promise<{ status: number; data?: Tokens; error?: { code: string } }> => {
  const response = await fetch(`${origin}/v1/auth/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken }),
  })
  return { status: response.status, ...((await response.json()) as object) }
}

const useOk = async (refreshToken: string): Promise<Tokens> => {
  const { data, error } = await use(refreshToken)
  if (data === undefined) throw new Error(error?.code)
  return data
}

const meStatus = async ({ accessToken }: Tokens) =>
  (await call(auth, 'GET', '/auth/me', { token: accessToken })).status

/** Lets `seconds` pass for one used token. */
const age = (refreshToken: string, seconds: number) =>
  auth.db
    .update(refreshTokens)
    .set({ usedAt: sql`used_at - make_interval(secs => ${seconds})` })
    .where(eq(refreshTokens.tokenHash, hashToken(refreshToken)))

test('gives a new pair, in the same session', async () => {
  const first = await signUp(auth)
  const second = await useOk(first.refreshToken)
  expect(second.user).toEqual(first.user)
  expect(second.refreshToken).not.toBe(first.refreshToken)
  expect(second.expiresIn).toBe(900)
  expect(await meStatus(second)).toBe(200)
  const { data } = await call(auth, 'GET', '/auth/sessions', { token: second.accessToken })
  expect(data).toHaveLength(1)
})

test('50 parallel uses of one token all get the same next one, and leave one live family', async () => {
  const { user, refreshToken } = await signUp(auth)
  const answers = await Promise.all(Array.from({ length: 50 }, () => use(refreshToken)))
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
  expect(new Set(answers.map(({ data }) => data?.refreshToken)).size).toBe(1)
  const [session, ...rest] = await auth.db.select().from(sessions).where(eq(sessions.userId, user.id))
  expect(rest).toEqual([])
  const unused = sql`session_id = ${session?.id} and used_at is null`
  expect(await auth.db.$count(refreshTokens, unused)).toBe(1)
  await useOk(answers[0]?.data?.refreshToken ?? '')
})

test('using an older token ends the session for everybody who has one of its tokens', async () => {
  const first = await signUp(auth)
  const second = await useOk(first.refreshToken)
  const third = await useOk(second.refreshToken)
  expect(await meStatus(third)).toBe(200)
  const replay = await use(first.refreshToken)
  expect([replay.status, replay.error?.code]).toEqual([401, 'REFRESH_TOKEN_REUSED'])
  expect(await meStatus(third)).toBe(401)
  expect((await use(third.refreshToken)).status).toBe(401)
  expect(auth.logged.some((line) => line.includes('"level":40') && line.includes('used twice'))).toBe(true)
  expect(auth.logged.join('')).not.toContain(first.refreshToken)
})

test('a token used again after the grace ends the session although the next one is unused', async () => {
  const first = await signUp(auth)
  const second = await useOk(first.refreshToken)
  await age(first.refreshToken, 9)
  expect((await useOk(first.refreshToken)).refreshToken).toBe(second.refreshToken)
  await age(first.refreshToken, 2)
  expect((await use(first.refreshToken)).error?.code).toBe('REFRESH_TOKEN_REUSED')
  expect(await meStatus(second)).toBe(401)
})

test('parallel uses of an old and of the current token end the session in the end, and nothing fails', async () => {
  const first = await signUp(auth)
  const second = await useOk(first.refreshToken)
  await age(first.refreshToken, 60)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => use(index % 2 === 0 ? first.refreshToken : second.refreshToken)),
  )
  expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true)
  expect(await auth.db.$count(sessions, eq(sessions.userId, first.user.id))).toBe(0)
})

test('one session’s end leaves the others of the user alone', async () => {
  const phone = await signUp(auth)
  const { data: laptop } = await call(auth, 'POST', '/auth/login', {
    body: { email: phone.user.email, password: 'seven green bottles' },
  })
  await useOk((await useOk(phone.refreshToken)).refreshToken)
  expect((await use(phone.refreshToken)).status).toBe(401)
  await useOk(laptop.refreshToken)
})

test('a refresh racing with a logout neither fails nor survives it', async () => {
  const tokens = await signUp(auth)
  const answers = await Promise.all([
    ...Array.from({ length: 10 }, () => use(tokens.refreshToken)),
    call(auth, 'POST', '/auth/logout', { token: tokens.accessToken }),
  ])
  expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true)
  expect(await meStatus(tokens)).toBe(401)
  expect(await auth.db.$count(sessions, eq(sessions.userId, tokens.user.id))).toBe(0)
})

test('an expired token, an access token and a made-up one are refused and end nothing', async () => {
  const tokens = await signUp(auth)
  for (const wrong of [tokens.accessToken.slice(0, 200), 'made-up']) {
    expect((await use(wrong)).error?.code).toBe('REFRESH_TOKEN_INVALID')
  }
  expect(await meStatus(tokens)).toBe(200)
  await auth.db
    .update(refreshTokens)
    .set({ expiresAt: new Date(0) })
    .where(eq(refreshTokens.tokenHash, hashToken(tokens.refreshToken)))
  expect((await use(tokens.refreshToken)).error?.code).toBe('REFRESH_TOKEN_INVALID')
  expect(await meStatus(tokens)).toBe(200)
})

test('a disabled user gets no new token', async () => {
  const { user, refreshToken } = await signUp(auth)
  await setUser(auth, user.id, { disabledAt: new Date() })
  expect((await use(refreshToken)).status).toBe(401)
})

test('reads only a token, not the cookie or the query', async () => {
  const response = await fetch(`${origin}/auth/refresh?refreshToken=x`, { method: 'POST' })
  expect(response.status).toBe(422)
})
