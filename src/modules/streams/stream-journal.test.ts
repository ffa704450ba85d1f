import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import {
  addDestination,
  liveDeps,
  makeProject,
  publish,
  startProcess,
  stopBeating,
} from '../../../test/harness/live-streams.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { listLiveEvents } from './live-events.ts'
import { noticeLostProcesses } from './maintenance.ts'
import { type LiveChange, recordChanges, writeStats } from './stream-journal.ts'
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

/** A live stream with one destination. */
const goLive = async () => {
  const { projectId, streamKey } = await makeProject(backlot, owner)
  const destinationId = await addDestination(backlot, owner, projectId)
  const processId = await startProcess(deps.db)
  const { streamId } = await publish(deps, streamKey, processId)
  return {
    ...{ projectId, streamKey, destinationId, processId, streamId },
    record: (changes: LiveChange[], by = processId) => recordChanges(deps, by, projectId, streamId, changes),
    stream: () => findStream(deps.db, streamId),
    events: () => listLiveEvents(deps.db, projectId, 0),
    destination: async () => (await call(backlot, owner, 'GET', `/v1/destinations/${destinationId}`)).data,
  }
}

const now = () => new Date()

test('what a process tells is stored, numbered and told on, in its order', async () => {
  const live = await goLive()
  const about = { kind: 'destination' as const, destinationId: live.destinationId, name: 'Kick' }
  const told = await live.record([
    { kind: 'media', media: { videoCodec: 'h264', width: 1920, height: 1080, frameRate: 60 }, at: now() },
    { ...about, state: 'connecting', at: now() },
    { ...about, state: 'broadcasting', at: now() },
    { kind: 'recording', status: 'recording', at: now() },
    { ...about, state: 'errored', code: 'REFUSED', message: 'x'.repeat(600), at: now() },
    { kind: 'publisher-lost', reason: 'The connection broke.', at: now() },
  ])
  expect(told).toBe(true)
  expect(await live.stream()).toMatchObject({
    ...{ videoCodec: 'h264', width: 1920, height: 1080, frameRate: 60 },
    ...{ recordingStatus: 'recording', status: 'reconnecting', lostAt: expect.any(Date) },
  })
  const [, ...events] = await live.events()
  const { projectId, streamId, destinationId } = live
  expect(events).toMatchObject([
    { seq: 2, type: 'destination.connecting', destinationId, data: { name: 'Kick', destinationId } },
    { seq: 3, type: 'destination.broadcasting' },
    { seq: 4, type: 'recording.started', data: { projectId, streamId, status: 'recording' } },
    { seq: 5, type: 'destination.errored', data: { code: 'REFUSED', message: 'x'.repeat(500) } },
    { seq: 6, type: 'stream.reconnecting', streamId, data: { message: 'The connection broke.' } },
  ])
  expect(await live.destination()).toMatchObject({ state: 'errored', stateCode: 'REFUSED' })
})

test('a wrong clock of a process does not reach the database: only how long ago it was counts', async () => {
  const live = await goLive()
  const realNow = Date.now
  const anHourBehind = 3_600_000
  Date.now = () => realNow() - anHourBehind
  const lostAt = new Date(Date.now() - 5_000)
  const told = live.record([{ kind: 'publisher-lost', reason: 'gone', at: lostAt }])
  await told.finally(() => {
    Date.now = realNow
  })
  const stream = await live.stream()
  const ago = Date.now() - (stream?.lostAt?.getTime() ?? 0)
  expect(ago).toBeGreaterThanOrEqual(4_500)
  expect(ago).toBeLessThan(10_000)
})

test('a destination of another project is left alone', async () => {
  const [live, other] = [await goLive(), await goLive()]
  const { destinationId } = other
  const change = { kind: 'destination', destinationId, name: 'Theirs', state: 'errored', at: now() } as const
  expect(await live.record([change])).toBe(true)
  expect((await other.destination()).state).toBe('idle')
  expect(await live.events()).toHaveLength(1)
})

