import { drizzle } from 'drizzle-orm/node-postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import {
  addDestination,
  liveDeps,
  makeProject,
  publish,
  startProcess,
} from '../../../test/harness/live-streams.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { recordChanges } from './stream-journal.ts'
import { listRelays } from './streams.service.ts'

let backlot: TestApp
let deps: ReturnType<typeof liveDeps>
let processId: string

beforeAll(async () => {
  backlot = await startTestApp()
  deps = liveDeps(backlot, 1_000)
  processId = await startProcess(deps.db)
})
afterAll(() => backlot.close())

const goLive = async (owner: Person) => {
  const { projectId, streamKey } = await makeProject(backlot, owner)
  const { streamId } = await publish(deps, streamKey, processId)
  const end = () =>
    recordChanges(deps, processId, projectId, streamId, [
      { kind: 'ended', reason: 'unpublished', at: new Date() },
    ])
  return { projectId, streamKey, streamId, end }
}
const get = (who: Person | undefined, url: string) => call(backlot, who, 'GET', url)

test('a project lists its streams, newest first, page by page', async () => {
  const owner = await signUp(backlot)
  const { projectId, streamKey, streamId, end } = await goLive(owner)
  await end()
  const { streamId: second } = await publish(deps, streamKey, processId)
  const url = `/v1/projects/${projectId}/streams`
  const first = await get(owner, `${url}?limit=1&total=true`)
  expect(first.data).toMatchObject([{ id: second, status: 'live', endedAt: null, encoder: 'obs' }])
  expect(first.json.page.total).toBe(2)
  const next = await get(owner, `${url}?limit=1&cursor=${first.json.page.nextCursor}`)
  expect(next.data).toMatchObject([{ id: streamId, status: 'ended', endReason: 'unpublished' }])
  expect(next.json.page.nextCursor).toBe(null)
  expect((await get(owner, `${url}?status=ended`)).data.map(({ id }: { id: string }) => id)).toEqual([
    streamId,
  ])
  const eve = await signUp(backlot)
  expect((await get(eve, url)).status).toBe(404)
  expect((await get(eve, `/v1/streams/${streamId}`)).status).toBe(404)
  expect((await get(owner, `/v1/streams/${streamId}`)).data).toMatchObject({
    ...{ id: streamId, projectId, ownerId: owner.id, source: 'rtmp', reconnects: 0 },
    recording: { status: 'off', message: null, fileId: null, jobId: null },
  })
})

test("a stream's events are listed oldest first, page by page, and no other stream's", async () => {
  const owner = await signUp(backlot)
  const { streamKey, streamId, end } = await goLive(owner)
  await end()
  await publish(deps, streamKey, processId)
  const url = `/v1/streams/${streamId}/events`
  const first = await get(owner, `${url}?limit=1&total=true`)
  expect(first.data).toMatchObject([{ seq: 1, type: 'stream.live', streamId, data: { project: 'A show' } }])
  expect(first.json.page.total).toBe(2)
  const next = await get(owner, `${url}?limit=1&cursor=${first.json.page.nextCursor}`)
  expect(next.data).toMatchObject([{ seq: 2, type: 'stream.ended', streamId }])
  expect(next.json.page.nextCursor).toBe(null)
  expect((await get(owner, `${url}?cursor=bm8`)).status).toBe(422)
})

describe('relays', () => {
  test('are the open streams with their destinations, for each who may see them', async () => {
    const [ada, eve] = [await signUp(backlot), await signUp(backlot)]
    const manager = { ...(await signInAs(backlot, 'manager')) }
    const [first, second] = [await goLive(ada), await goLive(ada)]
    const [ended, theirs] = [await goLive(ada), await goLive(eve)]
    await ended.end()
    const one = await addDestination(backlot, ada, first.projectId, { streamKey: 'secret-of-ada' })
    const two = await addDestination(backlot, ada, first.projectId)
    const { data, text } = await get(ada, '/v1/relays')
    expect(data).toMatchObject([
      { id: second.streamId, destinations: [] },
      { id: first.streamId, status: 'live', destinations: [{ id: one, state: 'idle' }, { id: two }] },
    ])
    expect(text).not.toContain('secret-of-ada')
    expect((await get(eve, '/v1/relays')).data).toMatchObject([{ id: theirs.streamId }])
    expect((await get(eve, `/v1/relays?ownerId=${ada.id}`)).status).toBe(403)
    expect((await get(manager, `/v1/relays?ownerId=${ada.id}`)).data).toHaveLength(2)
    const page = await get(manager, '/v1/relays?limit=2&total=true')
    expect([page.data.length, page.json.page.total >= 3]).toEqual([2, true])
  })

  test('cost as many queries for twenty as for one', async () => {
    const owner = await signUp(backlot)
    const actor = { userId: owner.id, role: 'user' as const, sessionId: owner.id }
    const statements: string[] = []
    const logger = { logQuery: (statement: string) => statements.push(statement) }
    const readDb = drizzle({ client: backlot.platform.database.pool, logger })
    const list = async () => {
      const { data } = await listRelays({ readDb }, actor, { limit: 100, total: false })
      return [data.length, statements.splice(0).length]
    }
    const { projectId } = await goLive(owner)
    await addDestination(backlot, owner, projectId)
    expect(await list()).toEqual([1, 2])
    for (let made = 0; made < 19; made += 1) await goLive(owner)
    expect(await list()).toEqual([20, 2])
  })
})

test('a project that is deleted while live ends its stream, and the webhooks of its owner hear of it', async () => {
  const owner = await signUp(backlot)
  const hook = { url: 'https://example.com/hook', events: ['stream.*', 'recording.*'] }
  const { id: webhookId } = (await call(backlot, owner, 'POST', '/v1/webhooks', { body: hook })).data
  const { projectId, streamId } = await goLive(owner)
  await recordChanges(deps, processId, projectId, streamId, [
    { kind: 'recording', status: 'recording', at: new Date() },
  ])
  expect((await call(backlot, owner, 'DELETE', `/v1/projects/${projectId}`)).status).toBe(204)
  const { data } = await get(owner, `/v1/webhooks/${webhookId}/deliveries`)
  expect(data.map(({ eventType }: { eventType: string }) => eventType)).toEqual([
    'stream.ended',
    'recording.started',
    'stream.live',
  ])
  expect((await get(owner, `/v1/streams/${streamId}`)).status).toBe(404)
})
