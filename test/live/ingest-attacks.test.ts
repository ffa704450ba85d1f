import net from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { encodeAmf0 } from '../../src/modules/live/rtmp/amf0.ts'
import { frameMessage } from '../../src/modules/live/rtmp/frame-message.ts'
import { messageTypes } from '../../src/modules/live/rtmp/message.ts'
import { FlvPublisher } from '../harness/flv-publisher.ts'
import { residentMegabytesOf } from '../harness/ingest-siege.ts'
import { Show, startLiveProcess } from '../harness/live-app.ts'
import { provideFlv } from '../harness/publisher.ts'
import { RtmpSink } from '../harness/rtmp-sink.ts'
import type { SpawnedProcess } from '../harness/spawned-process.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { connectBytes, handshake, messageBytes, publishBytes } from '../harness/wild-session.ts'

const maxBitrateKbps = 40_000
const opened = new AsyncDisposableStack()
let backlot: TestApp
let sink: RtmpSink
let sinkUrl: string
let film: string
let live: SpawnedProcess
let port: number

beforeAll(async () => {
  const env = { LIVE_ALLOW_PRIVATE_DESTINATIONS: 'true', LIVE_MAX_BITRATE_KBPS: String(maxBitrateKbps) }
  backlot = opened.adopt(await startTestApp({ env }), (app) => app.close())
  sink = opened.adopt(await RtmpSink.start(), (started) => started.stop())
  sinkUrl = await sink.open()
  film = await provideFlv({ seconds: 30 })
  live = await startLiveProcess(backlot, { RTMP_PORT: '0', ...env })
  opened.defer(async () => {
    live.child.kill('SIGTERM')
    await live.exit
  })
  port = Number(/"address":"rtmp:\/\/[^"]*:(\d+)\/live"/.exec(live.output())?.[1])
})
afterAll(() => opened.disposeAsync())

const openShow = async (name: string) =>
  opened.adopt(
    await Show.open(backlot, { destinations: { sink: { url: sinkUrl, streamKey: name } } }),
    (show) => show.close(),
  )

/** A stream that is on, and is to stay whole whatever else happens. */
const startWitness = async (name: string) => {
  const show = await openShow(name)
  const publisher = await FlvPublisher.start({ url: urlOf(show), file: film })
  await show.until('destination.broadcasting')
  await delay(500)
  await sink.forget()
  return {
    stop: () => publisher.stop(),
    /** The longest time without a message at its destination, in milliseconds. */
    gapMs: async () => {
      const stream = await sink.stream(name)
      expect(stream).toMatchObject({ publishes: 1, isPublishing: true, stepsBack: 0 })
      return stream?.largestGapMs ?? Number.NaN
    },
  }
}

const urlOf = ({ streamKey }: Show) => `rtmp://127.0.0.1:${port}/live/${streamKey}`
const pid = () => live.child.pid ?? 0