describe('the end', () => {
  test('lets everything rest, and is told with what the stream was', async () => {
    const live = await goLive()
    const about = { kind: 'destination' as const, destinationId: live.destinationId, name: 'Kick' }
    const counts = { destinationId: live.destinationId, bytesSent: 70, bitrate: 60, droppedMessages: 1 }
    await live.record([{ ...about, state: 'broadcasting', at: now() }])
    const stats = { streamId: live.streamId, bitrate: 500, bytesReceived: 4_000, destinations: [counts] }
    expect(await writeStats(deps.db, live.processId, [stats])).toEqual([])
    await writeStats(deps.db, live.processId, [{ ...stats, bitrate: 300 }])
    expect(await live.stream()).toMatchObject({ bitrate: 300, peakBitrate: 500, bytesReceived: 4_000 })
    expect(await live.destination()).toMatchObject({ bytesSent: 70, bitrate: 60, droppedMessages: 1 })
    expect(await live.record([{ kind: 'ended', reason: 'unpublished', at: now() }])).toBe(true)
    expect(await live.stream()).toMatchObject({
      ...{ status: 'ended', endReason: 'unpublished', bitrate: 0, recordingStatus: 'off' },
    })
    expect(await live.destination()).toMatchObject({ state: 'idle', bitrate: 0, bytesSent: 70 })
    expect((await live.events()).at(-1)).toMatchObject({
      type: 'stream.ended',
      data: { reason: 'unpublished', bytesReceived: 4_000, peakBitrate: 500 },
    })
    const { data } = await call(backlot, owner, 'GET', `/v1/projects/${live.projectId}`)
    expect(data).toMatchObject({ status: 'idle', liveStreamId: null })
    expect(deps.ended.filter(({ id }) => id === live.streamId)).toHaveLength(1)
  })

  test('hands on what was recorded, even by a recording that failed midway', async () => {
    const [whole, broken] = [await goLive(), await goLive()]
    await whole.record([{ kind: 'recording', status: 'recording', at: now() }])
    await whole.record([{ kind: 'ended', reason: 'unpublished', at: now() }])
    await broken.record([
      { kind: 'recording', status: 'failed', message: 'The disk is full.', at: now() },
      { kind: 'ended', reason: 'unpublished', hasRecording: true, at: now() },
    ])
    for (const live of [whole, broken]) {
      expect(await live.stream()).toMatchObject({ recordingStatus: 'processing' })
      expect((await live.events()).at(-1)?.type).toBe('recording.processing')
      const [ended, ...more] = deps.ended.filter(({ id }) => id === live.streamId)
      expect([ended?.recordingStatus, more]).toEqual(['processing', []])
    }
  })

  test('comes whole or not at all', async () => {
    const live = await goLive()
    const failing = { ...deps, onEnded: () => Promise.reject(new Error('No job today')) }
    const { processId, projectId, streamId } = live
    const end = recordChanges(failing, processId, projectId, streamId, [
      { kind: 'ended', reason: 'unpublished', at: now() },
    ])
    await expect(end).rejects.toThrow('No job today')
    expect(await live.stream()).toMatchObject({ status: 'live', endedAt: null })
    expect(await live.events()).toHaveLength(1)
  })
})

test('a process that lost its stream writes nothing more', async () => {
  const live = await goLive()
  await stopBeating(deps.db, live.processId, 5)
  expect(await noticeLostProcesses(deps)).toBe(1)
  const { streamId, destinationId } = live
  const noticed = await live.stream()
  expect(noticed).toMatchObject({ status: 'reconnecting', processId: null })
  expect(Date.now() - (noticed?.lostAt?.getTime() ?? 0)).toBeGreaterThanOrEqual(5_000)
  const second = await startProcess(deps.db)
  expect(await publish(deps, live.streamKey, second)).toMatchObject({ streamId, resumed: true })
  const [before, told] = [await live.stream(), await live.events()]
  const about = { kind: 'destination' as const, destinationId, name: 'Kick' }
  for (const change of [
    { ...about, state: 'broadcasting', at: now() },
    { kind: 'media', media: { width: 1 }, at: now() },
    { kind: 'publisher-lost', reason: 'unpublished', at: now() },
    { kind: 'recording', status: 'failed', at: now() },
    { kind: 'ended', reason: 'unpublished', at: now() },
  ] as const) {
    expect(await live.record([change])).toBe(false)
  }
  const counts = { destinationId, bytesSent: 1, bitrate: 1, droppedMessages: 1 }
  const stats = [{ streamId, bitrate: 1, bytesReceived: 1, destinations: [counts] }]
  expect(await writeStats(deps.db, live.processId, stats)).toEqual([streamId])
  expect(await live.stream()).toEqual(before)
  expect(await live.events()).toEqual(told)
  expect(await live.destination()).toMatchObject({ state: 'idle', bytesSent: 0 })
  expect(await live.record([{ ...about, state: 'connecting', at: now() }], second)).toBe(true)
})

test('a deleted project takes its stream with it, while its process writes', async () => {
  const live = await goLive()
  const counts = { destinationId: live.destinationId, bytesSent: 1, bitrate: 1, droppedMessages: 1 }
  const stats = [{ streamId: live.streamId, bitrate: 1, bytesReceived: 1, destinations: [counts] }]
  const writing = Array.from({ length: 20 }, async (_, index) =>
    index % 2 === 0
      ? live.record([{ kind: 'media', media: { width: index }, at: now() }])
      : writeStats(deps.db, live.processId, stats),
  )
  const deleted = call(backlot, owner, 'DELETE', `/v1/projects/${live.projectId}`)
  await Promise.allSettled(writing)
  expect((await deleted).status).toBe(204)
  expect(await live.record([{ kind: 'ended', reason: 'unpublished', at: now() }])).toBe(false)
  expect(await writeStats(deps.db, live.processId, stats)).toEqual([live.streamId])
})
