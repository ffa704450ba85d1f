import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SourceServer, startSourceServer } from '../../../test/fakes/source-server.ts'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call } from '../../../test/harness/client.ts'
import { type SignedIn, signInAs } from '../../../test/harness/people.ts'
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

const later = { everyMinutes: 60 }
let created = 0
/** How the newest sync has asked, whatever others do meanwhile. */
const asked = () => source.asked.filter(({ path }) => path === `/${created}`)
const create = (body: object = {}, who = ada, headers: Record<string, string> = {}) => {
  const sync = { name: 'Prices', format: 'json', keyColumns: ['id'], timing: later }
  created += 1
  return call(backlot, who, 'POST', '/v1/syncs', {
    body: { url: `${source.url}/${created}`, ...sync, ...body },
    headers,
  })
}
const show = async (id: string) => (await call(backlot, ada, 'GET', `/v1/syncs/${id}`)).data
const runsOf = async (id: string) => (await call(backlot, ada, 'GET', `/v1/syncs/${id}/runs`)).data
const execute = (statement: ReturnType<typeof sql>) => backlot.platform.db.execute(statement)

/** The newest run, when it has ended. */
const ended = async (id: string) => {
  const newest = async () => (await runsOf(id))[0]
  await expect
    .poll(async () => (await newest())?.status, { timeout: 20_000, interval: 20 })
    .toMatch(/completed|failed|cancelled/)
  return newest()
}
const run = async (id: string) => {
  const { status, text } = await call(backlot, ada, 'POST', `/v1/syncs/${id}/run`)
  if (status !== 202) throw new Error(`Not run: ${text}`)
  return ended(id)
}
/** A sync whose first run, at its first turn, has ended. */
const begin = async (content: string, body: object = {}, type?: string) => {
  source.has(content, type)
  const { data, text, status } = await create({ ...body, timing: later })
  if (status !== 201) throw new Error(`Not added: ${text}`)
  await startDueSyncs({ db: backlot.platform.db }, 100)
  return { id: data.id as string, first: await ended(data.id) }
}
const rowsOf = async (id: string) => {
  const { datasetId } = await show(id)
  return (await call(backlot, ada, 'GET', `/v1/datasets/${datasetId}/rows?sort=id`)).data
}
const json = JSON.stringify
const notified = async () => (await call(backlot, ada, 'GET', '/v1/notifications')).data
/** The mails that tell the user of a sync that was disabled. */
const mails = () => {
  const mailbox = path.join(backlot.dataDir, 'mailbox')
  return readdirSync(mailbox)
    .map((name) => readFileSync(path.join(mailbox, name), 'utf8').replaceAll('=\r\n', ''))
    .filter((mail) => mail.includes(`To: ${ada.email}`) && mail.includes('Subject: A sync was disabled'))
}

