import { afterAll, beforeAll, test } from 'vitest'
import { call } from '../harness/client.ts'
import { freePort } from '../harness/free-port.ts'
import { Show, startLiveApp, startLiveProcess, untilPassed } from '../harness/live-app.ts'
import { probe } from '../harness/live-media.ts'
import { publishFile } from '../harness/publisher.ts'
import { provideRtmpServer } from '../harness/rtmp-server.ts'
import { RtmpSink } from '../harness/rtmp-sink.ts'
import { SteadyEnds } from '../harness/steady-ends.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import type { TestApp } from '../harness/test-app.ts'

const promptMs = 1_000
const outageMs = 10_000

const hasNginx = await provideRtmpServer()
const shown = test.skipIf(!hasNginx).concurrent
const opened = new AsyncDisposableStack()
let steady: SteadyEnds
let sink: RtmpSink
let sinkUrl: string

beforeAll(async () => {
  sink = opened.adopt(await RtmpSink.start(), (started) => started.stop())
  sinkUrl = await sink.open()
  if (hasNginx) steady = opened.adopt(await SteadyEnds.start(), (ends) => ends.stop())
})
afterAll(() => opened.disposeAsync())

const startApp = async (options?: Parameters<typeof startLiveApp>[0]) =>
  opened.adopt(await startLiveApp(options), (app) => app.close())

const openShow = async (backlot: TestApp, name: string, settings: object = {}) => {
  const destinations = { ...steady.destinations(name), sink: { url: sinkUrl, streamKey: name } }
  return opened.adopt(await Show.open(backlot, { destinations, settings }), (show) => show.close())
}

const publish = (url: string) => publishFile(url, steady.film, { loops: false })

shown(
  'the live process is killed, and the next one is stopped: the stream goes on',
  { timeout: 60_000 },
  async ({ expect }) => {
    const backlot = await startApp({ live: false })
    const port = await freePort()
    const startLive = async () => {
      const live = await startLiveProcess(backlot, { RTMP_PORT: String(port) })
      opened.defer(async () => {
        live.child.kill('SIGKILL')
        await live.exit
      })
      return live
    }
    const killedOne = await startLive()
    const show = await openShow(backlot, 'process-killed', { record: true })
    const url = `rtmp://127.0.0.1:${port}/live/${show.streamKey}`
    const first = publish(url)
    await steady.untilBroadcasting(show)
    const { streamId } = await show.until('stream.live')
    await untilPassed(3_000)

    const killed = show.now()
    killedOne.child.kill('SIGKILL')
    const told = await show.delayUntil('stream.reconnecting', killed)
    expect(steady.note('live process killed: stream reconnecting', told)).toBeLessThan(3_000)
    expect(show.eventsOf('stream.reconnecting')[0]?.data).toMatchObject({ code: 'LIVE_PROCESS_LOST' })
    for (const of of ['A', 'C', 'sink']) {
      expect(await show.delayUntil('destination.reconnecting', killed, { of })).toBeLessThan(3_000)
    }
    expect(await show.askOf('A', 'GET')).toMatchObject({
      state: 'reconnecting',
      stateCode: 'LIVE_PROCESS_LOST',
    })
    await first.exit

    /** As an encoder does that has lost its server. */
    const goOn = async () => {
      const back = show.now()
      const publisher = publish(url)
      const resumed = await show.until('stream.live', { since: back })
      expect(resumed).toMatchObject({ streamId, data: { resumed: true } })
      for (const of of ['A', 'C', 'sink']) await show.until('destination.broadcasting', { of, since: back })
      await untilPassed(2_000)
      return publisher
    }
    const stoppedOne = await startLive()
    const second = await goOn()
    const stopped = show.now()
    stoppedOne.child.kill('SIGTERM')
    const heard = await show.delayUntil('stream.reconnecting', stopped)
    expect(steady.note('live process stopped: stream reconnecting', heard)).toBeLessThan(promptMs)
    for (const of of ['A', 'C', 'sink']) {
      expect(await show.delayUntil('destination.reconnecting', stopped, { of })).toBeLessThan(promptMs)
    }
    expect(await stoppedOne.exit).toEqual({ code: 0, signal: null })
    expect(await sink.stream('process-killed')).toMatchObject({ end: { reason: 'unpublished' } })
    await second.exit

    await startLive()
    const third = await goOn()
    await third.stop()
    await show.until('stream.ended')

    const { data } = await show.until('recording.ready')
    const file = await call(backlot, show.owner, 'GET', `/v1/files/${data.fileId}`)
    const arrived = await probe(new URL(file.data.url).href.replace('http://localhost', backlot.url))
    // All three parts, and not what came between them.
    expect(arrived.codecs).toEqual(['aac', 'h264'])
    expect(arrived.videoPackets).toBeGreaterThan(6 * 30)
    steady.note('recording of three parts: length', arrived.seconds * 1_000)
  },
)

