import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { liveDeps, makeProject, publish, startProcess } from '../../../test/harness/live-streams.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { appendEvents, eventChannel } from './live-events.ts'
import { recordChanges } from './stream-journal.ts'

let backlot: TestApp
let deps: ReturnType<typeof liveDeps>

beforeAll(async () => {
  backlot = await startTestApp()
  deps = liveDeps(backlot, 1_000)
})
afterAll(() => backlot.close())

type Told = { id: number; event: string; data: Record<string, unknown> }

const open = (who: Person, projectId: string, after?: number, signal?: AbortSignal) =>
  fetch(`${backlot.url}/v1/projects/${projectId}/events`, {
    headers: {
      authorization: `Bearer ${who.token}`,
      ...(after === undefined ? {} : { 'last-event-id': String(after) }),
    },
    ...(signal === undefined ? {} : { signal }),
  })

/** What comes after event `after`, until `count` were told; then the connection is closed. */
const follow = async (who: Person, projectId: string, count: number, after?: number): Promise<Told[]> => {
  const gone = new AbortController()
  const { body, status, headers } = await open(who, projectId, after, gone.signal)
  if (body === null || status !== 200) throw new Error(`Answered ${status}`)
  expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const told: Told[] = []
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const frames = (text + chunk).split('\n\n')
    text = frames.pop() ?? ''
    told.push(...frames.flatMap(readFrame))
    if (told.length >= count) break
  }
  gone.abort()
  return told
}

const readFrame = (frame: string): Told[] => {
  const [, id, event, data] = /^id: (\d+)\nevent: (.+)\ndata: (.+)$/.exec(frame) ?? []
  return id === undefined || event === undefined || data === undefined
    ? []
    : [{ id: Number(id), event, data: JSON.parse(data) }]
}

test('a project tells its events as they happen', async () => {
  const owner = await signUp(backlot)
  const { projectId, streamKey } = await makeProject(backlot, owner)
  const following = follow(owner, projectId, 3)
  const processId = await startProcess(deps.db)
  const { streamId } = await publish(deps, streamKey, processId)
  await recordChanges(deps, processId, projectId, streamId, [
    { kind: 'publisher-lost', reason: 'It left.', at: new Date() },
    { kind: 'ended', reason: 'unpublished', at: new Date() },
  ])
  const told = await following
  expect(told).toMatchObject([
    { id: 1, event: 'stream.live', data: { seq: 1, streamId, data: { status: 'live', projectId } } },
    { id: 2, event: 'stream.reconnecting', data: { data: { message: 'It left.' } } },
    { id: 3, event: 'stream.ended', data: { data: { reason: 'unpublished' } } },
  ])
  expect((await follow(owner, projectId, 1, 2)).map(({ id }) => id)).toEqual([3])
})

test('who comes back misses no event and hears none twice, while two connections append', {
  timeout: 30_000,
}, async () => {
  const owner = await signUp(backlot)
  const { projectId } = await makeProject(backlot, owner)
  const append = async (writer: string) => {
    for (let number = 0; number < 100; number += 1) {
      const events = Array.from({ length: 1 + (number % 3) }, (_, part) => ({
        type: 'stream.live' as const,
        data: { writer, number, part },
        at: new Date(),
      }))
      await deps.db.transaction((tx) => appendEvents(tx, { projectId, ownerId: owner.id }, events))
      deps.notifications.notify(eventChannel, projectId)
    }
  }
  const writing = Promise.all([append('a'), append('b')])
  const all = 2 * (34 * 1 + 33 * 2 + 33 * 3)
  const told: Told[] = []
  while (told.length < all) {
    const wanted = Math.min(60, all - told.length)
    const more = await follow(owner, projectId, wanted, told.at(-1)?.id)
    told.push(...more)
  }
  await writing
  expect(told.map(({ id }) => id)).toEqual(Array.from({ length: all }, (_, index) => index + 1))
  for (const writer of ['a', 'b']) {
    const own = told.flatMap(({ data }) => {
      const { writer: by, number, part } = data.data as { writer: string; number: number; part: number }
      return by === writer ? [number * 3 + part] : []
    })
    expect(own).toEqual(own.toSorted((one, other) => one - other))
  }
})

test('is for those only who may see the project, and ends with it', async () => {
  const owner = await signUp(backlot)
  const { projectId } = await makeProject(backlot, owner)
  expect((await open(await signUp(backlot), projectId)).status).toBe(404)
  const { body } = await open(owner, projectId)
  const ends = new Response(body).text()
  expect((await call(backlot, owner, 'DELETE', `/v1/projects/${projectId}`)).status).toBe(204)
  deps.notifications.notify(eventChannel, projectId)
  expect(await ends).toContain('retry: 1000')
})

test('a user has at most 50 of them open', async () => {
  const owner = await signUp(backlot)
  const { projectId } = await makeProject(backlot, owner)
  const gone = new AbortController()
  const all = await Promise.all(Array.from({ length: 51 }, () => open(owner, projectId, 0, gone.signal)))
  expect(all.map(({ status }) => status).toSorted()).toEqual([...Array(50).fill(200), 429])
  gone.abort()
})
