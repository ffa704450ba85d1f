import { afterAll, beforeAll, test, vi } from 'vitest'
import { startBlackHole } from '../harness/black-hole.ts'
import { decodingFaults, inspectFlv, isMonotonic, startsWithKeyFrame } from '../harness/flv-inspect.ts'
import { freePort } from '../harness/free-port.ts'
import { Show, startLiveApp, untilPassed } from '../harness/live-app.ts'
import { provideFlv, publishFile } from '../harness/publisher.ts'
import { provideRtmpServer, RtmpServer } from '../harness/rtmp-server.ts'
import { RtmpSink } from '../harness/rtmp-sink.ts'
import { stampClockMs } from '../harness/send-stamp.ts'
import { SteadyEnds } from '../harness/steady-ends.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import type { TestApp } from '../harness/test-app.ts'

/** Each show goes to A, B and C. B is harmed; A and C may not notice, and what is said of B has to be true within a second. */
const promptMs = 1_000
/** Long enough that its ends would show gaps. */
const shortestShowMs = 3_500

const hasNginx = await provideRtmpServer()
const harmed = test.skipIf(!hasNginx).concurrent
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

const startServer = async (options?: Parameters<typeof RtmpServer.start>[0]) =>
  opened.adopt(await RtmpServer.start(options), (server) => server.stop())

/** A show that is on at A and C. `finish` ends it and makes sure that they have all of it. */
const startShow = async (name: string, b?: { url: string; streamKey: string }, film = steady.film) => {
  const destinations = { ...steady.destinations(name), ...(b && { B: b }) }
  const show = opened.adopt(await Show.open(backlot, { destinations }), (open) => open.close())
  const publisher = publishFile(show.ingest, film, { loops: false })
  const sinceMs = await steady.untilBroadcasting(show)
  const finish = async () => {
    await untilPassed(sinceMs + shortestShowMs - stampClockMs())
    await publisher.stop()
    await show.until('stream.ended')
    await steady.expectWhole(name, sinceMs, film)
  }
  return { show, finish }
}

harmed('a network that is too slow for the feed', { timeout: 40_000 }, async ({ expect }) => {
  const server = await startServer()
  const proxy = opened.adopt(await TcpProxy.start(server.url), (open) => open.close())
  const film = await provideFlv({ seconds: 30, videoKbps: 12_000 })
  const { show, finish } = await startShow('slow', { url: proxy.url, streamKey: 'slow' }, film)
  await show.until('destination.broadcasting', { of: 'B' })
  const throttled = show.now()
  proxy.throttle(250_000)
  const slow = await vi.waitFor(() => {
    const told = show.eventsOf('destination.broadcasting', { of: 'B' })
    const found = told.find(({ data }) => data.code === 'SLOW')
    if (found === undefined) throw new Error(`Never SLOW:\n${show.told()}`)
    return found
  }, 30_000)
  await vi.waitFor(
    async () => expect((await show.askOf('B', 'GET')).droppedMessages).toBeGreaterThan(0),
    4_000,
  )
  // Between the bursts that get through, it takes nothing for a while.
  await vi.waitFor(
    async () => expect(String((await show.askOf('B', 'GET')).stateCode)).toMatch(/^(SLOW|STALLED)$/),
    4_000,
  )
  steady.note('throttled: SLOW', slow.seenAtMs - throttled.atMs)
  proxy.throttle(Number.POSITIVE_INFINITY)
  await finish()
  const arrived = await inspectFlv(server.recording('slow'))
  expect(isMonotonic(arrived.video)).toBe(true)
  expect(await decodingFaults(server.recording('slow'))).toBe('')
})

