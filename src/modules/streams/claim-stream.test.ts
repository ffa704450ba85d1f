import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, signUp } from '../../../test/harness/client.ts'
import {
  addDestination,
  liveDeps,
  loseFor,
  makeProject,
  publish,
  startProcess,
  stopBeating,
} from '../../../test/harness/live-streams.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { setDestinationState, setDestinationStats } from '../projects/live-project.ts'
import { listLiveEvents } from './live-events.ts'
import { forgetProcess } from './live-processes.ts'
import { streams } from './streams.table.ts'

let backlot: TestApp
let deps: ReturnType<typeof liveDeps>

beforeAll(async () => {
  backlot = await startTestApp()
  deps = liveDeps(backlot)
})
afterAll(() => backlot.close())

const streamsOf = (projectId: string) =>
  deps.db.select().from(streams).where(eq(streams.projectId, projectId)).orderBy(streams.id)
const typesOf = async (projectId: string) =>
  (await listLiveEvents(deps.db, projectId, 0)).map(({ type }) => type)
const codesOf = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'ok' : result.reason.code)).toSorted()

test('of twenty who claim one key at the same time one gets a stream, and the project names it', async () => {
  const owner = await signUp(backlot)
  const { projectId, streamKey } = await makeProject(backlot, owner)
  const processes = await Promise.all(Array.from({ length: 20 }, () => startProcess(deps.db)))
  const claims = await Promise.allSettled(processes.map((id) => publish(deps, streamKey, id)))
  expect(codesOf(claims)).toEqual([...Array(19).fill('ALREADY_LIVE'), 'ok'])
  const winner = processes[claims.findIndex(({ status }) => status === 'fulfilled')]
  const open = await streamsOf(projectId)
  expect(open).toMatchObject([{ status: 'live', source: 'rtmp', processId: winner, encoder: 'obs' }])
  expect(await typesOf(projectId)).toEqual(['stream.live'])
  const { data } = await call(backlot, owner, 'GET', `/v1/projects/${projectId}`)
  expect(data).toMatchObject({ status: 'live', liveStreamId: open[0]?.id })
})

test('a user has no more streams at a time than he may, however they begin', async () => {
  const owner = await signUp(backlot)
  const keys = await Promise.all(Array.from({ length: 8 }, () => makeProject(backlot, owner)))
  const process = await startProcess(deps.db)
  const narrow = { ...deps, streamsPerUser: 3 }
  const claims = await Promise.allSettled(keys.map(({ streamKey }) => publish(narrow, streamKey, process)))
  expect(codesOf(claims)).toEqual([...Array(5).fill('TOO_MANY_STREAMS'), 'ok', 'ok', 'ok'])
  const open = await deps.db.select().from(streams).where(eq(streams.ownerId, owner.id))
  expect(open).toHaveLength(3)
})

test('a claim tells where the feed goes, and begins to count anew', async () => {
  const owner = await signUp(backlot)
  const { projectId, streamKey } = await makeProject(backlot, owner)
  const destinationId = await addDestination(backlot, owner, projectId)
  await setDestinationStats(deps.db, [{ destinationId, bytesSent: 9, bitrate: 9, droppedMessages: 9 }])
  const { targets, project } = await publish(deps, streamKey, await startProcess(deps.db))
  expect(targets).toMatchObject([{ id: destinationId, streamKey: 'sk-test', enabled: true }])
  expect(project).toMatchObject({ id: projectId, ownerId: owner.id, reconnectWindowSeconds: 60 })
  const { data } = await call(backlot, owner, 'GET', `/v1/destinations/${destinationId}`)
  expect(data).toMatchObject({ bytesSent: 0, bitrate: 0, droppedMessages: 0 })
})

test('an unknown key is refused, and one of a disabled user', async () => {
  const process = await startProcess(deps.db)
  const refusal = { status: 404, code: 'STREAM_KEY_UNKNOWN' }
  await expect(publish(deps, `live_${'a'.repeat(32)}`, process)).rejects.toMatchObject(refusal)
  const owner = await signUp(backlot)
  const { streamKey } = await makeProject(backlot, owner)
  const admin = await signInAs(backlot, 'admin')
  await call(backlot, { ...admin }, 'PATCH', `/v1/users/${owner.id}`, { body: { disabled: true } })
  await expect(publish(deps, streamKey, process)).rejects.toMatchObject(refusal)
})

