import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, test, vi } from 'vitest'
import { annexBOf, enhancedSeconds, makeEnhancedFlv } from '../harness/enhanced-flv.ts'
import { inspectFlv, isMonotonic, largestGapMs, md5Of, placeOf } from '../harness/flv-inspect.ts'
import { readFlvTags } from '../harness/flv-media.ts'
import { FlvPublisher } from '../harness/flv-publisher.ts'
import { freePort } from '../harness/free-port.ts'
import { startIngestServer } from '../harness/ingest-server.ts'
import { Show, type ShowOptions, startLiveApp, startLiveProcess } from '../harness/live-app.ts'
import { provideFlv, publishFile, type TestPicture } from '../harness/publisher.ts'
import { provideRtmpServer, RtmpServer } from '../harness/rtmp-server.ts'
import { arrivesWithin } from '../harness/steady-ends.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import type { TestApp } from '../harness/test-app.ts'
import { makeCertificates, provideTlsTunnel, startTlsServer } from '../harness/tls-tunnel.ts'

const hasNginx = await provideRtmpServer()
const hasStunnel = await provideTlsTunnel()
const frameMs = 34
const seconds = 4

const opened = new AsyncDisposableStack()
let backlot: TestApp
let servers: RtmpServer[]

beforeAll(async () => {
  backlot = opened.adopt(await startLiveApp(), (app) => app.close())
  const started = await Promise.all(hasNginx ? [1, 2, 3].map(() => RtmpServer.start()) : [])
  servers = started.map((server) => opened.adopt(server, (each) => each.stop()))
  for (const { picture } of feeds) await provideFlv({ ...picture, seconds })
})
afterAll(() => opened.disposeAsync())

const openShow = async (options: ShowOptions) =>
  opened.adopt(await Show.open(backlot, options), (show) => show.close())

/** The show goes to all three, under a key of its own. */
const everywhere = (streamKey: string) =>
  Object.fromEntries(servers.map(({ url }, at) => [`far end ${at + 1}`, { url, streamKey }]))

type Feed = {
  name: string
  picture: TestPicture
  firstTimestampMs?: number
  /** ffmpeg cannot publish in chunks of 65,536 bytes. */
  inLargeChunks?: boolean
}
const feeds: Feed[] = [
  { name: 'baseline', picture: { video: 'baseline' } },
  { name: 'b-frames', picture: { video: 'b-frames' } },
  { name: 'audio-only', picture: { video: 'none' } },
  { name: 'video-only', picture: { audio: false } },
  { name: 'past-0xffffff', picture: { video: 'b-frames' }, firstTimestampMs: 16_775_000 },
  { name: 'chunks-of-65536', picture: { videoKbps: 3_000 }, inLargeChunks: true },
]

const publish = async (url: string, file: string, { firstTimestampMs = 0, inLargeChunks }: Feed) => {
  if (inLargeChunks) return void (await FlvPublisher.start({ url, file, loops: false }))
  const timestampOffsetSeconds = firstTimestampMs / 1_000
  publishFile(url, file, { loops: false, timestampOffsetSeconds })
}

test.skipIf(!hasNginx).concurrent.for(feeds)(
  '$name arrives at three far ends bit for bit',
  async (feed, { expect }) => {
    const file = await provideFlv({ ...feed.picture, seconds })
    const show = await openShow({ destinations: everywhere(feed.name) })
    await publish(show.ingest, file, feed)
    await show.until('stream.ended')

    const made = await inspectFlv(file)
    for (const server of servers) {
      await vi.waitFor(async () => {
        const { video, audio } = await inspectFlv(server.recording(feed.name))
        const [videoPlace, audioPlace] = [placeOf(video, made.video), placeOf(audio, made.audio)]
        expect([videoPlace.after, audioPlace.after]).toEqual([0, 0])
        // The far end's connection stood within the first group of pictures, which it was given from its beginning.
        expect(videoPlace.before).toBe(0)
        expect(audioPlace.before).toBeLessThan(10)
        if (audioPlace.before === 0) expect(md5Of(audio)).toBe(md5Of(made.audio))
        expect(md5Of(video)).toBe(md5Of(made.video))
        expect(largestGapMs(video)).toBeLessThanOrEqual(frameMs)
        expect(isMonotonic(video) && isMonotonic(audio)).toBe(true)
      }, arrivesWithin)
    }
  },
)