harmed('a far end that freezes for a moment, and for longer', async ({ expect }) => {
  const server = await startServer()
  const { show, finish } = await startShow('frozen', { url: server.url, streamKey: 'frozen' })
  await show.until('destination.broadcasting', { of: 'B' })
  for (const fault of ['STALLED', 'CONNECTION_LOST']) {
    const frozen = show.now()
    server.freeze()
    const told = await show.delayUntil('destination.reconnecting', frozen, { of: 'B' })
    expect(steady.note('frozen: reconnecting', told)).toBeLessThan(promptMs)
    await vi.waitFor(async () => {
      const lost = show.eventsOf('destination.reconnecting', { of: 'B', since: frozen })
      if (!lost.some(({ data }) => data.code === fault)) throw new Error(`Not ${fault}:\n${show.told()}`)
    }, 10_000)
    const thawed = show.now()
    server.thaw()
    const back = await show.delayUntil('destination.broadcasting', thawed, { of: 'B' })
    expect(steady.note(`thawed after ${fault}: broadcasting`, back)).toBeLessThan(2_000)
    await untilPassed(1_500)
  }
  await finish()
  for (const file of server.recordings('frozen')) {
    expect(startsWithKeyFrame(await inspectFlv(file))).toBe(true)
    expect(await decodingFaults(file)).toBe('')
  }
})

harmed('a key that nginx refuses', async ({ expect }) => {
  const server = await startServer({ onlyKeys: ['right'] })
  const { show, finish } = await startShow('wrong-key', { url: server.url, streamKey: 'wrong' })
  const [live, errored] = [
    await show.until('stream.live'),
    await show.until('destination.errored', { of: 'B' }),
  ]
  expect(steady.note('wrong key: errored', errored.seenAtMs - live.seenAtMs)).toBeLessThan(2_000)
  expect(errored.data.message).toMatch(/closed the connection before it took the feed/)
  expect(show.eventsOf('destination.broadcasting', { of: 'B' })).toEqual([])

  const changed = show.now()
  await show.askOf('B', 'PATCH', '', { streamKey: 'right' })
  const taken = await show.delayUntil('destination.broadcasting', changed, { of: 'B' })
  expect(steady.note('key put right: broadcasting', taken)).toBeLessThan(promptMs)
  await finish()
})

harmed('a key that is refused with words', async ({ expect }) => {
  const streamKey = 'expired-stream-key'
  const description = `The key ${streamKey} has expired.`
  await sink.behave({ kind: 'refuse', code: 'NetStream.Publish.BadName', description }, streamKey)
  const { show, finish } = await startShow('refused-with-words', { url: sinkUrl, streamKey })
  const [live, errored] = [
    await show.until('stream.live'),
    await show.until('destination.errored', { of: 'B' }),
  ]
  expect(steady.note('refused with words: errored', errored.seenAtMs - live.seenAtMs)).toBeLessThan(2_000)
  expect(await show.askOf('B', 'GET')).toMatchObject({
    state: 'errored',
    stateCode: 'NetStream.Publish.BadName',
    stateMessage: 'The key *** has expired.',
  })
  await sink.behave({ kind: 'read' }, streamKey)
  const changed = show.now()
  await show.askOf('B', 'POST', '/start')
  const taken = await show.delayUntil('destination.broadcasting', changed, { of: 'B' })
  expect(steady.note('started after an error: broadcasting', taken)).toBeLessThan(promptMs)
  await finish()
})

harmed('a port that nobody listens on, until somebody does', async ({ expect }) => {
  const port = await freePort()
  const b = { url: `rtmp://127.0.0.1:${port}/live`, streamKey: 'late' }
  const { show, finish } = await startShow('refused-port', b)
  const [live, lost] = [
    await show.until('stream.live'),
    await show.until('destination.reconnecting', { of: 'B' }),
  ]
  expect(steady.note('refused port: reconnecting', lost.seenAtMs - live.seenAtMs)).toBeLessThan(promptMs)
  expect(lost.data).toMatchObject({ code: 'ECONNREFUSED' })
  // Long enough for the pauses between attempts to have become as long as they get.
  await vi.waitFor(
    () => show.now().atMs > lost.seenAtMs + 3_000 || Promise.reject(new Error('too early')),
    5_000,
  )
  const listening = show.now()
  const server = await startServer({ port })
  const back = await show.delayUntil('destination.broadcasting', listening, { of: 'B' })
  expect(steady.note('refused port: listening, broadcasting', back)).toBeLessThan(2_000)
  await finish()
  expect(startsWithKeyFrame(await inspectFlv(server.recording('late')))).toBe(true)
})