const connectFrom = (localAddress = '127.0.0.1') => {
  const socket = net.connect({ host: '127.0.0.1', port, localAddress, noDelay: true })
  opened.defer(() => void socket.destroy())
  socket.on('error', () => undefined)
  let heard = ''
  socket.on('data', (data: Buffer) => {
    if (heard.length < 100_000) heard += data.toString('latin1')
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return { socket, heard: () => heard, closed }
}

/** A publisher that has been accepted, to whom it is left what comes then. */
const publishRaw = async (streamKey: string) => {
  const connection = connectFrom()
  connection.socket.write(Buffer.concat([handshake(), connectBytes('live'), publishBytes(streamKey)]))
  await vi.waitFor(() => expect(connection.heard()).toContain('NetStream.Publish.Start'), 5_000)
  return connection
}

/** Sends what `make` gives, as fast as it is taken, until the server hangs up or the time is over. */
const flood = async (socket: net.Socket, forMs: number, make: (at: number) => Buffer) => {
  const until = performance.now() + forMs
  for (let at = 0; performance.now() < until && !socket.destroyed && socket.writable; at += 1) {
    if (socket.write(make(at))) continue
    await new Promise<void>((resolve) => {
      const settle = () => {
        clearTimeout(timer)
        socket.off('drain', settle).off('close', settle)
        resolve()
      }
      const timer = setTimeout(settle, 100)
      socket.once('drain', settle).once('close', settle)
    })
  }
}

test('strangers of one address keep nobody else out, and are gone when their time is up', async () => {
  const show = await openShow('strangers')
  const strangers = Array.from({ length: 200 }, () => connectFrom('127.0.0.66'))
  const isClosed = ({ socket }: { socket: net.Socket }) => socket.destroyed || socket.readableEnded
  await vi.waitFor(() => expect(strangers.filter(isClosed).length).toBe(200 - 64), 8_000)
  const publisher = await FlvPublisher.start({ url: urlOf(show), file: film })
  await show.until('destination.broadcasting')
  await vi.waitFor(() => expect(strangers.every(isClosed)).toBe(true), 8_000)
  const next = connectFrom('127.0.0.66')
  next.socket.write(handshake())
  await vi.waitFor(() => expect(next.heard().length).toBe(3_073), 5_000)
  publisher.stop()
})

test('a stranger who connects and then says nothing is dismissed after ten seconds', async () => {
  const { socket, closed } = connectFrom()
  const startedAtMs = performance.now()
  socket.write(Buffer.concat([handshake(), connectBytes('live')]))
  await closed
  expect(performance.now() - startedAtMs).toBeGreaterThan(9_000)
  expect(performance.now() - startedAtMs).toBeLessThan(14_000)
})

const tiny = Buffer.concat([
  Buffer.from([3, 0, 0, 0, 0, 0, 0, 99, 0, 0, 0, 0]),
  ...Array.from({ length: 60_000 }, () => Buffer.of(0xc3)),
])

test('empty messages by the million, of strangers and of a publisher, stop no other stream', async () => {
  const [witness, show] = [await startWitness('witness-of-tiny-ones'), await openShow('tiny')]
  const strangers = Array.from({ length: 40 }, () => connectFrom('127.0.0.67'))
  for (const { socket } of strangers) socket.write(handshake())
  await vi.waitFor(() => expect(strangers.every(({ heard }) => heard().length >= 3_073)).toBe(true), 8_000)
  for (const { socket } of strangers) socket.write(tiny)
  await Promise.all(strangers.map(({ closed }) => closed))
  const publisher = await publishRaw(show.streamKey)
  await Promise.race([flood(publisher.socket, 5_000, () => tiny), publisher.closed])
  await publisher.closed
  expect(await witness.gapMs()).toBeLessThan(800)
  witness.stop()
})

test('who sends more bits than are taken is dismissed', async () => {
  const show = await openShow('too-fast')
  const { socket, heard, closed } = await publishRaw(show.streamKey)
  const frame = messageBytes(9, Buffer.concat([Buffer.from([0x17, 1]), Buffer.alloc(200_000)]))
  await Promise.race([flood(socket, 12_000, () => frame), closed])
  expect(heard()).toContain('more bits a second')
})

const largeBytes = 7 * 1024 * 1024

test('whatever a publisher sends, the process stays small and other streams whole', {
  timeout: 60_000,
}, async () => {
  const [witness, show] = [await startWitness('witness-of-large-ones'), await openShow('large')]
  const before = residentMegabytesOf(pid())
  const { socket, heard } = await publishRaw(show.streamKey)
  // Below the bound on bits, and all of the same time: nothing is ever old.
  const message = (type: number, ...parts: (number[] | Buffer)[]) => {
    const payload = Buffer.concat(parts.map((part) => Buffer.from(part)))
    return frameMessage({ type, streamId: 1, timestamp: 0, payload }, type === 8 ? 4 : 6, 65_536)
  }
  const headers = message(9, [0x17, 0, 0, 0, 0, 1, 0x42, 0, 30])
  const text = 'x'.repeat(60_000)
  const metadata = (width: number) =>
    message(18, encodeAmf0('@setDataFrame', 'onMetaData', { width, height: 1, text }))
  const keyFrame = message(9, [0x17, 1, 0, 0, 0], Buffer.alloc(largeBytes))
  const tag = (type: number, payload: Buffer) => {
    const header = Buffer.alloc(11)
    header.writeUInt8(type)
    header.writeUIntBE(payload.length, 1, 3)
    return Buffer.concat([header, payload, Buffer.alloc(4)])
  }
  const aggregate = message(22, tag(8, Buffer.from([0xaf, 1])), tag(18, Buffer.alloc(largeBytes)))
  socket.write(messageBytes(messageTypes.setChunkSize, Buffer.from([0, 1, 0, 0]), 2))
  for (let at = 0; at < 10_000; at += 1) {
    socket.write(headers)
    if (at % 500 === 499) await delay(50)
  }
  for (let at = 0; at < 40; at += 1) {
    socket.write(metadata(at))
    socket.write(message(8, [0xaf, at % 2], Buffer.alloc(20)))
    socket.write(message(8, [0x2f, 1], Buffer.alloc(20)))
    await delay(20)
  }
  for (let at = 0; at < 7; at += 1) {
    socket.write(at % 2 === 0 ? keyFrame : aggregate)
    await delay(1_500)
  }
  expect(heard()).not.toContain('Denied')
  expect(socket.destroyed).toBe(false)
  // The window of 32 MB, once as it came and once framed for its destination, and what was just read.
  expect(residentMegabytesOf(pid()) - before).toBeLessThan(130)
  expect(await witness.gapMs()).toBeLessThan(800)
  witness.stop()
  socket.destroy()
})
