import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  logIn,
  newEmail,
  publicUrl,
  setUser,
  signUp,
  startAuthApp,
  takeMails,
  tokenIn,
} from '../../../test/harness/auth-app.ts'
import { type MailedAccounts, mailedAccounts } from '../../../test/harness/mailed-accounts.ts'
import { codeOf } from '../../../test/harness/second-factor.ts'
import { softwareAuthenticator } from '../../../test/harness/software-authenticator.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { insertWebhook } from '../webhooks/webhooks.repository.ts'
import { createWebhook } from '../webhooks/webhooks.service.ts'
import { hashToken } from './auth-keys.ts'
import { insertIdentity } from './oauth/identities.repository.ts'
import type { Actor } from './permissions.ts'

let auth: AuthApp
let accounts: MailedAccounts
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url)
  accounts = mailedAccounts(auth)
})
afterAll(async () => {
  await auth.close()
  await database.drop()
})

const webhooksDeps = ({ db }: AuthApp) => ({
  ...{ db, readDb: db, sealingKey: randomBytes(32), allowPrivateAddresses: false },
  findProjectOwner: async () => undefined,
})

/** Keeps a user's row locked until it is released. */
const holdUser = ({ db }: AuthApp, userId: string) => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: locked, resolve: lock } = Promise.withResolvers<void>()
  void db.transaction(async (tx) => {
    await tx.execute(sql`select 1 from users where id = ${userId} for update`)
    lock()
    await released
  })
  return { locked, release }
}