harmed('a black hole', async ({ expect }) => {
  const hole = opened.adopt(await startBlackHole(), ({ stop }) => stop())
  const b = { url: `rtmp://127.0.0.1:${hole.port}/live`, streamKey: 'key' }
  const { show, finish } = await startShow('black-hole', b)
  expect((await show.askOf('B', 'GET')).state).toBe('connecting')
  const lost = await show.until('destination.reconnecting', { of: 'B' })
  expect(lost.data).toMatchObject({ code: 'ETIMEDOUT', message: 'No connection within 5 s.' })
  expect(show.eventsOf('destination.broadcasting', { of: 'B' })).toEqual([])
  await finish()
})

harmed('a far end that is killed and comes back', async ({ expect }) => {
  const server = await startServer()
  const { show, finish } = await startShow('killed', { url: server.url, streamKey: 'killed' })
  await show.until('destination.broadcasting', { of: 'B' })
  const killed = show.now()
  await server.kill()
  const told = await show.delayUntil('destination.reconnecting', killed, { of: 'B' })
  expect(steady.note('killed: reconnecting', told)).toBeLessThan(promptMs)
  const restarted = show.now()
  await server.restart()
  const back = await show.delayUntil('destination.broadcasting', restarted, { of: 'B' })
  expect(steady.note('restarted: broadcasting', back)).toBeLessThan(2_000)
  await finish()
  const latter = server.recordings('killed').at(-1) ?? ''
  expect(startsWithKeyFrame(await inspectFlv(latter))).toBe(true)
  expect(await decodingFaults(latter)).toBe('')
})

harmed('destinations added, removed, stopped and started while live', async ({ expect }) => {
  const { show, finish } = await startShow('hot')
  const isPublishing = async (key: string) => (await sink.stream(key))?.isPublishing
  const added = show.now()
  await show.add('B', { url: sinkUrl, streamKey: 'hot' })
  const taken = await show.delayUntil('destination.broadcasting', added, { of: 'B' })
  expect(steady.note('added: broadcasting', taken)).toBeLessThan(promptMs)
  expect(await sink.stream('hot')).toMatchObject({ headersCameFirst: true, startedWithKeyFrame: true })

  const stopped = show.now()
  await show.askOf('B', 'POST', '/stop')
  const told = await show.delayUntil('destination.stopped', stopped, { of: 'B' })
  expect(steady.note('stopped: stopped', told)).toBeLessThan(promptMs)
  await expect.poll(() => isPublishing('hot')).toBe(false)
  expect((await sink.stream('hot'))?.end).toEqual({ reason: 'unpublished' })

  const started = show.now()
  await show.askOf('B', 'POST', '/start')
  const again = await show.delayUntil('destination.broadcasting', started, { of: 'B' })
  expect(steady.note('started: broadcasting', again)).toBeLessThan(promptMs)

  const removed = show.now()
  await show.askOf('B', 'DELETE')
  await expect.poll(() => isPublishing('hot')).toBe(false)
  expect(steady.note('removed: gone at the far end', stampClockMs() - removed.atMs)).toBeLessThan(promptMs)
  expect(await sink.stream('hot')).toMatchObject({ publishes: 2, end: { reason: 'unpublished' } })
  await finish()
})

harmed('a far end that takes its time to accept is not called broadcasting before', async ({ expect }) => {
  await sink.behave({ kind: 'hold' }, 'held')
  const { show, finish } = await startShow('held', { url: sinkUrl, streamKey: 'held' })
  const lost = await show.until('destination.reconnecting', { of: 'B' })
  expect(lost.data).toMatchObject({ code: 'NOT_ACCEPTED' })
  expect(show.eventsOf('destination.broadcasting', { of: 'B' })).toEqual([])
  await sink.behave({ kind: 'read' }, 'held')
  const { at, seenAtMs } = await show.until('destination.broadcasting', { of: 'B' })
  const acceptedAtMs = (await sink.stream('held'))?.acceptedAtMs ?? Number.NaN
  const toldAtMs = Date.parse(at) + stampClockMs() - Date.now()
  // The clock of the database and that of the sink are read one after the other; the far end held its answer for seconds.
  expect(toldAtMs).toBeGreaterThan(acceptedAtMs - 20)
  expect(steady.note('accepted: broadcasting', seenAtMs - acceptedAtMs)).toBeLessThan(promptMs)
  await finish()
})
