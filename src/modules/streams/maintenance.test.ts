import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import {
  addDestination,
  liveDeps,
  loseFor,
  makeProject,
  publish,
  startProcess,
  stopBeating,
} from '../../../test/harness/live-streams.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { keepExternalStream } from './external-streams.ts'
import { listLiveEvents } from './live-events.ts'
import { beat, deleteDeadProcesses } from './live-processes.ts'
import { deleteOldLiveHistory, endOverdueStreams, noticeLostProcesses } from './maintenance.ts'
import { recordChanges } from './stream-journal.ts'
import { findStream } from './streams.repository.ts'

let backlot: TestApp
let owner: Person
let deps: ReturnType<typeof liveDeps>

beforeAll(async () => {
  backlot = await startTestApp()
  deps = liveDeps(backlot, 1_000)
  owner = await signUp(backlot)
})
afterAll(() => backlot.close())

const goLive = async (processId: string | null, settings: object = {}) => {
  const { projectId, streamKey } = await makeProject(backlot, owner, settings)
  const { streamId } = await publish(deps, streamKey, processId)
  return {
    ...{ projectId, streamKey, streamId },
    stream: () => findStream(deps.db, streamId),
    types: async () => (await listLiveEvents(deps.db, projectId, 0)).map(({ type }) => type),
    timesEnded: () => deps.ended.filter(({ id }) => id === streamId).length,
  }
}
const age = (streamId: string, seconds: number) =>
  deps.db.execute(sql`
    update streams set updated_at = updated_at - ${seconds} * interval '1 second' where id = ${streamId}`)
const ageClaim = (projectId: string, seconds: number) =>
  deps.db.execute(sql`
    update live_events set created_at = created_at - ${seconds} * interval '1 second'
    where project_id = ${projectId}`)

test('streams of a process that is gone are noticed once, whoever looks', async () => {
  const process = await startProcess(deps.db)
  const alive = await startProcess(deps.db)
  const lost = await Promise.all(Array.from({ length: 8 }, () => goLive(process)))
  const other = await goLive(alive)
  const external = await goLive(null)
  expect(await noticeLostProcesses(deps)).toBe(0)
  await stopBeating(deps.db, process, 2)
  const noticed = await Promise.all(Array.from({ length: 5 }, () => noticeLostProcesses(deps)))
  expect(noticed.reduce((sum, count) => sum + count)).toBe(8)
  for (const live of lost) {
    expect(await live.stream()).toMatchObject({ status: 'reconnecting', processId: null })
    expect(await live.types()).toEqual(['stream.live', 'stream.reconnecting'])
  }
  expect(await other.stream()).toMatchObject({ status: 'live', processId: alive })
  expect(await external.stream()).toMatchObject({ status: 'live' })
})

test('a process that beats in time keeps its streams', async () => {
  const process = await startProcess(deps.db)
  const live = await goLive(process)
  await stopBeating(deps.db, process, 60)
  await beat(deps.db, { id: process, host: 'test' })
  expect(await noticeLostProcesses(deps)).toBe(0)
  expect(await live.stream()).toMatchObject({ status: 'live' })
})

