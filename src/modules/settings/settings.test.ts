import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../../../test/harness/client.ts'
import { type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

let backlot: TestApp
/** Another process, as far as settings are concerned: it has nothing in common with the first but the database. */
let other: TestApp
let admin: SignedIn
let user: SignedIn

beforeAll(async () => {
  backlot = await startTestApp()
  other = await startTestApp({ database: { url: backlot.databaseUrl } })
  admin = await signInAs(backlot, 'admin')
  user = await signInAs(backlot, 'user')
})
afterAll(async () => {
  await other.close()
  await backlot.close()
})

const ask = (
  who: SignedIn,
  method: 'GET' | 'PUT' | 'DELETE' | 'POST',
  url: string,
  body?: object,
  headers = {},
) => call(backlot, who, method, url, { ...(body && { body }), headers })

describe('runtime settings', () => {
  const set = (key: string, value: unknown, headers = {}) =>
    ask(admin, 'PUT', `/v1/admin/settings/${key}`, { value }, headers)
  const reset = (key: string) => ask(admin, 'DELETE', `/v1/admin/settings/${key}`)
  const newcomer = () => ({ email: `${randomUUID()}@example.com`, password: 'seven green bottles' })
  const signUpAt = (app: TestApp) => call(app, undefined, 'POST', '/v1/auth/signup', { body: newcomer() })

  test('sign-ups close at once, here and in another process, and open again', async () => {
    expect((await signUpAt(backlot)).status).toBe(201)
    expect((await set('signups.open', false)).data).toMatchObject({ value: false, default: true, version: 1 })
    expect(await signUpAt(backlot)).toMatchObject({ status: 403, error: { code: 'SIGNUPS_CLOSED' } })
    await expect.poll(async () => (await signUpAt(other)).status, { timeout: 3_000 }).toBe(403)
    expect((await reset('signups.open')).data).toMatchObject({ value: true, isSet: false, version: 0 })
    expect((await signUpAt(backlot)).status).toBe(201)
    const { data } = await ask(admin, 'GET', '/v1/audit?targetId=signups.open')
    expect(data).toMatchObject([
      { action: 'settings:reset', details: { from: false, to: true } },
      { action: 'settings:set', details: { from: true, to: false }, actorId: admin.id },
    ])
  })

  test.each<[key: string, method: 'POST', url: string, body: object, refused: number]>([
    [
      'files.quotaBytes',
      'POST',
      '/v1/uploads/presigned',
      { kind: 'document', name: 'a.txt', contentType: 'text/plain', sizeBytes: 30 },
      413,
    ],
    ['data.quotaRows', 'POST', '/v1/generate', { count: 20, fields: [{ name: 'id', type: 'uuid' }] }, 413],
    ['data.quotaBytes', 'POST', '/v1/generate', { count: 20, fields: [{ name: 'id', type: 'uuid' }] }, 413],
    ['live.projectsPerUser', 'POST', '/v1/projects', { name: 'Mine' }, 409],
  ])('%s acts at once', async (key, method, url, body, refused) => {
    const before = await ask(user, method, url, body)
    expect(before.status, before.text).toBeLessThan(300)
    expect((await set(key, 1)).status).toBe(200)
    const after = await ask(user, method, url, body)
    expect({ status: after.status, text: after.text }).toMatchObject({ status: refused })
    await reset(key)
    expect((await ask(user, method, url, body)).status).toBe(before.status)
  })

  test('unknown ones, wrong values and other versions are refused', async () => {
    expect((await set('secretKey', 1)).status).toBe(404)
    expect((await ask(admin, 'GET', '/v1/admin/settings/__proto__')).status).toBe(404)
    for (const [key, value] of [
      ['signups.open', 1],
      ['files.quotaBytes', -1],
      ['files.quotaBytes', 1.5],
      ['files.quotaBytes', true],
      ['live.projectsPerUser', 1e9],
      ['data.quotaRows', '5'],
    ] as const) {
      const { status, error } = await set(key, value)
      expect([key, status, error.errors[0].path]).toEqual([key, 422, expect.stringContaining('value')])
    }
    const { headers } = await set('files.quotaBytes', 1_000)
    expect((await set('files.quotaBytes', 2_000, { 'if-match': '"7"' })).status).toBe(412)
    expect((await set('files.quotaBytes', 2_000, { 'if-match': headers.etag })).status).toBe(200)
    await reset('files.quotaBytes')
    expect((await ask(admin, 'GET', '/v1/admin/settings')).data).toHaveLength(5)
  })
})