/** Resolves when so many wait for a lock. */
const waiting = ({ db }: AuthApp, count: number) =>
  expect
    .poll(async () => {
      const { rows } = await db.execute<{ count: number }>(
        sql`select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows[0]?.count
    })
    .toBe(count)

describe('a forgotten password', () => {
  describe('of an account that nobody has confirmed', () => {
    /** An account with every way in that there is, all known to who made it, and a webhook. */
    const withWaysIn = async (email: string) => {
      const { user, accessToken } = await signUp(auth, { email, password: 'the squatter’s own' })
      const post = (path: string, body?: object) =>
        call(auth, 'POST', path, { token: accessToken, ...(body && { body }) })
      const made = await post('/api-keys', { name: 'Mine', scopes: ['users:read'] })
      expect(made.status).toBe(201)
      const { secret } = (await post('/auth/totp')).data
      expect((await post('/auth/totp/confirm', { code: codeOf(secret) })).status).toBe(200)
      await auth.db.transaction(async (tx) => {
        const identity = {
          userId: user.id,
          provider: 'github',
          issuer: 'https://github.com',
          subject: user.id,
        }
        await insertIdentity(tx, { ...identity, email })
        const url = 'https://squatter.example/hook'
        await insertWebhook(tx, { ownerId: user.id, url, events: ['*'], sealedSecret: Buffer.alloc(64) })
      })
      return { user, key: String(made.data.apiKey), accessToken }
    }
    const asks = async (userId: string, token: string) =>
      (await call(auth, 'GET', `/users/${userId}`, { token })).status
    const left = async (userId: string) => {
      const { rows } = await auth.db.execute(sql`
        select (select count(*)::int from totp_factors where user_id = ${userId}) as factors,
          (select count(*)::int from recovery_codes where user_id = ${userId}) as codes,
          (select count(*)::int from identities where user_id = ${userId}) as identities,
          (select count(*)::int from webhooks where owner_id = ${userId}) as webhooks,
          (select count(*)::int from passkeys where user_id = ${userId}) as passkeys,
          (select count(*)::int from api_keys where user_id = ${userId} and revoked_at is null) as keys`)
      return rows[0]
    }
    const nothingLeft = { factors: 0, codes: 0, identities: 0, webhooks: 0, passkeys: 0, keys: 0 }
    const linkTo = async (email: string) => {
      await takeMails(auth)
      await accounts.post('/auth/forgot-password', { email })
      return tokenIn((await takeMails(auth))[0])
    }
    const reset = async (token: string, password: string) => {
      expect((await accounts.post('/auth/reset-password', { token, password })).status).toBe(200)
    }

    test('ends every way in that whoever made it has kept', async () => {
      const email = newEmail()
      const { user, key } = await withWaysIn(email)
      expect(await left(user.id)).toEqual({
        factors: 1,
        codes: 10,
        identities: 1,
        webhooks: 1,
        passkeys: 0,
        keys: 1,
      })
      expect(await asks(user.id, key)).toBe(200)
      await reset(await linkTo(email), 'only the owner knows')
      expect(await asks(user.id, key)).toBe(401)
      expect(await left(user.id)).toEqual(nothingLeft)
      expect((await logIn(auth, email, 'only the owner knows')).user.id).toBe(user.id)
    })

    type Squatter = { user: { id: string }; accessToken: string }
    const postAs = async ({ accessToken: token }: Squatter, path: string, body?: object) =>
      call(auth, 'POST', path, { token, ...(body && { body }) })
    const scopes = ['webhooks:create', 'posts:read', 'projects:read', 'jobs:read'] as const
    const makeKey = (squatter: Squatter) => postAs(squatter, '/api-keys', { name: 'Mine', scopes })
    const addWebhook = (actor: Actor) => {
      const url = 'https://squatter.example/late'
      return createWebhook(
        webhooksDeps(auth),
        actor,
        { url, events: ['*'], description: '' },
        undefined,
      ).then(
        () => 201,
        ({ status }) => status,
      )
    }

    /** What is begun before, and what is asked for while the reset goes on, with its answer. */
    const late: [string, number, (squatter: Squatter) => Promise<() => Promise<number>>][] = [
      ['key', 403, async (squatter) => async () => (await makeKey(squatter)).status],
      [
        'passkey',
        403,
        async (squatter) => {
          const { data } = await postAs(squatter, '/auth/passkeys/options')
          const credential = softwareAuthenticator(publicUrl).create(data)
          return async () => (await postAs(squatter, '/auth/passkeys', { name: 'Late', credential })).status
        },
      ],
      [
        'second factor',
        401,
        async (squatter) => {
          const code = codeOf((await postAs(squatter, '/auth/totp')).data.secret)
          return async () => (await postAs(squatter, '/auth/totp/confirm', { code })).status
        },
      ],
      [
        'recovery code',
        401,
        async (squatter) => {
          const code = codeOf((await postAs(squatter, '/auth/totp')).data.secret)
          expect((await postAs(squatter, '/auth/totp/confirm', { code })).status).toBe(200)
          return async () => (await postAs(squatter, '/auth/totp/recovery-codes')).status
        },
      ],
      [
        'webhook',
        401,
        async ({ user, accessToken }) => {
          const sessionId = String(decodeJwt(accessToken).sid)
          return () => addWebhook({ userId: user.id, role: 'user', sessionId })
        },
      ],
      [
        'webhook of a key',
        401,
        async (squatter) => {
          const { id: keyId, apiKey } = (await makeKey(squatter)).data
          const secretHash = hashToken(apiKey)
          const userId = squatter.user.id
          return () => addWebhook({ userId, role: 'user', keyId, secretHash, scopes: [...scopes] })
        },
      ],
    ]
    test.each(late)('leaves no %s that was asked for just before', async (_what, status, begin) => {
      const email = newEmail()
      const squatter = await signUp(auth, { email, password: 'the squatter’s own' })
      const ask = await begin(squatter)
      const link = await linkTo(email)
      const { locked, release } = holdUser(auth, squatter.user.id)
      await locked
      const resetting = reset(link, 'only the owner knows')
      await waiting(auth, 1)
      const asked = ask()
      await waiting(auth, 2)
      release()
      await resetting
      expect(await asked).toBe(status)
      expect(await left(squatter.user.id)).toEqual(nothingLeft)
    })

    test('but not of one that is confirmed', async () => {
      const email = newEmail()
      const { user, key } = await withWaysIn(email)
      await setUser(auth, user.id, { emailVerifiedAt: new Date() })
      const before = await left(user.id)
      await reset(await linkTo(email), 'only the owner knows')
      expect(await left(user.id)).toEqual(before)
      expect(await asks(user.id, key)).toBe(200)
    })
  })
})
