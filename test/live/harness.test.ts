import net from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startBlackHole } from '../harness/black-hole.ts'
import { decodingFaults, inspectFlv, isMonotonic, largestGapMs, placeOf } from '../harness/flv-inspect.ts'
import { FlvPublisher } from '../harness/flv-publisher.ts'
import { provideFlv, publishFile, publishTestPicture } from '../harness/publisher.ts'
import { provideRtmpServer, RtmpServer, type RtmpServerOptions } from '../harness/rtmp-server.ts'
import { RtmpSink } from '../harness/rtmp-sink.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { makeCertificates, provideTlsTunnel, startTlsClient, startTlsServer } from '../harness/tls-tunnel.ts'

const hasNginx = await provideRtmpServer()
const hasStunnel = await provideTlsTunnel()
const frameMs = 34

let opened: AsyncDisposableStack
beforeEach(() => {
  opened = new AsyncDisposableStack()
})
afterEach(() => opened.disposeAsync())

const startServer = async (options?: RtmpServerOptions) =>
  opened.adopt(await RtmpServer.start(options), (server) => server.stop())

const startSink = async () => opened.adopt(await RtmpSink.start(), (sink) => sink.stop())

test.skipIf(!hasNginx)('what nginx pushes on is the same, bit for bit, and a lost packet shows', async () => {
  const [first, second] = [await startServer(), await startServer()]
  const relay = await startServer({ push: [`${first.url}/one`, `${second.url}/two`], chunkBytes: 65_536 })
  const file = await provideFlv({ seconds: 3, video: 'b-frames' })
  const publisher = publishFile(`${relay.url}/key`, file, { loops: false, timestampOffsetSeconds: 16_775 })
  expect(await publisher.exit, publisher.output()).toMatchObject({ code: 0 })
  for (const server of [first, second]) await expect.poll(() => server.log()).toContain('deleteStream')

  const made = await inspectFlv(file)
  expect(made).toMatchObject({ video: { codec: 'h264' }, audio: { codec: 'aac' } })
  for (const recording of [relay.recording('key'), first.recording('one'), second.recording('two')]) {
    const arrived = await inspectFlv(recording)
    const { before, after } = placeOf(arrived.video, made.video)
    // A push begins when its connection stands, at the next key frame.
    expect([0, 30, 60]).toContain(before)
    expect(after).toBe(0)
    expect(placeOf(arrived.audio, made.audio).after).toBe(0)
    expect(largestGapMs(arrived.video)).toBeLessThanOrEqual(frameMs)
    expect(isMonotonic(arrived.video)).toBe(true)
    expect(await decodingFaults(recording)).toBe('')
    arrived.video?.packets.splice(10, 1)
    expect(largestGapMs(arrived.video)).toBeGreaterThan(frameMs)
    expect(() => placeOf(arrived.video, made.video)).toThrow(
      /1 packets are missing before Packet 10 of the part/,
    )
  }
})

test.skipIf(!hasNginx)('a server refuses other keys, freezes, dies and comes back', async () => {
  const server = await startServer({ onlyKeys: ['right', 'other'] })
  const refused = publishTestPicture(`${server.url}/wrong`, { video: 'none' })
  expect((await refused.exit).code).not.toBe(0)

  const file = await provideFlv({ seconds: 3, video: 'none' })
  const publisher = await FlvPublisher.start({ url: `${server.url}/right`, file })
  server.freeze()
  let isTaken = false
  const other = FlvPublisher.start({ url: `${server.url}/other`, file }).then((taken) => {
    isTaken = true
    return taken
  })
  await expect.poll(() => net.connect(server.port, '127.0.0.1').destroy().connecting).toBe(false)
  expect(isTaken).toBe(false)
  server.thaw()
  const taken = await other
  taken.break()
  await server.kill()
  publisher.break()
  await expect(FlvPublisher.start({ url: `${server.url}/right`, file })).rejects.toThrow('ECONNREFUSED')
  await server.restart()
  const again = await FlvPublisher.start({ url: `${server.url}/right`, file })
  again.stop()
})