describe('a stream goes on', () => {
  test('with another process when its own is gone, and says what became of its destinations', async () => {
    const owner = await signUp(backlot)
    const { projectId, streamKey } = await makeProject(backlot, owner)
    const destinationId = await addDestination(backlot, owner, projectId)
    const [first, second] = [await startProcess(deps.db), await startProcess(deps.db)]
    const { streamId } = await publish(deps, streamKey, first)
    const at = new Date()
    await setDestinationState(deps.db, { destinationId, projectId, state: 'broadcasting', at })
    await expect(publish(deps, streamKey, second)).rejects.toMatchObject({ status: 409 })
    await stopBeating(deps.db, first, 2)
    expect(await publish(deps, streamKey, second)).toMatchObject({ streamId, resumed: true })
    expect(await streamsOf(projectId)).toMatchObject([
      { processId: second, status: 'live', lostAt: null, reconnects: 1 },
    ])
    expect(await typesOf(projectId)).toEqual([
      'stream.live',
      'stream.reconnecting',
      'destination.reconnecting',
      'stream.live',
    ])
    const { data } = await call(backlot, owner, 'GET', `/v1/destinations/${destinationId}`)
    expect(data).toMatchObject({ state: 'reconnecting', stateMessage: 'The live process is gone.' })
  })

  test('with another process when its own has left in order', async () => {
    const { streamKey } = await makeProject(backlot, await signUp(backlot))
    const first = await startProcess(deps.db)
    const { streamId } = await publish(deps, streamKey, first)
    await forgetProcess(deps.db, first)
    const again = await publish(deps, streamKey, await startProcess(deps.db))
    expect(again).toMatchObject({ streamId, resumed: true })
  })

  test('when its publisher comes back, or another takes over in the same process', async () => {
    const { projectId, streamKey } = await makeProject(backlot, await signUp(backlot))
    const process = await startProcess(deps.db)
    const { streamId } = await publish(deps, streamKey, process)
    await loseFor(deps.db, streamId, 30)
    expect(await publish(deps, streamKey, process)).toMatchObject({ streamId, resumed: true })
    await expect(publish(deps, streamKey, process)).rejects.toMatchObject({ code: 'ALREADY_LIVE' })
    const over = { takesOver: true }
    expect(await publish(deps, streamKey, process, over)).toMatchObject({ streamId, resumed: true })
    const other = publish(deps, streamKey, await startProcess(deps.db), over)
    await expect(other).rejects.toMatchObject({ code: 'ALREADY_LIVE' })
    expect(await streamsOf(projectId)).toMatchObject([{ reconnects: 2, processId: process }])
  })

  test('in our own ingest when another server had it', async () => {
    const { projectId, streamKey } = await makeProject(backlot, await signUp(backlot))
    const { streamId } = await publish(deps, streamKey, null)
    const process = await startProcess(deps.db)
    expect(await publish(deps, streamKey, process)).toMatchObject({ streamId, resumed: true })
    expect(await streamsOf(projectId)).toMatchObject([{ source: 'rtmp', processId: process }])
    await expect(publish(deps, streamKey, null)).rejects.toMatchObject({ code: 'ALREADY_LIVE' })
  })
})

test('who comes back too late begins another stream, and the first one ends once', async () => {
  const { projectId, streamKey } = await makeProject(backlot, await signUp(backlot))
  const process = await startProcess(deps.db)
  const first = await publish(deps, streamKey, process)
  await loseFor(deps.db, first.streamId, 61)
  const claims = await Promise.allSettled(Array.from({ length: 5 }, () => publish(deps, streamKey, process)))
  expect(codesOf(claims)).toEqual([...Array(4).fill('ALREADY_LIVE'), 'ok'])
  expect(await streamsOf(projectId)).toMatchObject([
    { id: first.streamId, status: 'ended', endReason: 'publisher-lost' },
    { status: 'live', reconnects: 0, processId: process },
  ])
  expect(deps.ended.filter(({ id }) => id === first.streamId)).toHaveLength(1)
  expect(await typesOf(projectId)).toEqual(['stream.live', 'stream.ended', 'stream.live'])
})