const run = promisify(execFile)

test.concurrent('HEVC and Opus in enhanced RTMP arrive bit for bit, and decode', async ({ expect }) => {
  const directory = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
  const file = await makeEnhancedFlv(directory)
  const captures = await Promise.all([1, 2, 3].map(() => startIngestServer()))
  for (const capture of captures) opened.defer(() => capture.close())
  const ends = captures.map(({ port }, at) => [
    `capture ${at + 1}`,
    { url: `rtmp://127.0.0.1:${port}/live`, streamKey: 'enhanced' },
  ])
  const show = await openShow({ destinations: Object.fromEntries(ends) })
  await FlvPublisher.start({ url: show.ingest, file, loops: false })
  await show.until('stream.ended')
  expect(await show.stream()).toMatchObject({
    videoCodec: 'hevc',
    audioCodec: 'opus',
    width: 320,
    height: 180,
  })

  const sent = readFlvTags(readFileSync(file))
  for (const { until } of captures) {
    const { messages } = await until(({ ends }) => ends.length === 1)
    for (const type of [8, 9]) {
      const payloads = (all: { type: number; payload: Buffer }[]) =>
        all.filter((message) => message.type === type).map(({ payload }) => payload.toString('base64'))
      expect(payloads(messages)).toEqual(payloads(sent))
    }
    const hevc = path.join(directory, 'arrived.hevc')
    writeFileSync(hevc, annexBOf(messages.filter(({ type }) => type === 9).map(({ payload }) => payload)))
    const shown = 'stream=codec_name,width,height,nb_read_frames'
    const { stdout } = await run('ffprobe', [
      ...['-v', 'error', '-count_frames', '-show_entries', shown, '-of', 'json', hevc],
    ])
    const frames = String(enhancedSeconds * 30)
    expect(JSON.parse(stdout).streams).toEqual([
      { codec_name: 'hevc', width: 320, height: 180, nb_read_frames: frames },
    ])
  }
})

test
  .skipIf(!hasNginx || !hasStunnel)
  .concurrent('RTMPS in and out; a certificate that nobody vouches for is refused', async ({ expect }) => {
    const [server] = servers
    if (server === undefined) throw new Error('no server')
    const [trusted, unknown] = await Promise.all([makeCertificates(), makeCertificates()])
    for (const made of [trusted, unknown]) opened.defer(() => made.remove())
    const tunnels = await Promise.all([trusted, unknown].map((made) => startTlsServer(server.port, made)))
    for (const tunnel of tunnels) opened.defer(() => tunnel.stop())
    const securePort = await freePort()
    const live = await startLiveProcess(backlot, {
      RTMP_PORT: '0',
      RTMPS_PORT: String(securePort),
      RTMPS_CERT_FILE: trusted.certificate,
      RTMPS_KEY_FILE: trusted.key,
      NODE_EXTRA_CA_CERTS: trusted.ca,
    })
    opened.defer(async () => {
      live.child.kill('SIGTERM')
      await live.exit
    })
    const [good, bad] = tunnels.map(({ port }) => `rtmps://127.0.0.1:${port}/live`)
    const show = await openShow({
      destinations: {
        good: { url: good ?? '', streamKey: 'secure' },
        bad: { url: bad ?? '', streamKey: 'insecure' },
      },
    })
    const file = await provideFlv({ seconds })
    const publisher = publishFile(`rtmps://127.0.0.1:${securePort}/live/${show.streamKey}`, file, {
      loops: false,
    })
    const { data } = await show.until('destination.errored', { of: 'bad' })
    expect(data).toMatchObject({ state: 'errored', code: expect.stringMatching(/CERT|UNABLE_TO_VERIFY/) })
    expect(data.message).toMatch(/certificate/)
    expect(await publisher.exit, publisher.output()).toMatchObject({ code: 0 })
    await show.until('stream.ended')
    const made = await inspectFlv(file)
    await vi.waitFor(async () => {
      const arrived = await inspectFlv(server.recording('secure'))
      expect(placeOf(arrived.video, made.video)).toEqual({ before: 0, after: 0 })
      expect(placeOf(arrived.audio, made.audio).after).toBe(0)
    }, arrivesWithin)
    expect(show.eventsOf('destination.broadcasting', { of: 'bad' })).toEqual([])
    expect(server.recordings('insecure')).toEqual([])
  })