describe('a stream without a publisher', () => {
  test("ends after its project's window, once, whoever looks", async () => {
    const settings = { reconnectWindowSeconds: 20 }
    const gone = await startProcess(deps.db)
    const due = await Promise.all(Array.from({ length: 6 }, () => goLive(gone, settings)))
    const waiting = await goLive(gone, { reconnectWindowSeconds: 120 })
    await stopBeating(deps.db, gone, 60)
    for (const { streamId } of due) await loseFor(deps.db, streamId, 21)
    await loseFor(deps.db, waiting.streamId, 21)
    const ended = await Promise.all(Array.from({ length: 4 }, () => endOverdueStreams(deps)))
    expect(ended.reduce((sum, count) => sum + count)).toBe(6)
    for (const live of due) {
      expect(await live.stream()).toMatchObject({ status: 'ended', endedAt: expect.any(Date) })
      expect(live.timesEnded()).toBe(1)
    }
    expect(await waiting.stream()).toMatchObject({ status: 'reconnecting' })
  })

  test('is left for ten more seconds to a process that is alive', async () => {
    const live = await goLive(await startProcess(deps.db), { reconnectWindowSeconds: 20 })
    await loseFor(deps.db, live.streamId, 25)
    expect(await endOverdueStreams(deps)).toBe(0)
    await loseFor(deps.db, live.streamId, 31)
    expect(await endOverdueStreams(deps)).toBe(1)
  })

  test('ends once when its own process ends it at the same time', async () => {
    const process = await startProcess(deps.db)
    const all = await Promise.all(Array.from({ length: 12 }, () => goLive(process)))
    for (const { streamId } of all) await loseFor(deps.db, streamId, 600)
    const [told] = await Promise.all([
      Promise.all(
        all.map(({ projectId, streamId }) =>
          recordChanges(deps, process, projectId, streamId, [
            { kind: 'ended', reason: 'unpublished', at: new Date() },
          ]),
        ),
      ),
      endOverdueStreams(deps),
      endOverdueStreams(deps),
    ])
    for (const [index, live] of all.entries()) {
      expect(live.timesEnded()).toBe(1)
      const byItsProcess = (await live.stream())?.endReason === 'unpublished'
      expect(byItsProcess).toBe(told[index])
      expect((await live.types()).filter((type) => type === 'stream.ended')).toHaveLength(1)
    }
  })

  test('lets its destinations rest when it ends, those that are not wanted as stopped', async () => {
    const live = await goLive(await startProcess(deps.db))
    const wanted = await addDestination(backlot, owner, live.projectId)
    const unwanted = await addDestination(backlot, owner, live.projectId)
    await call(backlot, owner, 'POST', `/v1/destinations/${unwanted}/stop`)
    await deps.db.execute(sql`
      update destinations set state = 'errored', state_code = 'X', bitrate = 5 where project_id = ${live.projectId}`)
    await loseFor(deps.db, live.streamId, 600)
    expect(await endOverdueStreams(deps)).toBe(1)
    const { data } = await call(backlot, owner, 'GET', `/v1/projects/${live.projectId}/destinations`)
    expect(data).toMatchObject([
      { id: wanted, state: 'idle', stateCode: null, bitrate: 0 },
      { id: unwanted, state: 'stopped', stateCode: null, bitrate: 0 },
    ])
  })
})

describe('a stream of another server', () => {
  test('ends after a day when that server never tells more', async () => {
    const live = await goLive(null)
    const almostADay = 24 * 3_600 - 60
    await ageClaim(live.projectId, almostADay)
    await age(live.streamId, almostADay)
    expect(await endOverdueStreams(deps)).toBe(0)
    await ageClaim(live.projectId, 120)
    await age(live.streamId, 120)
    expect(await endOverdueStreams(deps)).toBe(1)
  })

  test('ends 90 seconds after the last of its updates', async () => {
    const live = await goLive(null)
    await ageClaim(live.projectId, 600)
    expect(await keepExternalStream(deps, live.streamKey)).toBe(true)
    await age(live.streamId, 80)
    expect(await endOverdueStreams(deps)).toBe(0)
    await age(live.streamId, 20)
    expect(await endOverdueStreams(deps)).toBe(1)
    expect(await live.stream()).toMatchObject({ endReason: 'server-silent' })
    expect(await keepExternalStream(deps, live.streamKey)).toBe(false)
  })
})

test('one stream that cannot be ended does not keep others from ending', async () => {
  const process = await startProcess(deps.db)
  const all = await Promise.all(Array.from({ length: 3 }, () => goLive(process)))
  for (const { streamId } of all) await loseFor(deps.db, streamId, 600)
  const failing = all[1]?.streamId
  const picky = {
    ...deps,
    onEnded: async (_tx: unknown, { id }: { id: string }) => {
      if (id === failing) throw new Error('Not this one')
      return undefined
    },
  }
  await expect(endOverdueStreams(picky)).rejects.toThrow('1 streams could not be changed')
  const statuses = await Promise.all(all.map(async ({ stream }) => (await stream())?.status))
  expect(statuses).toEqual(['ended', 'reconnecting', 'ended'])
  expect(await endOverdueStreams(deps)).toBe(1)
})

test('what is old is forgotten, what is open is not', async () => {
  const process = await startProcess(deps.db)
  const [old, recent, open] = [await goLive(process), await goLive(process), await goLive(process)]
  for (const { projectId, streamId } of [old, recent]) {
    await recordChanges(deps, process, projectId, streamId, [
      { kind: 'ended', reason: 'unpublished', at: new Date() },
    ])
  }
  await deps.db.execute(sql`
    update streams set ended_at = now() - interval '91 days' where id = ${old.streamId}`)
  await ageClaim(old.projectId, 91 * 86_400)
  let removed = 0
  for (let done = 1; done > 0; removed += done) done = await deleteOldLiveHistory(deps.db, 90, 1)
  expect(removed).toBe(3)
  expect([await old.stream(), await old.types()]).toEqual([undefined, []])
  expect(await recent.stream()).toMatchObject({ status: 'ended' })
  expect(await open.stream()).toMatchObject({ status: 'live' })
  const dead = await startProcess(deps.db)
  await stopBeating(deps.db, dead, 2 * 86_400)
  expect(await deleteDeadProcesses(deps.db, 100)).toBe(1)
})