test('a sink tells what came, stalls, refuses and breaks', async () => {
  const sink = await startSink()
  const url = await sink.open()
  await sink.behave(
    { kind: 'refuse', code: 'NetStream.Publish.BadName', description: 'Not this key.' },
    'wrong',
  )
  const file = await provideFlv({ seconds: 3 })
  await expect(FlvPublisher.start({ url: `${url}/wrong`, file })).rejects.toThrow('Not this key.')

  const publisher = await FlvPublisher.start({
    url: `${url}/key`,
    file,
    firstTimestamp: 2 ** 32 - 500,
    stamps: true,
  })
  opened.defer(() => publisher.break())
  await expect.poll(async () => (await sink.stream('key'))?.stepsBack, { timeout: 5_000 }).toBeGreaterThan(0)
  const { streams, latency } = await sink.report()
  expect(streams).toMatchObject([
    { key: 'key', publishes: 1, isPublishing: true, headersCameFirst: true, startedWithKeyFrame: true },
  ])
  expect(latency.samples).toBeGreaterThan(10)
  expect(latency.p50Ms).toBeLessThan(100)

  await sink.behave({ kind: 'stall' }, 'key')
  await expect
    .poll(async () => (await sink.stream('key'))?.largestGapMs, { timeout: 5_000 })
    .toBeGreaterThan(700)
  await sink.close(url)
  await expect.poll(async () => (await sink.stream('key'))?.isPublishing).toBe(false)
  await expect(FlvPublisher.start({ url: `${url}/key`, file })).rejects.toThrow('ECONNREFUSED')
  await sink.reopen(url)
  await sink.behave({ kind: 'read' }, 'key')
  const again = await FlvPublisher.start({ url: `${url}/key`, file })
  opened.defer(() => again.break())
  await expect.poll(async () => (await sink.stream('key'))?.firstKeyFrameAtMs).toBeGreaterThan(0)
  await sink.dismiss('key', 'NetStream.Unpublish.Success', 'The broadcast is over.')
  await expect.poll(async () => (await sink.stream('key'))?.isPublishing).toBe(false)
})

test.skipIf(!hasNginx || !hasStunnel)('RTMPS arrives through stunnel on both sides', async () => {
  const server = await startServer()
  const certificates = opened.adopt(await makeCertificates(), ({ remove }) => remove())
  const tls = opened.adopt(await startTlsServer(server.port, certificates), ({ stop }) => stop())
  const plain = opened.adopt(await startTlsClient(tls.port, certificates), ({ stop }) => stop())
  const file = await provideFlv({ seconds: 3, video: 'none' })
  const publisher = await FlvPublisher.start({ url: `rtmp://127.0.0.1:${plain.port}/live/key`, file })
  await expect.poll(() => server.recordings('key').length).toBe(1)
  publisher.stop()
})

test('a black hole answers nothing, and a slow link takes its time', async () => {
  const hole = opened.adopt(await startBlackHole(), ({ stop }) => stop())
  const lost = net.connect({ port: hole.port, host: '127.0.0.1' })
  const first = await Promise.race([
    new Promise((resolve) => lost.once('connect', () => resolve('connected')).once('error', resolve)),
    new Promise((resolve) => setTimeout(resolve, 500, 'nothing')),
  ])
  lost.destroy()
  expect(first).toBe('nothing')

  const sink = await startSink()
  const url = await sink.open()
  const proxy = opened.adopt(await TcpProxy.start(url), (open) => open.close())
  const file = await provideFlv({ seconds: 3, videoKbps: 2_000 })
  const publisher = await FlvPublisher.start({ url: `${proxy.url}/key`, file })
  opened.defer(() => publisher.break())
  proxy.throttle(50_000)
  // What the sockets of both ends hold comes first.
  await expect
    .poll(async () => (await sink.stream('key'))?.largestGapMs, { timeout: 10_000 })
    .toBeGreaterThan(500)
})
