import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  logIn,
  signUp,
  startAuthApp,
} from '../../../test/harness/auth-app.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { sessions } from './auth.table.ts'

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

/** Lets the last proof in all sessions of a user be `minutes` ago. */
const proveAgo = (userId: string, minutes: number | null) =>
  auth.db
    .update(sessions)
    .set({ provedAt: minutes === null ? null : sql`now() - make_interval(mins => ${minutes})` })
    .where(eq(sessions.userId, userId))

const body = { name: 'A script', scopes: ['posts:read'] }
const makeKey = (token: string) => call(auth, 'POST', '/api-keys', { token, body })
const prove = (token: string, password: string) =>
  call(auth, 'POST', '/auth/reauthenticate', { token, body: { password } })
const outcomeOf = ({ status, error }: Awaited<ReturnType<typeof call>>) => [status, error?.code]
const refused = [403, 'REAUTHENTICATION_REQUIRED']

describe('what changes how an account can be entered', () => {
  test('is done within ten minutes of a sign-in, and later only after a proof', async () => {
    const { user, accessToken } = await signUp(auth)
    expect((await makeKey(accessToken)).status).toBe(201)
    await proveAgo(user.id, 9)
    expect((await makeKey(accessToken)).status).toBe(201)
    await proveAgo(user.id, 11)
    expect(outcomeOf(await makeKey(accessToken))).toEqual(refused)
    expect((await prove(accessToken, goodPassword)).data).toEqual({ expiresIn: 600 })
    expect((await makeKey(accessToken)).status).toBe(201)
  })

  test('is refused in a session from before proofs were noted', async () => {
    const { user, accessToken } = await signUp(auth)
    await proveAgo(user.id, null)
    expect(outcomeOf(await makeKey(accessToken))).toEqual(refused)
  })

  test('is to change a key or its secret too, but not to see or revoke it', async () => {
    const { user, accessToken: token } = await signUp(auth)
    const { id } = (await makeKey(token)).data
    await proveAgo(user.id, 11)
    const scopes = ['posts:read', 'jobs:read']
    expect(outcomeOf(await call(auth, 'PATCH', `/api-keys/${id}`, { token, body: { scopes } }))).toEqual(
      refused,
    )
    expect(outcomeOf(await call(auth, 'POST', `/api-keys/${id}/rotate`, { token }))).toEqual(refused)
    expect((await call(auth, 'GET', `/api-keys/${id}`, { token })).data.scopes).toEqual(['posts:read'])
    expect((await call(auth, 'DELETE', `/api-keys/${id}`, { token })).status).toBe(200)
  })
})

describe('a proof', () => {
  test('counts for its own session alone, and a refresh is none', async () => {
    const { user, accessToken, refreshToken } = await signUp(auth)
    const second = await logIn(auth, user.email)
    await proveAgo(user.id, 11)
    await prove(second.accessToken, goodPassword)
    expect(outcomeOf(await makeKey(accessToken))).toEqual(refused)
    const refreshed = await call(auth, 'POST', '/auth/refresh', { body: { refreshToken } })
    expect(outcomeOf(await makeKey(refreshed.data.accessToken))).toEqual(refused)
    expect((await makeKey(second.accessToken)).status).toBe(201)
  })

  test('is not a wrong password, of which a session has ten', async () => {
    const { user, accessToken } = await signUp(auth)
    await proveAgo(user.id, 11)
    for (let guess = 0; guess < 10; guess += 1) {
      expect((await prove(accessToken, `wrong guess ${guess}`)).status).toBe(422)
    }
    expect((await prove(accessToken, goodPassword)).status).toBe(429)
    expect(outcomeOf(await makeKey(accessToken))).toEqual(refused)
  })
})
