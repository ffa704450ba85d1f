import { type Client, ProviderEvents } from '@openfeature/server-sdk'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../../../test/harness/client.ts'
import { type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { statementsOf } from '../../../test/harness/statements.ts'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

let backlot: TestApp
/** Another process, as far as flags are concerned: it has nothing in common with the first but the database. */
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
const put = (key: string, body: object, headers = {}) =>
  ask(admin, 'PUT', `/v1/admin/flags/${key}`, body, headers)
const isOn = ({ platform }: TestApp, key: string, userId = user.id) =>
  platform.flags.client.getBooleanValue(key, false, { targetingKey: userId, role: 'user' })

test('a change acts at once, here and in another process, and says so', async () => {
  const changed = Promise.withResolvers<string[] | undefined>()
  other.platform.flags.client.addHandler(ProviderEvents.ConfigurationChanged, (event) =>
    changed.resolve(event?.flagsChanged),
  )
  const made = await put('a.flag', { type: 'boolean', default: true })
  expect(made).toMatchObject({ status: 201, data: { key: 'a.flag', version: 1, enabled: true } })
  expect(await isOn(backlot, 'a.flag')).toBe(true)
  await expect.poll(() => isOn(other, 'a.flag'), { timeout: 2_000, interval: 5 }).toBe(true)
  expect(await changed.promise).toContain('a.flag')
  expect((await put('a.flag', { type: 'boolean', default: false })).status).toBe(200)
  await expect.poll(() => isOn(other, 'a.flag'), { timeout: 2_000, interval: 5 }).toBe(false)
  const { data } = await ask(admin, 'GET', '/v1/audit?targetType=flag&targetId=a.flag')
  expect(data).toMatchObject([
    { action: 'flags:set', actorId: admin.id, details: { version: 2 } },
    { action: 'flags:set', details: { version: 1 } },
  ])
})

test('to ask for a flag asks no database', async () => {
  await put('cheap', { type: 'boolean', default: true })
  const asked = statementsOf(async () => {
    for (let n = 0; n < 100; n += 1) expect(await isOn(backlot, 'cheap')).toBe(true)
  })
  expect((await asked).filter(({ text }) => text.includes('feature_flags'))).toEqual([])
})

test('each caller is told what flags are for him', async () => {
  const rules = [{ users: [user.id], value: { size: 2 } }]
  await put('mine', { type: 'json', default: { size: 1 }, rules })
  await put('text', { type: 'string', default: 'a' })
  await put('number', { type: 'number', default: 1.5 })
  const of = async (who: SignedIn) => {
    const { data } = await ask(who, 'GET', '/v1/flags')
    return Object.fromEntries(data.map(({ key, value }: { key: string; value: unknown }) => [key, value]))
  }
  expect(await of(user)).toMatchObject({ mine: { size: 2 }, text: 'a', number: 1.5 })
  expect(await of(admin)).toMatchObject({ mine: { size: 1 } })
  expect((await ask(user, 'GET', '/v1/flags')).text).not.toContain(user.id)
})

describe('what is refused', () => {
  test('others than admins', async () => {
    const manager = await signInAs(backlot, 'manager')
    for (const who of [user, manager]) {
      expect((await ask(who, 'GET', '/v1/admin/flags')).status).toBe(403)
      expect(
        (await ask(who, 'PUT', '/v1/admin/flags/a.flag', { type: 'boolean', default: true })).status,
      ).toBe(403)
      expect((await ask(who, 'DELETE', '/v1/admin/flags/a.flag')).status).toBe(403)
      expect((await ask(who, 'PUT', '/v1/admin/settings/signups.open', { value: false })).status).toBe(403)
    }
  })

  test.each<[string, object, string]>([
    ['another type', { type: 'boolean', default: 'yes' }, 'default'],
    [
      'another type in a rule',
      { type: 'number', default: 1, rules: [{ roles: ['user'], value: '1' }] },
      'rules.0.value',
    ],
    ['a rule for nobody', { type: 'boolean', default: true, rules: [{ value: true }] }, 'rules.0'],
    [
      'a role that is none',
      { type: 'boolean', default: true, rules: [{ roles: ['root'], value: true }] },
      'rules.0.roles.0',
    ],
    [
      'more than all',
      { type: 'boolean', default: true, rules: [{ percentage: 101, value: true }] },
      'rules.0.percentage',
    ],
    ['too long a value', { type: 'string', default: 'x'.repeat(8_001) }, 'default'],
    ['a scalar as json', { type: 'json', default: 1 }, 'default'],
    ['an unknown field', { type: 'boolean', default: true, rule: [] }, ''],
  ])('%s', async (_name, body, path) => {
    const { status, error } = await put('refused', body)
    expect(status).toBe(422)
    if (path !== '') expect(error.errors).toMatchObject([{ path: expect.stringContaining(path) }])
  })

  test('a key that is none, and a flag that is not there', async () => {
    expect((await put('Not%20a%20key', { type: 'boolean', default: true })).status).toBe(422)
    expect((await ask(admin, 'GET', '/v1/admin/flags/none')).status).toBe(404)
    expect((await ask(admin, 'DELETE', '/v1/admin/flags/none')).status).toBe(404)
  })

  test('a change by who has seen another version', async () => {
    const body = { type: 'boolean', default: true }
    const { headers } = await put('seen', body)
    expect((await put('seen', body, { 'if-match': headers.etag })).headers.etag).toBe('"2"')
    expect((await put('seen', body, { 'if-match': headers.etag })).status).toBe(412)
    expect(
      (await ask(admin, 'DELETE', '/v1/admin/flags/seen', undefined, { 'if-match': '"1"' })).status,
    ).toBe(412)
    expect((await put('unseen', body, { 'if-match': '"1"' })).status).toBe(412)
    expect(
      (await ask(admin, 'DELETE', '/v1/admin/flags/seen', undefined, { 'if-match': '"2"' })).status,
    ).toBe(200)
  })
})

test('of another type, or not there: the default of who asks, with the reason', async () => {
  await put('number', { type: 'number', default: 3 })
  const { client }: { client: Client } = backlot.platform.flags
  expect(await client.getNumberValue('number', 1)).toBe(3)
  expect(await client.getBooleanDetails('number', true)).toMatchObject({
    value: true,
    reason: 'ERROR',
    errorCode: 'TYPE_MISMATCH',
  })
  expect(await client.getStringDetails('nothing', 'a')).toMatchObject({
    value: 'a',
    reason: 'ERROR',
    errorCode: 'FLAG_NOT_FOUND',
  })
})

test('a flag switches a feature off, for some', async () => {
  const body = { prompt: 'a hill', style: 'noir' }
  await put('generations.create', {
    type: 'boolean',
    default: true,
    rules: [{ users: [user.id], value: false }],
  })
  expect(await ask(user, 'POST', '/v1/generations', body)).toMatchObject({
    status: 403,
    error: { code: 'FEATURE_OFF' },
  })
  const asOpenAi = await ask(user, 'POST', '/v1/images/generations', { prompt: 'a hill' })
  expect([asOpenAi.status, asOpenAi.error.code]).toEqual([403, 'feature_off'])
  expect((await ask(admin, 'POST', '/v1/generations', body)).status).toBe(202)
})

test('while the database is away the last known values hold; what changed meanwhile acts when it is back', {
  timeout: 40_000,
}, async () => {
  await put('kept', { type: 'boolean', default: true })
  const proxy = await TcpProxy.start(backlot.databaseUrl)
  const away = await startTestApp({ database: { url: backlot.databaseUrl }, through: async () => proxy.url })
  expect(await isOn(away, 'kept')).toBe(true)
  await proxy.cut()
  await put('kept', { type: 'boolean', default: false })
  await backlot.platform.db.execute(
    sql`insert into runtime_settings (key, value) values ('data.quotaRows', '7')`,
  )
  expect(await isOn(away, 'kept')).toBe(true)
  expect(away.platform.settings.get('data.quotaRows')).toBe(50_000_000)
  await proxy.restore()
  await expect.poll(() => isOn(away, 'kept'), { timeout: 20_000 }).toBe(false)
  await expect.poll(() => away.platform.settings.get('data.quotaRows'), { timeout: 20_000 }).toBe(7)
  await away.close()
  await proxy.close()
})
