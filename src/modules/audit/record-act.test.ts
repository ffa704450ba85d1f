import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { auditedRequests } from '../../../test/harness/audited-requests.ts'
import { password, type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { codeOf } from '../../../test/harness/second-factor.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { makeThings } from '../../../test/harness/things.ts'
import { attemptLimit } from '../../platform/attempt-limit.ts'
import type { Permission } from '../auth/permissions.ts'
import { withOrigin } from './act-origin.ts'
import { failureRecorder } from './failure-recorder.ts'
import { recordAct } from './record-act.ts'

let backlot: TestApp
let admin: SignedIn

beforeAll(async () => {
  backlot = await startTestApp({ env: { TRUST_PROXY: 'loopback' } })
  admin = await signInAs(backlot, 'admin')
})
afterAll(() => backlot.close())

const { ask, entriesOf, done } = auditedRequests(() => backlot)

describe('an entry says who did it, to what, and from where', () => {
  test('signing up, and a new password by mail', async () => {
    const body = { email: 'grace@example.com', password }
    const signedUp = await entriesOf(() => done(ask(undefined, 'POST', '/v1/auth/signup', body)))
    expect(signedUp).toMatchObject([{ action: 'auth:sign-up', actorKind: 'user' }])
    const entries = await entriesOf(async () => {
      const lost = await signInAs(backlot, 'user')
      const { resetToken } = await makeThings(backlot, lost.id)
      await done(ask(undefined, 'POST', '/v1/auth/reset-password', { token: resetToken, password }))
    })
    expect(entries.at(-1)).toMatchObject({ action: 'passwords:reset', outcome: 'success' })
  })

  test('a second factor: set, asked for, wrong, right, and taken away', async () => {
    const someone = await signInAs(backlot, 'user')
    const { secret } = await done(ask(someone, 'POST', '/v1/auth/totp'))
    const body = { email: someone.email, password }
    const entries = await entriesOf(async () => {
      const codes = await done(ask(someone, 'POST', '/v1/auth/totp/confirm', { code: codeOf(secret, -1) }))
      const { challengeToken } = await done(ask(undefined, 'POST', '/v1/auth/login', body))
      await ask(undefined, 'POST', '/v1/auth/login/totp', {
        challengeToken,
        recoveryCode: 'AAAA-BBBB-CCCC-DDDD',
      })
      await done(ask(undefined, 'POST', '/v1/auth/login/totp', { challengeToken, code: codeOf(secret) }))
      await done(ask(someone, 'POST', '/v1/auth/totp/recovery-codes'))
      await ask(someone, 'POST', '/v1/auth/reauthenticate', { recoveryCode: codes.recoveryCodes[0] })
      await done(ask(someone, 'DELETE', '/v1/auth/totp'))
    })
    expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'second-factors:set success',
      'auth:challenge success',
      'auth:sign-in failure',
      'auth:sign-in success',
      'recovery-codes:renew success',
      'auth:reauthenticate failure',
      'second-factors:remove success',
    ])
    expect(entries[2]).toMatchObject({
      targetId: someone.id,
      details: { reason: 'code' },
      actorKind: 'anonymous',
    })
    expect(JSON.stringify(entries)).not.toContain(secret)
  })

  test('a refresh token that was used twice', async () => {
    const someone = await signInAs(backlot, 'user')
    const refresh = () => ask(undefined, 'POST', '/v1/auth/refresh', { refreshToken: someone.refreshToken })
    await done(refresh())
    const { db } = backlot.platform
    await db.execute(
      sql`update refresh_tokens set used_at = now() - interval '1 minute' where used_at is not null`,
    )
    const entries = await entriesOf(refresh)
    expect(entries).toMatchObject([
      { action: 'auth:refresh-reuse', targetId: someone.id, details: { sessionId: someone.sessionId } },
    ])
  })

  test('an API key acts in its user’s name, and is named', async () => {
    const { postId } = await makeThings(backlot, admin.id)
    const scopes: Permission[] = ['posts:delete', 'posts:read']
    const key = await newKeyOf(backlot.platform.db, admin.id, scopes)
    const entries = await entriesOf(() => done(ask({ token: key.text }, 'DELETE', `/v1/posts/${postId}`)))
    expect(entries).toMatchObject([{ actorKind: 'api-key', actorId: admin.id, apiKeyId: key.id }])
  })

  test('what Backlot or its operator does has no address', async () => {
    const { db } = backlot.platform
    const act = { action: 'users:create' } as const
    const entries = await entriesOf(async () => {
      await db.transaction((tx) => recordAct(tx, act))
      await db.transaction((tx) => recordAct(tx, { ...act, by: { kind: 'operator' } }))
    })
    expect(entries).toMatchObject([
      { actorKind: 'system', ip: null, requestId: null },
      { actorKind: 'operator', ip: null },
    ])
  })
})

describe('what is tried in vain', () => {
  test('nobody fills the disk with it: what is past the bound is counted in the next entry', async () => {
    const { db } = backlot.platform
    const inAll = attemptLimit({ burst: 30, refillMs: 60_000 })
    const record = failureRecorder(undefined, inAll)
    const act = (n: number) => ({ action: 'auth:sign-in' as const, details: { n } })
    const tryFrom = (ip: string, times: number) =>
      entriesOf(async () => {
        for (let n = 0; n < times; n += 1)
          await withOrigin({ by: () => ({ kind: 'anonymous' }), ip }, () => record(db, act(n)))
      })
    expect(await tryFrom('203.0.113.2', 25)).toHaveLength(20)
    const others = await tryFrom('203.0.113.3', 20)
    expect(others).toHaveLength(10)
    expect(others[0]?.details).toEqual({ n: 0, unwritten: 5 })
  })

  test('what was rolled back left nothing', async () => {
    const { db } = backlot.platform
    const entries = await entriesOf(() =>
      db
        .transaction(async (tx) => {
          await recordAct(tx, { action: 'users:delete' })
          throw new Error('no')
        })
        .catch(() => undefined),
    )
    expect(entries).toEqual([])
    // And what was refused says nothing of having been done.
    const someone = await signInAs(backlot, 'user')
    expect(await entriesOf(() => ask(someone, 'DELETE', `/v1/users/${admin.id}`))).toEqual([])
  })
})
