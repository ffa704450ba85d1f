import { desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signUp } from '../../../test/harness/client.ts'
import { liveDeps, makeProject, publish, startProcess } from '../../../test/harness/live-streams.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { streams } from './streams.table.ts'

let backlot: TestApp
let deps: ReturnType<typeof liveDeps>

beforeAll(async () => {
  // The server in front stands on this machine, and tests are many publishers behind many servers.
  backlot = await startTestApp({ env: { TRUST_PROXY: '127.0.0.1' } })
  deps = liveDeps(backlot, 1_000)
})
afterAll(() => backlot.close())

type Told = { call?: string; addr?: string; args?: string; server?: string }

/** As nginx-rtmp-module 1.2 writes it: `args` is what the publisher wrote behind the name, as it is. */
const formOf = (name: string, { call = 'publish', addr = '198.51.100.9', args = '' }: Told) =>
  `app=live&flashver=FMLE/3.0%20(compatible%3B%20FMSc/1.0)&swfurl=&tcurl=rtmp://192.0.2.1/live&pageurl=` +
  `&addr=${addr}&clientid=17&call=${call}&name=${name}&type=live${args}`

const tell = async (hook: string, name: string, told: Told = {}) => {
  const response = await backlot.app.inject({
    method: 'POST',
    url: `/streams/${hook}`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-forwarded-for': told.server ?? '192.0.2.80',
    },
    payload: formOf(name, told),
  })
  return { status: response.statusCode, text: response.body, headers: response.headers }
}

const newProject = async () => {
  const owner = await signUp(backlot)
  const { projectId, streamKey } = await makeProject(backlot, owner)
  const latest = async () => {
    const query = deps.db.select().from(streams).where(eq(streams.projectId, projectId))
    return (await query.orderBy(desc(streams.id)).limit(1))[0]
  }
  return { streamKey, latest }
}

test('a server in front begins a stream, keeps it and ends it', async () => {
  const { streamKey, latest } = await newProject()
  expect((await tell('on_publish', streamKey)).status).toBe(204)
  const begun = await latest()
  expect(begun).toMatchObject({
    ...{ source: 'external', status: 'live', processId: null, publisherAddress: '198.51.100.9' },
    encoder: 'FMLE/3.0 (compatible; FMSc/1.0)',
  })
  expect((await tell('on_update', streamKey, { call: 'update_publish' })).status).toBe(204)
  const kept = await latest()
  expect(kept?.updatedAt.getTime()).toBeGreaterThan(begun?.updatedAt.getTime() ?? Infinity)
  expect((await tell('on_update', streamKey, { call: 'update_play' })).status).toBe(204)
  expect((await latest())?.updatedAt).toEqual(kept?.updatedAt)
  expect((await tell('on_publish_done', streamKey, { call: 'publish_done' })).status).toBe(204)
  expect(await latest()).toMatchObject({ id: begun?.id, status: 'ended' })
  expect((await tell('on_update', streamKey, { call: 'update_publish' })).status).toBe(403)
})

test('a second publisher is turned away while the server tells that the first is there', async () => {
  const { streamKey, latest } = await newProject()
  await tell('on_publish', streamKey)
  // Nothing was told since: the first one may be gone without a word.
  expect((await tell('on_publish', streamKey, { addr: '198.51.100.10' })).status).toBe(204)
  const begun = await latest()
  expect(begun).toMatchObject({ publisherAddress: '198.51.100.10', reconnects: 1 })
  await deps.db.execute(sql`
    update live_events set created_at = created_at - interval '10 seconds' where stream_id = ${begun?.id}`)
  expect((await tell('on_update', streamKey, { call: 'update_publish' })).status).toBe(204)
  expect((await tell('on_publish', streamKey)).status).toBe(403)
  expect(await latest()).toMatchObject({ status: 'live', publisherAddress: '198.51.100.10', reconnects: 1 })
  expect((await tell('on_publish_done', streamKey)).status).toBe(204)
  expect(await latest()).toMatchObject({ id: begun?.id, status: 'ended' })
})

test('what a publisher writes behind the name of its stream changes nothing', async () => {
  const [mine, other] = [await newProject(), await newProject()]
  const args = `&name=${other.streamKey}&addr=203.0.113.1`
  expect((await tell('on_publish', mine.streamKey, { args })).status).toBe(204)
  expect(await mine.latest()).toMatchObject({ status: 'live', publisherAddress: '198.51.100.9' })
  expect(await other.latest()).toBeUndefined()
})

test('a stream that our own ingest has is neither taken nor ended', async () => {
  const { streamKey, latest } = await newProject()
  const processId = await startProcess(deps.db)
  await publish(deps, streamKey, processId)
  const refused = await tell('on_publish', streamKey)
  expect([refused.status, refused.text.includes('ALREADY_LIVE')]).toEqual([403, true])
  expect((await tell('on_publish_done', streamKey)).status).toBe(204)
  expect((await tell('on_update', streamKey)).status).toBe(204)
  expect(await latest()).toMatchObject({ status: 'live', source: 'rtmp', processId })
})

test('JSON is understood as well', async () => {
  const { streamKey, latest } = await newProject()
  const payload = { call: 'publish', name: streamKey, addr: '198.51.100.9' }
  const { statusCode } = await backlot.app.inject({ method: 'POST', url: '/v1/streams/on_publish', payload })
  expect([statusCode, (await latest())?.source]).toEqual([204, 'external'])
})

test('wrong keys are slowed down for their publisher, and right ones never', async () => {
  const { streamKey } = await newProject()
  const wrong = `live_${'x'.repeat(32)}`
  const statuses = []
  for (let guess = 0; guess < 12; guess += 1) {
    statuses.push((await tell('on_publish', wrong, { addr: '198.51.100.66' })).status)
  }
  expect(statuses).toEqual([...Array(10).fill(403), 429, 429])
  expect((await tell('on_publish', streamKey, { addr: '198.51.100.66' })).status).toBe(429)
  for (let time = 0; time < 15; time += 1) expect((await tell('on_publish', streamKey)).status).toBe(204)
})

test('a server that tells of ever other publishers is slowed down too', async () => {
  const guesses = Array.from({ length: 1_100 }, (_, guess) => {
    const addr = `10.${guess % 250}.${Math.trunc(guess / 250)}.1`
    return tell('on_publish', 'no-key', { addr, server: '192.0.2.81' })
  })
  const statuses = (await Promise.all(guesses)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 403).length).toBeGreaterThanOrEqual(1_000)
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0)
})

test('a body that is too long, or tells no name, is refused', async () => {
  const args = `&more=${'x'.repeat(17_000)}`
  expect((await tell('on_publish', 'live_key', { args })).status).toBe(413)
  expect((await tell('on_publish', '')).status).toBe(422)
  expect((await tell('on_publish', 'x'.repeat(201))).status).toBe(422)
})