describe('what changes in a source changes in the dataset, and is told', () => {
  test('rows that are added, changed and removed, exactly', async () => {
    const before = [
      { id: 1, name: 'Apple', price: 1.5 },
      { id: 2, name: 'Pear', price: 2 },
      { id: 3, name: 'Plum', price: null },
    ]
    const { id, first } = await begin(json(before))
    expect(first).toMatchObject({ trigger: 'schedule', status: 'completed', outcome: 'changed' })
    expect(first).toMatchObject({ rows: 3, added: 3, changed: 0, removed: 0, errorCode: null })
    expect(await rowsOf(id)).toEqual(before)

    const after = [
      { id: 4, name: 'Quince', price: 4 },
      { id: 2, name: 'Pear', price: 2.25 },
      { id: 1, name: 'Apple', price: 1.5 },
    ]
    source.has(json(after))
    const second = await run(id)
    expect(second).toMatchObject({
      trigger: 'request',
      outcome: 'changed',
      rows: 3,
      added: 1,
      changed: 1,
      removed: 1,
    })
    expect(second.sample).toEqual([
      { kind: 'added', key: { id: '4' }, before: null, after: { id: '4', name: 'Quince', price: '4' } },
      { kind: 'changed', key: { id: '2' }, before: { price: '2' }, after: { price: '2.25' } },
      { kind: 'removed', key: { id: '3' }, before: { id: '3', name: 'Plum', price: null }, after: null },
    ])
    expect(await rowsOf(id)).toEqual([after[2], after[1], after[0]])
    const dataset = (await call(backlot, ada, 'GET', `/v1/datasets/${(await show(id)).datasetId}`)).data
    expect(dataset).toMatchObject({ status: 'completed', rows: 3, name: 'Prices' })
    expect(readdirSync(path.join(backlot.dataDir, 'syncs'))).toEqual([])
  })

  test('nothing, when the source says so, and when it has the same rows', async () => {
    const { id } = await begin('[{"id":1,"v":"a"}]')
    expect(await run(id)).toMatchObject({ outcome: 'unchanged', rows: null, added: 0, bytes: 0 })
    expect(asked().at(-1)?.headers['if-none-match']).toBeTypeOf('string')
    source.has('[ {"v":"a","id":1} ]')
    expect(await run(id)).toMatchObject({
      outcome: 'unchanged',
      rows: 1,
      added: 0,
      changed: 0,
      removed: 0,
      sample: [],
    })
  })

  test('columns that come, go and change their kind', async () => {
    const { id } = await begin('[{"id":1,"v":1,"old":true}]')
    source.has('[{"id":1,"v":"many","new":{"a":[1]}},{"id":2,"v":null,"new":null}]')
    expect(await run(id)).toMatchObject({ added: 1, changed: 1, removed: 0 })
    expect(await rowsOf(id)).toEqual([
      { id: 1, v: 'many', new: { a: [1] } },
      { id: 2, v: null, new: null },
    ])
    // Whole numbers have room in what is text by now, and what stays the same is no change.
    source.has('[{"id":1,"v":7,"new":{"a":[1]}},{"id":2,"v":null,"new":null}]')
    expect(await run(id)).toMatchObject({ added: 0, changed: 1, removed: 0 })
    expect((await rowsOf(id))[0]).toEqual({ id: 1, v: '7', new: { a: [1] } })
  })

  test('csv, lines of JSON, a pointer, and a key of two columns named as the source names them', async () => {
    const csv = await begin('Region;Item No;Price\nN;1;2,5\nS;1;3\n', {
      ...{ format: 'csv', keyColumns: ['Region', 'Item No'] },
    })
    expect(csv.first).toMatchObject({ status: 'completed', added: 2 })
    source.has('Region;Item No;Price\nN;1;2,5\nS;2;3\n')
    expect(await run(csv.id)).toMatchObject({ added: 1, changed: 0, removed: 1 })
    const lines = await begin('{"id":"a"}\n{"id":"b"}\n', { format: 'ndjson' })
    expect(lines.first).toMatchObject({ added: 2 })
    const nested = await begin('{"next":null,"data":{"items":[{"id":1}]}}', { pointer: '/data/items' })
    expect(nested.first).toMatchObject({ added: 1 })
  })

  test('in an uploaded dataset, whose columns stay', async () => {
    const { id } = await begin('[{"id":1,"v":"a"}]')
    const { datasetId } = await show(id)
    await call(backlot, ada, 'DELETE', `/v1/syncs/${id}`)
    source.has('[{"id":1,"v":"b"}]')
    const other = await create({ datasetId })
    expect(await run(other.data.id)).toMatchObject({ added: 0, changed: 1, removed: 0 })
    source.has('[{"id":1,"v":"b","more":1}]')
    expect(await run(other.data.id)).toMatchObject({ status: 'failed', errorCode: 'COLUMNS_DIFFER' })
    expect((await create({ datasetId })).error.code).toBe('DATASET_HAS_SYNC')
  })
})

