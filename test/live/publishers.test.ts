import { afterAll, beforeAll, test } from 'vitest'
import { call } from '../harness/client.ts'
import { FlvPublisher } from '../harness/flv-publisher.ts'
import { Show, startLiveApp, untilPassed } from '../harness/live-app.ts'
import { signInAs } from '../harness/people.ts'
import { publishFile } from '../harness/publisher.ts'
import { provideRtmpServer } from '../harness/rtmp-server.ts'
import { RtmpSink } from '../harness/rtmp-sink.ts'
import { stampClockMs } from '../harness/send-stamp.ts'
import { SteadyEnds } from '../harness/steady-ends.ts'
import type { TestApp } from '../harness/test-app.ts'

const promptMs = 1_000

const hasNginx = await provideRtmpServer()
const shown = test.skipIf(!hasNginx).concurrent
const opened = new AsyncDisposableStack()
let backlot: TestApp
let steady: SteadyEnds
let sink: RtmpSink
let sinkUrl: string

beforeAll(async () => {
  backlot = opened.adopt(await startLiveApp(), (app) => app.close())
  sink = opened.adopt(await RtmpSink.start(), (started) => started.stop())
  sinkUrl = await sink.open()
  if (hasNginx) steady = opened.adopt(await SteadyEnds.start(), (ends) => ends.stop())
})
afterAll(() => opened.disposeAsync())

/** A show that ffmpeg publishes, on at A and C and at the sink. */
const startShow = async (name: string, settings: object = {}) => {
  const destinations = { ...steady.destinations(name), sink: { url: sinkUrl, streamKey: name } }
  const show = opened.adopt(await Show.open(backlot, { destinations, settings }), (open) => open.close())
  const publisher = publish(show)
  const sinceMs = await steady.untilBroadcasting(show)
  const live = await show.until('stream.live')
  await show.until('destination.broadcasting', { of: 'sink' })
  return { show, publisher, sinceMs, streamId: live.streamId }
}

const publish = ({ ingest }: Show) => publishFile(ingest, steady.film, { loops: false })

shown('a publisher that drops out for 20 s is awaited', { timeout: 45_000 }, async ({ expect }) => {
  const { show, publisher, streamId } = await startShow('dropped')
  await untilPassed(3_000)
  const lost = show.now()
  await publisher.kill()
  const told = await show.delayUntil('stream.reconnecting', lost)
  expect(steady.note('publisher killed: stream reconnecting', told)).toBeLessThan(promptMs)
  await untilPassed(20_000)
  const back = show.now()
  const next = publish(show)
  const live = await show.until('stream.live', { since: back })
  expect(live).toMatchObject({ streamId, data: { resumed: true } })
  steady.note('publisher started: stream live', live.seenAtMs - back.atMs)
  await untilPassed(3_000)
  await next.stop()
  await show.until('stream.ended')
  for (const pauseMs of await steady.pausesBetweenParts('dropped')) {
    expect(Math.abs(pauseMs - (live.seenAtMs - lost.atMs))).toBeLessThan(1_500)
  }
  // The destinations stayed connected as they were.
  for (const of of ['A', 'C', 'sink']) {
    expect(show.eventsOf('destination.broadcasting', { of })).toHaveLength(1)
    expect(show.eventsOf('destination.reconnecting', { of })).toEqual([])
  }
  expect(await sink.stream('dropped')).toMatchObject({
    publishes: 1,
    stepsBack: 0,
    end: { reason: 'unpublished' },
  })
})

shown('nobody comes back: the stream ends with its window', async ({ expect }) => {
  const { show, publisher } = await startShow('never-back', { reconnectWindowSeconds: 2 })
  const lost = show.now()
  await publisher.kill()
  const { seenAtMs, data } = await show.until('stream.ended')
  expect(steady.note('window of 2 s: ended', seenAtMs - lost.atMs)).toBeGreaterThan(2_000)
  expect(seenAtMs - lost.atMs).toBeLessThan(2_000 + promptMs)
  expect(data).toMatchObject({ reason: 'publisher-lost' })
  await expect.poll(async () => (await sink.stream('never-back'))?.end).toEqual({ reason: 'unpublished' })
  expect(await show.askOf('A', 'GET')).toMatchObject({ state: 'idle', bitrate: 0 })
})