type Outage = { name: string; begin: (proxy: TcpProxy) => Promise<void> | void }
const outages: Outage[] = [
  { name: 'refuses', begin: (proxy) => proxy.cut() },
  { name: 'swallows', begin: (proxy) => proxy.silence() },
]
shown.for(outages)(
  'a database that $name everything for 10 s',
  { timeout: 60_000 },
  async ({ name, begin }, { expect }) => {
    let proxy: TcpProxy | undefined
    const backlot = await startApp({
      through: async (url) => {
        proxy = opened.adopt(await TcpProxy.start(url), (open) => open.close())
        return proxy.url
      },
    })
    if (proxy === undefined) throw new Error('no proxy')
    const keys = { goesOn: `${name}-goes-on`, comesBack: `${name}-comes-back`, ends: `${name}-ends` }
    const [goesOn, comesBack, ends] = [
      await openShow(backlot, keys.goesOn),
      await openShow(backlot, keys.comesBack),
      await openShow(backlot, keys.ends),
    ]
    const [one, two, three] = [publish(goesOn.ingest), publish(comesBack.ingest), publish(ends.ingest)]
    const sinceMs = await steady.untilBroadcasting(goesOn)
    for (const show of [goesOn, comesBack, ends]) {
      for (const of of ['A', 'C', 'sink']) await show.until('destination.broadcasting', { of })
    }
    const { streamId } = await comesBack.until('stream.live')
    await untilPassed(1_500)

    const before = new Map([goesOn, comesBack, ends].map((show) => [show, show.now()]))
    const since = (show: Show) => before.get(show) ?? show.now()
    const overAtMs = goesOn.now().atMs + outageMs
    await begin(proxy)
    await untilPassed(1_000)
    await two.kill()
    await three.stop()
    await sink.break(keys.goesOn)
    await expect.poll(async () => (await sink.stream(keys.goesOn))?.publishes, { timeout: 3_000 }).toBe(2)
    await untilPassed(2_000)
    const again = publish(comesBack.ingest)
    await untilPassed(overAtMs - goesOn.now().atMs)
    expect(again.hasEnded(), again.output()).toBe(false)
    const restored = goesOn.now()
    await proxy.restore()

    steady.note(`database ${name}: back, end told`, await ends.delayUntil('stream.ended', restored))
    const live = await comesBack.until('stream.live', { since: restored })
    steady.note(`database ${name}: back, return told`, live.seenAtMs - restored.atMs)
    expect(live).toMatchObject({ streamId, data: { resumed: true } })
    await untilPassed(3_000)
    // What happened is told in order, and nothing that did not happen.
    const told = (show: Show) =>
      show.events.filter(({ seq }) => seq > since(show).seq).map(({ type }) => type)
    expect(told(goesOn)).toEqual(['destination.reconnecting', 'destination.broadcasting'])
    expect(told(comesBack)).toEqual(['stream.reconnecting', 'stream.live'])
    expect(told(ends)).toEqual(['stream.ended'])
    for (const show of [goesOn, comesBack]) {
      expect(await show.stream()).toMatchObject({ status: 'live', endedAt: null })
      for (const of of ['A', 'C', 'sink'])
        expect(await show.askOf(of, 'GET')).toMatchObject({ state: 'broadcasting' })
    }
    await one.stop()
    await again.stop()
    await goesOn.until('stream.ended')
    await comesBack.until('stream.ended')
    await steady.expectWhole(keys.goesOn, sinceMs)
    await steady.pausesBetweenParts(keys.comesBack)
  },
)