describe('a source that is wrong changes nothing', () => {
  test('whatever is wrong with it', { timeout: 60_000 }, async () => {
    const { id } = await begin('[{"id":5}]')
    const wrong = [
      ['[]', 'FILE_NOT_READABLE'],
      ['[{"id":1},{"id":1}]', 'KEY_NOT_UNIQUE'],
      ['[{"id":1},{"id":null}]', 'KEY_MISSING'],
      ['[{"name":"a"}]', 'KEY_MISSING'],
      ['[{"id":1},7]', 'SOURCE_ROWS_NOT_READABLE'],
      ['[{"id":1}', 'FILE_NOT_READABLE'],
      ['{"a":[{"id":1}],"b":[{"id":1}]}', 'SOURCE_NOT_ONE_TABLE'],
    ] as const
    for (const [content, errorCode] of wrong) {
      source.has(content)
      const failed = { status: 'failed', errorCode, outcome: null, added: null }
      expect(await run(id), content).toMatchObject(failed)
    }
    expect(await rowsOf(id)).toEqual([{ id: 5 }])
    expect(await show(id)).toMatchObject({ consecutiveFailures: wrong.length, enabled: true })
  })

  test('nor does a table of names without rows', async () => {
    const { id } = await begin('id\n5\n', { format: 'csv' })
    source.has('id\n')
    expect(await run(id)).toMatchObject({ errorCode: 'SOURCE_EMPTY' })
    expect(await rowsOf(id)).toEqual([{ id: 5 }])
  })

  test('one that is away for a while is asked again when it said so', async () => {
    let asked = 0
    source.answer = (response) => {
      asked += 1
      if (asked === 1) response.writeHead(429, { 'retry-after': '1' }).end()
      else response.end('[{"id":1}]')
    }
    const { data } = await create()
    const startedAt = performance.now()
    expect(await run(data.id)).toMatchObject({ status: 'completed', added: 1 })
    expect(asked).toBe(2)
    expect(performance.now() - startedAt).toBeGreaterThan(900)
  })

  test('one that fails again and again is disabled, which its owner is told, sees and undoes', async () => {
    const { id } = await begin('[{"id":1}]', { url: `${source.url}/a-secret-path` })
    source.answer = (response) => void response.writeHead(403).end()
    await execute(sql`update syncs set consecutive_failures = 8 where id = ${id}`)
    await run(id)
    expect(await show(id)).toMatchObject({ enabled: true, consecutiveFailures: 9 })
    expect(await notified()).toEqual([])
    await run(id)
    const disabled = await show(id)
    expect(disabled).toMatchObject({ enabled: false, nextRunAt: null, consecutiveFailures: 10 })
    const reason = 'The last 10 runs failed: The source answered 403.'
    expect(disabled.disabledReason).toBe(reason)
    expect(await notified()).toMatchObject([{ type: 'sync.disabled', data: { syncId: id, reason } }])
    await expect.poll(mails).toHaveLength(1)
    const [mail] = mails()
    for (const fact of ['Prices', new URL(source.url).host, reason]) expect(mail).toContain(fact)
    expect(mail).not.toContain('a-secret-path')
    expect((await call(backlot, ada, 'POST', `/v1/syncs/${id}/run`)).error.code).toBe('SYNC_DISABLED')
    const body = { enabled: true }
    const enabled = (await call(backlot, ada, 'PATCH', `/v1/syncs/${id}`, { body })).data
    expect(enabled).toMatchObject({ enabled: true, disabledReason: null, consecutiveFailures: 0 })
  })

  test('a dataset that was deleted is not made again: its sync is disabled, also when nothing is new', async () => {
    const { id } = await begin('[{"id":1}]')
    await call(backlot, ada, 'DELETE', `/v1/datasets/${(await show(id)).datasetId}`)
    expect(await run(id)).toMatchObject({ status: 'failed', errorCode: 'DATASET_DELETED' })
    expect(await show(id)).toMatchObject({ enabled: false, disabledReason: 'Its dataset was deleted.' })
    expect(await notified()).toMatchObject([
      { type: 'sync.disabled', data: { reason: 'Its dataset was deleted.' } },
    ])
    await expect.poll(mails).toHaveLength(1)
  })
})

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
