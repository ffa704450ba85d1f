import { eq, sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthApp, call, goodPassword, signUp, startAuthApp } from '../../../test/harness/auth-app.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { accounts, sessions } from './auth.table.ts'
import { findAccount } from './oauth/find-account.ts'
import { insertIdentity } from './oauth/identities.repository.ts'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>
let holder: pg.Client

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url)
  holder = new pg.Client(database.url)
  await holder.connect()
})
afterAll(async () => {
  await holder.end()
  await auth.close()
  await database.drop()
})

/** Asks, lets it come as far as the user's row, which is locked, makes a change, and lets it go on. */
const changeWhileItWaits = async <T>(
  userId: string,
  ask: () => Promise<T>,
  change: () => Promise<unknown>,
) => {
  await holder.query('begin')
  await holder.query('select from users where id = $1 for update', [userId])
  const asked = ask()
  const waits = async () => {
    const { rows } = await auth.db.execute<{ n: number }>(
      sql`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    )
    return rows[0]?.n
  }
  await expect.poll(waits).toBe(1)
  await change()
  await holder.query('commit')
  return asked
}

test('a sign-in whose password is changed meanwhile opens nothing', async () => {
  const { user } = await signUp(auth)
  const body = { email: user.email, password: goodPassword }
  const { status, error } = await changeWhileItWaits(
    user.id,
    () => call(auth, 'POST', '/auth/login', { body }),
    () => auth.db.update(accounts).set({ passwordHash: 'another' }).where(eq(accounts.userId, user.id)),
  )
  expect([status, error?.code]).toEqual([401, 'INVALID_CREDENTIALS'])
})

test('a password is no proof any more when a second factor is set meanwhile', async () => {
  const { user, accessToken: token } = await signUp(auth)
  await auth.db.update(sessions).set({ provedAt: null }).where(eq(sessions.userId, user.id))
  const { status } = await changeWhileItWaits(
    user.id,
    () => call(auth, 'POST', '/auth/reauthenticate', { token, body: { password: goodPassword } }),
    () =>
      holder.query(
        `insert into totp_factors (user_id, sealed_secret, confirmed_at) values ($1, 'sealed', now())`,
        [user.id],
      ),
  )
  expect(status).toBe(422)
  const [session] = await auth.db.select().from(sessions).where(eq(sessions.userId, user.id))
  expect(session?.provedAt).toBeNull()
})

test('an identity that is taken away meanwhile opens nothing', async () => {
  const { user } = await signUp(auth)
  const profile = { issuer: 'https://github.com', subject: user.id, email: user.email, name: null }
  await auth.db.transaction((tx) => insertIdentity(tx, { ...profile, userId: user.id, provider: 'github' }))
  const provider = { name: 'github', label: 'GitHub' }
  const vouched = { ...profile, emailVerified: true, speaksForMailbox: true }
  const opened = changeWhileItWaits(
    user.id,
    () =>
      auth.db
        .transaction((tx) => findAccount(tx, { isSignupOpen: () => true }, provider, vouched))
        .then(
          () => 'opened',
          ({ code }) => code,
        ),
    () => holder.query('delete from identities where user_id = $1', [user.id]),
  )
  expect(await opened).toBe('IDENTITY_UNLINKED')
})
