import { once } from 'node:events'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, test } from 'vitest'
import { encodeAmf0 } from '../../src/modules/live/rtmp/amf0.ts'
import { frameMessage } from '../../src/modules/live/rtmp/frame-message.ts'
import { IngestSession } from '../../src/modules/live/rtmp/ingest-session.ts'
import { FlvPublisher } from '../harness/flv-publisher.ts'
import { Show, startLiveProcess } from '../harness/live-app.ts'
import { provideFlv } from '../harness/publisher.ts'
import { RtmpSink } from '../harness/rtmp-sink.ts'
import type { SpawnedProcess } from '../harness/spawned-process.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

const opened = new AsyncDisposableStack()
let backlot: TestApp
let sink: RtmpSink
let sinkUrl: string
let film: string
let live: SpawnedProcess
let port: number

beforeAll(async () => {
  const env = { LIVE_ALLOW_PRIVATE_DESTINATIONS: 'true' }
  backlot = opened.adopt(await startTestApp({ env }), (app) => app.close())
  sink = opened.adopt(await RtmpSink.start(), (started) => started.stop())
  sinkUrl = await sink.open()
  film = await provideFlv({ seconds: 30 })
  const NODE_OPTIONS = `--expose-gc --import=${path.join(import.meta.dirname, '../harness/tell-held-memory.ts')}`
  live = await startLiveProcess(backlot, { RTMP_PORT: '0', NODE_OPTIONS, ...env })
  opened.defer(async () => {
    live.child.kill('SIGTERM')
    await live.exit
  })
  port = Number(/"address":"rtmp:\/\/[^"]*:(\d+)\/live"/.exec(live.output())?.[1])
})
afterAll(() => opened.disposeAsync())

const hostileForMs = 2_500
const looks = 2
/** Of 200 MB that are sent. */
const mostGrowthMegabytes = 30
const mostHostileBytes = 200_000_000

const heldMegabytes = async () => {
  live.child.kill('SIGUSR2')
  const [, bytes] = await live.until(/held bytes: (\d+)/)
  return Number(bytes) / 1_000_000
}

const said = (type: number, payload: Buffer, chunkStreamId = 3) =>
  frameMessage({ type, streamId: 1, timestamp: 0, payload }, chunkStreamId, 65_536)
const many = (one: Buffer) => Buffer.concat(Array.from({ length: 1_000 }, () => one))
const uint32 = (value: number) =>
  Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255])
const status = { level: 'status', code: 'NetStream.Play.Something', description: 'Still here.' }

/** What far ends say again and again, once they have accepted. Nothing: they hang up. */
const hostilities: Record<string, Buffer | undefined> = {
  'says what is no RTMP': Buffer.alloc(1_000_000, 0xff),
  'says onStatus for ever': many(said(20, encodeAmf0('onStatus', 0, null, status))),
  'says what is long': said(
    20,
    encodeAmf0('onStatus', 0, null, { ...status, description: 'x'.repeat(60_000) }),
  ),
  'announces what is too long': said(20, Buffer.alloc(200_000)),
  'sends media itself': said(9, Buffer.alloc(60_000)),
  'asks for pings': many(said(4, Buffer.concat([Buffer.from([0, 6]), uint32(1)]), 2)),
  'wants each byte acknowledged': Buffer.concat([
    said(5, uint32(1), 2),
    said(6, Buffer.from([0, 0, 0, 1, 2]), 2),
  ]),
  'has received more than was sent': many(said(3, uint32(0x7fffffff), 2)),
  'hangs up': undefined,
}

/** Accepts whoever publishes, and then does its worst. */
const startFarEnd = async (worst: Buffer | undefined): Promise<{ url: string }> => {
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    let sentBytes = 0
    const goOn = () => {
      if (worst === undefined) return void socket.destroy()
      while (!socket.destroyed && sentBytes < mostHostileBytes && socket.write(worst))
        sentBytes += worst.length
    }
    socket.on('drain', () => setTimeout(goOn, 1))
    socket.on('error', () => undefined)
    const onPublish = async () => {
      setTimeout(goOn, 50)
      return { accepted: true } as const
    }
    new IngestSession({ socket, handlers: { onPublish, onMedia: () => {}, onEnd: () => {} } })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  opened.defer(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return {
    url: `rtmp://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/live`,
  }
}

test.for(Object.entries(hostilities))(
  'a far end that %s',
  { timeout: 30_000 },
  async ([name, worst], { expect }) => {
    const key = name.replaceAll(' ', '-')
    const good = { url: sinkUrl, streamKey: key }
    const show = opened.adopt(await Show.open(backlot, { destinations: { good } }), (open) => open.close())
    const publisher = await FlvPublisher.start({
      url: `rtmp://127.0.0.1:${port}/live/${show.streamKey}`,
      file: film,
    })
    await show.until('destination.broadcasting', { of: 'good' })
    await delay(300)
    await sink.forget()
    const before = await heldMegabytes()
    await show.add('bad', { ...(await startFarEnd(worst)), streamKey: `secret-of-the-bad-${key}` })
    await show.until('destination.connecting', { of: 'bad' })
    for (let look = 0; look < looks; look += 1) {
      await delay(hostileForMs / looks)
      expect((await heldMegabytes()) - before).toBeLessThan(mostGrowthMegabytes)
    }
    const stream = await sink.stream(key)
    expect(stream).toMatchObject({ publishes: 1, isPublishing: true, stepsBack: 0 })
    expect(stream?.largestGapMs).toBeLessThan(800)
    expect(show.eventsOf('destination.reconnecting', { of: 'good' })).toEqual([])
    // A far end that hangs up at once is called rarely: each call is told of.
    expect(show.eventsOf('destination.connecting', { of: 'bad' }).length).toBeLessThan(12)
    publisher.stop()
    await show.until('stream.ended')
    expect(JSON.stringify(show.events)).not.toContain('secret-of-the-bad')
    expect(live.output()).not.toContain('secret-of-the-bad')
    expect(live.output()).not.toContain(show.streamKey)
    expect(live.child.exitCode).toBeNull()
  },
)
