import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditedRequests } from '../../../test/harness/audited-requests.ts'
import { exportsClient } from '../../../test/harness/exports-client.ts'
import { password, type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { makeThings, type Things } from '../../../test/harness/things.ts'
import { startWorker } from '../../app/worker.ts'
import type { Action } from './actions.ts'

let backlot: TestApp
let admin: SignedIn
let owner: SignedIn
let things: Things
const newPassword = 'seven green bottles'

beforeAll(async () => {
  backlot = await startTestApp({ env: { TRUST_PROXY: 'loopback' } })
  admin = await signInAs(backlot, 'admin')
  owner = await signInAs(backlot, 'user')
  things = await makeThings(backlot, owner.id)
})
afterAll(() => backlot.close())

const { ask, entriesOf, done } = auditedRequests(() => backlot)

type Covered = [
  action: Action,
  target: () => string | undefined,
  work: () => Promise<unknown>,
  by?: () => string,
]

const newcomer = { email: 'newcomer@example.com', password: newPassword }
let made: { id: string }
let keyId = ''

/** In this order: some stand on those before. */
const covered: Covered[] = [
  [
    'users:create',
    () => made.id,
    async () => (made = await done(ask(admin, 'POST', '/v1/users', { ...newcomer, role: 'user' }))),
  ],
  [
    'users:update',
    () => made.id,
    () => done(ask(admin, 'PATCH', `/v1/users/${made.id}`, { role: 'viewer' })),
  ],
  ['users:delete', () => made.id, () => done(ask(admin, 'DELETE', `/v1/users/${made.id}`))],
  [
    'jobs:retry',
    () => things.failed.jobId,
    () => done(ask(admin, 'POST', `/v1/jobs/${things.failed.jobId}/retry`)),
  ],
  [
    'jobs:cancel',
    () => things.failed.jobId,
    () => done(ask(admin, 'PUT', `/admin/queues/api/queues/images/${things.failed.jobId}/clean`)),
  ],
  [
    'exports:create',
    () => undefined,
    () => done(ask(admin, 'POST', '/v1/export', { resource: 'users', format: 'csv' })),
  ],
]

const coveredOfOwner: Covered[] = [
  [
    'auth:sign-in',
    () => owner.id,
    () => done(ask(undefined, 'POST', '/v1/auth/login', { email: owner.email, password })),
  ],
  [
    'auth:reauthenticate',
    () => owner.id,
    () => done(ask(owner, 'POST', '/v1/auth/reauthenticate', { password })),
  ],
  [
    'api-keys:create',
    () => undefined,
    async () =>
      (keyId = (await done(ask(owner, 'POST', '/v1/api-keys', { name: 'A script', scopes: ['posts:read'] })))
        .id),
  ],
  [
    'api-keys:update',
    () => keyId,
    () => done(ask(owner, 'PATCH', `/v1/api-keys/${keyId}`, { scopes: ['files:read'] })),
  ],
  ['api-keys:rotate', () => keyId, () => done(ask(owner, 'POST', `/v1/api-keys/${keyId}/rotate`))],
  ['api-keys:revoke', () => keyId, () => done(ask(owner, 'DELETE', `/v1/api-keys/${keyId}`))],
  ['posts:delete', () => things.postId, () => done(ask(owner, 'DELETE', `/v1/posts/${things.postId}`))],
  ['files:delete', () => things.fileId, () => done(ask(owner, 'DELETE', `/v1/files/${things.fileId}`))],
  [
    'datasets:delete',
    () => things.dataset.datasetId,
    () => done(ask(owner, 'DELETE', `/v1/datasets/${things.dataset.datasetId}`)),
  ],
  [
    'generations:delete',
    () => things.pending.generationId,
    () => done(ask(owner, 'DELETE', `/v1/generations/${things.pending.generationId}`)),
  ],
  [
    'destinations:delete',
    () => things.stoppedDestinationId,
    () => done(ask(owner, 'DELETE', `/v1/destinations/${things.stoppedDestinationId}`)),
  ],
  [
    'exports:delete',
    () => things.written.exportId,
    () => done(ask(owner, 'DELETE', `/v1/exports/${things.written.exportId}`)),
  ],
  [
    'reports:delete',
    () => things.report.reportId,
    () => done(ask(owner, 'DELETE', `/v1/reports/${things.report.reportId}`)),
  ],
  ['syncs:delete', () => things.syncId, () => done(ask(owner, 'DELETE', `/v1/syncs/${things.syncId}`))],
  [
    'webhooks:update',
    () => things.webhook.webhookId,
    () => done(ask(owner, 'PATCH', `/v1/webhooks/${things.webhook.webhookId}`, { enabled: false })),
  ],
  [
    'webhooks:rotate-secret',
    () => things.webhook.webhookId,
    () => done(ask(owner, 'POST', `/v1/webhooks/${things.webhook.webhookId}/secret`)),
  ],
  [
    'webhooks:delete',
    () => things.webhook.webhookId,
    () => done(ask(owner, 'DELETE', `/v1/webhooks/${things.webhook.webhookId}`)),
  ],
  [
    'webhooks:create',
    () => undefined,
    () =>
      done(ask(owner, 'POST', '/v1/webhooks', { url: 'https://example.com/hook?key=hidden', events: ['*'] })),
  ],
  [
    'projects:rotate-stream-key',
    () => things.projectId,
    () => done(ask(owner, 'POST', `/v1/projects/${things.projectId}/stream-key`)),
  ],
  [
    'projects:delete',
    () => things.projectId,
    () => done(ask(owner, 'DELETE', `/v1/projects/${things.projectId}`)),
  ],
  [
    'emails:confirm',
    () => owner.id,
    () => done(ask(owner, 'POST', '/v1/auth/verify-email', { token: things.addressToken })),
  ],
  [
    'sessions:revoke',
    () => things.sessionId,
    () => done(ask(owner, 'DELETE', `/v1/auth/sessions/${things.sessionId}`)),
  ],
  [
    'passwords:change',
    () => owner.id,
    () => done(ask(owner, 'POST', '/v1/auth/change-password', { currentPassword: password, newPassword })),
  ],
  ['sessions:revoke', () => owner.id, () => done(ask(owner, 'DELETE', '/v1/auth/sessions'))],
  ['auth:sign-out', () => owner.sessionId, () => done(ask(owner, 'POST', '/v1/auth/logout'))],
]

describe('each act leaves one entry that says who did it, to what, and from where', () => {
  const expectEntry = async ([action, target, work]: Covered, userId: string) => {
    const entries = await entriesOf(work)
    expect(entries).toMatchObject([
      {
        ...{ action, outcome: 'success', actorKind: 'user', actorId: userId, apiKeyId: null },
        ...{ ip: '198.51.100.7', userAgent: 'a browser', requestId: expect.any(String) },
        targetId: target() ?? expect.any(String),
      },
    ])
    for (const secret of [password, newPassword, 'bk_', 'whsec', 'hidden', 'example.com/hook', '@'])
      expect(JSON.stringify(entries)).not.toContain(secret)
  }
  test.each(covered)('%s, by an admin', (...row) => expectEntry(row, admin.id))
  test.each(coveredOfOwner)('%s, by a user', (...row) => expectEntry(row, owner.id))
})

describe('what is tried in vain', () => {
  const guess = (email: string, ip: string) =>
    ask(
      undefined,
      'POST',
      '/v1/auth/login',
      { email, password: 'hunter2 hunter2' },
      { 'x-forwarded-for': ip },
    )

  test('a wrong password, for an account and for none: neither it nor the address typed is kept', async () => {
    const someone = await signInAs(backlot, 'user')
    const { db } = backlot.platform
    await db.execute(sql`update users set email_verified_at = now() where id = ${someone.id}`)
    const entries = await entriesOf(async () => {
      await guess(someone.email, '203.0.113.1')
      await guess('nobody@example.com', '203.0.113.1')
    })
    const failed = { action: 'auth:sign-in', outcome: 'failure', actorKind: 'anonymous', ip: '203.0.113.1' }
    expect(entries).toMatchObject([
      { ...failed, targetId: someone.id },
      { ...failed, targetId: null },
    ])
    expect(JSON.stringify(entries)).not.toMatch(/hunter2|@/)
    const { data } = await ask(someone, 'GET', '/v1/auth/activity')
    expect(data).toMatchObject([
      { action: 'auth:sign-in', outcome: 'failure', by: 'somebody', ip: '203.0.113.1' },
    ])
  })
})

describe('reading', () => {
  test('admins search and page; filters that are none are refused', async () => {
    const list = async (query: string) => (await ask(admin, 'GET', `/v1/audit?${query}`)).json
    const all = await list(`actorId=${owner.id}&limit=5&total=true`)
    expect(all.page.total).toBeGreaterThan(15)
    const rest = await list(`actorId=${owner.id}&limit=100&cursor=${all.page.nextCursor}`)
    expect(all.data.length + rest.data.length).toBe(all.page.total)
    const both = [...all.data, ...rest.data]
    expect(both.every(({ actorId }) => actorId === owner.id)).toBe(true)
    expect(both.map(({ id }) => id)).toEqual(
      both
        .map(({ id }) => id)
        .toSorted()
        .reverse(),
    )
    const failures = await list('outcome=failure&action=auth:sign-in&ip=203.0.113.1')
    expect(failures.data).toHaveLength(2)
    expect((await list(`targetType=project&targetId=${things.projectId}`)).data).toHaveLength(2)
    expect((await list('to=2020-01-01T00:00:00Z')).data).toEqual([])
    for (const query of ['action=all', 'outcome=x', 'ip=x', 'from=yesterday', 'cursor=x', 'actorId=1'])
      expect((await ask(admin, 'GET', `/v1/audit?${query}`)).status, query).toBe(422)
  })

  test('others see their own alone, and nothing of who else acted', async () => {
    const someone = await signInAs(backlot, 'user')
    await done(ask(admin, 'PATCH', `/v1/users/${someone.id}`, { role: 'viewer' }))
    expect((await ask(someone, 'GET', '/v1/audit')).status).toBe(403)
    const { data, text } = await ask(someone, 'GET', '/v1/auth/activity?total=true')
    expect(data).toMatchObject([{ action: 'users:update', by: 'somebody', ip: null, userAgent: null }])
    expect(text).not.toContain(admin.id)
  })

  test('an export holds each entry with its seal', async () => {
    const worker = await startWorker({ config: backlot.config, log: pino({ level: 'silent' }) })
    const sealed = async () => (await ask(admin, 'GET', '/v1/audit/head')).data
    await expect.poll(async () => (await sealed()).waiting, { timeout: 20_000 }).toBe(0)
    const client = exportsClient(backlot, admin)
    const where = { action: 'projects:delete' }
    const { download } = await client.write({ resource: 'audit', format: 'ndjson', where })
    const lines = download.bytes
      .toString()
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line))
    expect(lines).toMatchObject([
      {
        action: 'projects:delete',
        actorId: owner.id,
        seal: expect.any(Number),
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
    await worker.stop()
  })
})
