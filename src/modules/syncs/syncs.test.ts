import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SourceServer, startSourceServer } from '../../../test/fakes/source-server.ts'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call } from '../../../test/harness/client.ts'
import { type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { later, syncsClient } from '../../../test/harness/syncs-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { startDueSyncs } from './start-runs.ts'

let backlot: TestApp
let source: SourceServer
let ada: SignedIn

beforeAll(async () => {
  backlot = await startTestApp({ worker: true, env: { SYNCS_ALLOW_PRIVATE_ADDRESSES: 'true' } })
  source = await startSourceServer()
})
beforeEach(async () => {
  ada = await signInAs(backlot, 'user')
  source.asked.length = 0
})
afterAll(async () => {
  await backlot.close()
  await source.close()
})

const { asked, create, show, runsOf, execute, ended, run, begin, rowsOf } = syncsClient(() => ({
  backlot,
  source,
  ada,
}))
const json = JSON.stringify

describe('turns', () => {
  const due = (id: string) =>
    execute(sql`update syncs set next_run_at = now() - interval '3 days' where id = ${id}`)

  test('many who look at once start one run, and turns that were missed are not made up for', async () => {
    const { id } = await begin('[{"id":1}]')
    await due(id)
    const { db } = backlot.platform
    await Promise.all(Array.from({ length: 5 }, () => startDueSyncs({ db }, 100)))
    await ended(id)
    await startDueSyncs({ db }, 100)
    expect(await runsOf(id)).toHaveLength(2)
    const { nextRunAt } = await show(id)
    expect(Date.parse(nextRunAt) - Date.now()).toBeGreaterThan(50 * 60_000)
  })

  test('a sync that runs is not started again, by its turn or by request', async () => {
    const { id } = await begin('[{"id":1}]')
    source.answer = () => undefined
    await call(backlot, ada, 'POST', `/v1/syncs/${id}/run`)
    await due(id)
    await startDueSyncs({ db: backlot.platform.db }, 100)
    expect(await runsOf(id)).toHaveLength(2)
    expect((await call(backlot, ada, 'POST', `/v1/syncs/${id}/run`)).error.code).toBe('SYNC_RUNS')
    const [{ jobId }] = await runsOf(id)
    await call(backlot, ada, 'POST', `/v1/jobs/${jobId}/cancel`)
    expect(await ended(id)).toMatchObject({ status: 'cancelled' })
    expect((await call(backlot, ada, 'POST', `/v1/jobs/${jobId}/retry`)).error.code).toBe('SYNC_RUN_OVER')
    expect(await show(id)).toMatchObject({ consecutiveFailures: 0 })
  })
})

describe('what nobody else may have', () => {
  test('headers are sent, are readable nowhere, and do not go with a sync to another origin', async () => {
    const secret = 'Bearer very-secret-token'
    const { id } = await begin('[{"id":1}]', { headers: { Authorization: secret } })
    expect(asked()[0]?.headers.authorization).toBe(secret)
    const { text } = await call(backlot, ada, 'GET', `/v1/syncs/${id}`)
    expect(text).toContain('"headerNames":["Authorization"]')
    const stored = await execute(sql`select syncs::text from syncs where id = ${id}`)
    for (const told of [text, json(stored.rows)]) expect(told).not.toContain('very-secret')
    expect(json(stored.rows)).not.toContain(Buffer.from(secret).toString('hex'))

    const thief = await startSourceServer()
    thief.has('[{"id":1}]')
    const changed = await call(backlot, ada, 'PATCH', `/v1/syncs/${id}`, { body: { url: thief.url } })
    expect(changed.data.headerNames).toEqual([])
    await run(id)
    expect(thief.asked).toHaveLength(1)
    expect(thief.asked[0]?.headers).not.toHaveProperty('authorization')
    expect(thief.asked[0]?.headers).not.toHaveProperty('if-none-match')
    await thief.close()
  })

  test("another's sync and dataset are not known; a viewer and a key that only reads change nothing", async () => {
    const { id } = await begin('[{"id":1}]')
    const { datasetId } = await show(id)
    for (const role of ['user', 'manager'] as const) {
      const eve = await signInAs(backlot, role)
      for (const [method, rest] of [
        ['GET', ''],
        ['GET', '/runs'],
        ['POST', '/run'],
        ['DELETE', ''],
      ] as const) {
        expect((await call(backlot, eve, method, `/v1/syncs/${id}${rest}`)).status).toBe(404)
      }
      expect((await create({ datasetId }, eve)).error.code).toBe('DATASET_NOT_FOUND')
    }
    expect((await create({}, await signInAs(backlot, 'viewer'))).status).toBe(403)
    const keyOf = async (...scopes: Parameters<typeof newKeyOf>[2]) => ({
      ...ada,
      token: (await newKeyOf(backlot.platform.db, ada.id, scopes)).text,
    })
    const reads = await keyOf('syncs:read')
    expect((await call(backlot, reads, 'GET', `/v1/syncs/${id}`)).status).toBe(200)
    expect((await call(backlot, reads, 'POST', `/v1/syncs/${id}/run`)).error.code).toBe('INSUFFICIENT_SCOPE')
    expect((await call(backlot, reads, 'GET', `/v1/syncs/${id}/runs`)).error.code).toBe('INSUFFICIENT_SCOPE')
    expect((await create({}, await keyOf('syncs:create', 'syncs:read'))).error.code).toBe(
      'INSUFFICIENT_SCOPE',
    )
  })

  test('a sync whose owner was made a viewer does not run', async () => {
    const { id } = await begin('[{"id":1}]')
    await execute(sql`update users set role = 'viewer' where id = ${ada.id}`)
    await execute(sql`update syncs set next_run_at = now() where id = ${id}`)
    await startDueSyncs({ db: backlot.platform.db }, 100)
    expect(await ended(id)).toMatchObject({ status: 'failed', errorCode: 'SYNC_NOT_ALLOWED' })
  })
})

test('a repeated request is one sync', async () => {
  const body = { url: `${source.url}/again` }
  const headers = { 'idempotency-key': 'a' }
  const [first, second] = [await create(body, ada, headers), await create(body, ada, headers)]
  expect(second.data.id).toBe(first.data.id)
  expect(second.headers['idempotency-replayed']).toBe('true')
})

test.each([
  [{ url: 'ftp://example.com' }, 'url'],
  [{ url: 'https://user:secret@example.com' }, 'url'],
  [{ timing: { everyMinutes: 1 } }, 'timing'],
  [{ timing: { cron: '* * * * *' } }, 'timing'],
  [{ format: 'csv', pointer: '/data' }, 'pointer'],
  [{ pointer: 'data' }, 'pointer'],
  [{ keyColumns: [] }, 'keyColumns'],
  [{ headers: { Host: 'example.com' } }, 'headers'],
  [{ headers: { 'X-A': 'a\r\nb: c' } }, 'headers'],
])('%j is refused, by its field', async (body, field) => {
  const { status, error } = await create(body)
  expect([status, error.errors[0].path.split('.')[0]]).toEqual([422, field])
})

test('an address of a private network is refused when it is given, in whatever spelling', async () => {
  const env = { SECRET_KEY: backlot.config.secretKey }
  const strict = await startTestApp({ env, database: { url: backlot.databaseUrl } })
  const { id } = await begin('[{"id":1}]')
  const before = await show(id)
  const body = { name: 'Prices', format: 'json', keyColumns: ['id'], timing: later }
  for (const host of ['127.0.0.1', '0x7f.1', '169.254.169.254', '[::ffff:10.0.0.1]', 'localhost']) {
    const url = `http://${host}/latest`
    for (const [method, path] of [
      ['POST', '/v1/syncs'],
      ['PATCH', `/v1/syncs/${id}`],
    ] as const) {
      const given = method === 'POST' ? { ...body, url } : { url }
      const { status, error } = await call(strict, ada, method, path, { body: given })
      expect([status, error.errors[0].path, error.errors[0].code]).toEqual([422, 'url', 'private_address'])
    }
  }
  expect(await show(id)).toEqual(before)
  await strict.close()
})

test('the rows of a sync count for the quota of its owner', async () => {
  const admin = await signInAs(backlot, 'admin')
  const setting = '/v1/admin/settings/data.quotaRows'
  await begin('[{"id":1},{"id":2}]')
  const { id } = await begin('[{"id":1},{"id":2}]')
  expect((await call(backlot, admin, 'PUT', setting, { body: { value: 4 } })).status).toBeLessThan(300)
  source.has('[{"id":1},{"id":2},{"id":3}]')
  expect(await run(id)).toMatchObject({ status: 'failed', errorCode: 'QUOTA_EXCEEDED' })
  expect(await rowsOf(id)).toEqual([{ id: 1 }, { id: 2 }])
  await call(backlot, admin, 'DELETE', setting)
  expect(await run(id)).toMatchObject({ status: 'completed', added: 1 })
})

test('a user has twenty', async () => {
  const { id } = await begin('[{"id":1}]')
  await execute(sql`
    insert into syncs select (jsonb_populate_record(s, jsonb_build_object(
      'id', uuid_v7(), 'dataset_id', null, 'enabled', false))).*
    from syncs s, generate_series(1, 19) where s.id = ${id}`)
  const refused = await create()
  expect([refused.status, refused.error.code]).toEqual([409, 'TOO_MANY_SYNCS'])
})