shown('a second publisher is refused while the first one publishes', async ({ expect }) => {
  const { show, publisher, sinceMs } = await startShow('duplicate')
  await expect(FlvPublisher.start({ url: show.ingest, file: steady.film })).rejects.toThrow(
    'NetStream.Publish.BadName: This project is live already. (ALREADY_LIVE)',
  )
  const second = publish(show)
  expect((await second.exit).code).not.toBe(0)
  await untilPassed(2_500)
  await publisher.stop()
  await show.until('stream.ended')
  await steady.expectWhole('duplicate', sinceMs)
  expect(show.eventsOf('stream.live')).toHaveLength(1)
})

shown('a publisher that stands still makes way', async ({ expect }) => {
  const { show, publisher, streamId } = await startShow('stale')
  await untilPassed(2_000)
  const frozen = show.now()
  process.kill(publisher.pid, 'SIGSTOP')
  const { taken, refusals } = await publishUntilTaken(show)
  opened.defer(() => taken.break())
  const live = await show.until('stream.live', { since: frozen })
  expect(live).toMatchObject({ streamId, data: { resumed: true } })
  // Before, it might have been about to go on.
  expect(steady.note('publisher frozen: another taken', live.seenAtMs - frozen.atMs)).toBeGreaterThan(3_000)
  expect(live.seenAtMs - frozen.atMs).toBeLessThan(4_000)
  expect(refusals).toContain('NetStream.Publish.BadName: This project is live already. (ALREADY_LIVE)')
  await untilPassed(2_000)
  taken.stop()
  await show.until('stream.ended')
  await publisher.kill()
  for (const pauseMs of await steady.pausesBetweenParts('stale')) expect(pauseMs).toBeGreaterThan(2_900)
  expect(await sink.stream('stale')).toMatchObject({ publishes: 1, stepsBack: 0 })
})

/** As OBS does: again and again. */
const publishUntilTaken = async (show: Show): Promise<{ taken: FlvPublisher; refusals: string[] }> => {
  const refusals: string[] = []
  for (;;) {
    try {
      return { taken: await FlvPublisher.start({ url: show.ingest, file: steady.film }), refusals }
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : '')
      if (refusals.length > 100) throw error
      await untilPassed(100)
    }
  }
}

shown('a new stream key sends the publisher away, who goes on with it', async ({ expect }) => {
  const { show, publisher, streamId } = await startShow('rotated')
  await untilPassed(2_000)
  const former = show.ingest
  const rotated = show.now()
  show.streamKey = (await show.ask('POST', '/stream-key')).streamKey
  await publisher.exit
  expect(steady.note('key rotated: publisher gone', stampClockMs() - rotated.atMs)).toBeLessThan(promptMs)
  expect(await show.delayUntil('stream.reconnecting', rotated)).toBeLessThan(promptMs)
  await expect(FlvPublisher.start({ url: former, file: steady.film })).rejects.toThrow('STREAM_KEY_UNKNOWN')
  const next = publish(show)
  const live = await show.until('stream.live', { since: rotated })
  expect(live).toMatchObject({ streamId, data: { resumed: true } })
  await untilPassed(2_000)
  await next.stop()
  await show.until('stream.ended')
  await steady.pausesBetweenParts('rotated')
  expect(await sink.stream('rotated')).toMatchObject({ publishes: 1, stepsBack: 0 })
})

shown('a project that is deleted while live is over everywhere', async ({ expect }) => {
  const { show, publisher } = await startShow('deleted')
  const deleted = show.now()
  await show.ask('DELETE')
  await publisher.exit
  expect(steady.note('project deleted: publisher gone', stampClockMs() - deleted.atMs)).toBeLessThan(promptMs)
  await expect.poll(async () => (await sink.stream('deleted'))?.end).toEqual({ reason: 'unpublished' })
  await expect(FlvPublisher.start({ url: show.ingest, file: steady.film })).rejects.toThrow(
    'STREAM_KEY_UNKNOWN',
  )
})

shown('an owner who is disabled while live publishes no more', async ({ expect }) => {
  const admin = await signInAs(backlot, 'admin')
  const { show, publisher } = await startShow('disabled')
  const disabled = show.now()
  const url = `/v1/users/${show.owner.id}`
  expect((await call(backlot, admin, 'PATCH', url, { body: { disabled: true } })).status).toBe(200)
  await publisher.exit
  expect(steady.note('owner disabled: publisher gone', stampClockMs() - disabled.atMs)).toBeLessThan(1_000)
  await expect(FlvPublisher.start({ url: show.ingest, file: steady.film })).rejects.toThrow(
    'STREAM_KEY_UNKNOWN',
  )
})
