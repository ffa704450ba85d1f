import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SourceServer, startSourceServer } from '../../../test/fakes/source-server.ts'
import { call } from '../../../test/harness/client.ts'
import { type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { syncsClient } from '../../../test/harness/syncs-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

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

const { asked, create, show, execute, run, firstRun, begin, rowsOf } = syncsClient(() => ({
  backlot,
  source,
  ada,
}))
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
    const other = await begin('[{"id":1,"v":"b"}]', { datasetId })
    expect(other.first).toMatchObject({ added: 0, changed: 1, removed: 0 })
    source.has('[{"id":1,"v":"b","more":1}]')
    expect(await run(other.id)).toMatchObject({ status: 'failed', errorCode: 'COLUMNS_DIFFER' })
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
    expect(await firstRun(data.id)).toMatchObject({ status: 'completed', added: 1 })
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
