import { randomBytes, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthApp, call, signUp, startAuthApp } from '../../../../test/harness/auth-app.ts'
import { appendLive, makeFlv, messagesOf, probe } from '../../../../test/harness/live-media.ts'
import { provideProgram } from '../../../../test/harness/provide-program.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../test/harness/temporary-directory.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { Database } from '../../../platform/database/database.ts'
import type { App } from '../../../platform/http/http-server.ts'
import { projects } from '../../projects/projects.table.ts'
import { type Ffmpeg, findFfmpeg } from '../ffmpeg.ts'
import { Feed } from '../relay/feed.ts'
import type { RtmpMessage } from '../rtmp/message.ts'
import { previewRoutes } from './preview.routes.ts'
import { Preview } from './preview.ts'
import { previewFolder } from './preview-folder.ts'
import { signPreview } from './preview-links.ts'

const hasFfmpeg = await provideProgram('ffmpeg', 'ffmpeg')
const directory = makeTemporaryDirectory()
const previewKey = randomBytes(32)
const log = pino({ level: 'silent' })
let auth: AuthApp
let origin = ''
let close: () => Promise<void>
let ffmpeg: Ffmpeg | undefined
let messages: RtmpMessage[] = []

beforeAll(async () => {
  const server = await createTestDatabase()
  const connection = { ssl: false, applicationName: 'preview test', onConnectionError: () => undefined }
  const database = new Database({ url: server.url, poolMax: 2, ...connection })
  const deps = { readDb: database.db, dataDir: directory, previewKey, hasFfmpeg: true, publicUrl: undefined }
  const routes = async (app: App) => {
    await app.register(previewRoutes(deps), { prefix: '/v1' })
  }
  auth = await startAuthApp(server.url, { routes })
  origin = await auth.app.listen({ port: 0, host: '127.0.0.1' })
  close = async () => {
    await auth.close()
    await database.close()
    await server.drop()
  }
  ffmpeg = await findFfmpeg()
  if (hasFfmpeg) messages = await messagesOf(await makeFlv(directory, { seconds: 3 }))
}, 60_000)
afterAll(async () => {
  await close?.()
  removeTemporaryDirectory(directory)
})

type Shown = { streamId: string; projectId: string; token: string; folder: string }

const goLive = async (over: { preview?: boolean; liveStreamId?: null } = {}): Promise<Shown> => {
  const { user, accessToken: token } = await signUp(auth)
  const streamId = randomUUID()
  const [project] = await auth.db
    .insert(projects)
    .values({
      ownerId: user.id,
      name: 'Show',
      streamKeyHash: randomUUID(),
      streamKeyHint: 'abcd',
      liveStreamId: streamId,
      ...over,
    })
    .returning()
  return { streamId, projectId: project?.id ?? '', token, folder: previewFolder(directory, streamId) }
}

const startPreview = (folder: string, media = messages, ffmpegPath = ffmpeg?.path ?? '') => {
  const feed = new Feed()
  const stop = new AbortController()
  const states: string[] = []
  const onState = (state: string, message?: string) =>
    void states.push(message === undefined ? state : `${state}: ${message}`)
  const preview = new Preview({ feed, directory: folder, ffmpegPath, log, onState })
  const feeding = appendLive(feed, media, 3_000, stop.signal)
  return {
    feed,
    states,
    close: async () => {
      stop.abort()
      await feeding
      await preview.close()
    },
  }
}

const ask = async ({ projectId, token }: Pick<Shown, 'projectId' | 'token'>) =>
  call(auth, 'GET', `/v1/projects/${projectId}/preview`, {
    token,
    headers: { host: new URL(origin).host },
  })
const statusOf = async (url: string) => {
  const answer = await fetch(url)
  if (!answer.headers.get('content-type')?.includes('json')) {
    await answer.body?.cancel()
    return [answer.status]
  }
  const body = (await answer.json()) as { error: { code: string } }
  return [answer.status, body.error.code]
}
const changed = (url: string, change: (url: URL) => void) => {
  const other = new URL(url)
  change(other)
  return other.href
}

test.runIf(hasFfmpeg)('its owner watches what is live, and nobody else', { timeout: 60_000 }, async () => {
  const shown = await goLive()
  const running = startPreview(shown.folder)
  expect((await ask(shown)).data).toMatchObject({ available: false, playlistUrl: null })
  await expect
    .poll(async () => (await ask(shown)).data.thumbnailUrl, { timeout: 20_000 })
    .toEqual(expect.any(String))
  expect(running.states).toEqual(['starting', 'running'])
  const { data } = await ask(shown)
  const { playlistUrl, thumbnailUrl } = data

  const answer = await fetch(playlistUrl)
  expect(answer.headers.get('content-type')).toBe('application/vnd.apple.mpegurl')
  expect(answer.headers.get('cache-control')).toBe('private, no-store')
  const playlist = await answer.text()
  const [segment = ''] = playlist.match(/^segment-\d+\.m4s\?.*$/m) ?? []
  expect(playlist).toMatch(/#EXT-X-MAP:URI="init-\d+\.mp4\?expires=\d+&signature=[\w-]+"/)
  const segmentUrl = new URL(segment, playlistUrl).href
  expect(await statusOf(segmentUrl)).toEqual([200])

  // ffprobe reads a list that has an end to its end; this one has none, so it is told to look at its first second.
  const played = await probe(playlistUrl, ['-read_intervals', '%+1', '-allowed_extensions', 'ALL'])
  expect(played.format).toBe('hls')
  expect(played.codecs).toEqual(['aac', 'h264'])
  expect(played.videoPackets).toBeGreaterThan(20)

  const picture = await fetch(thumbnailUrl)
  expect(picture.headers.get('content-type')).toBe('image/jpeg')
  const file = path.join(directory, 'picture.jpg')
  fs.writeFileSync(file, new Uint8Array(await picture.arrayBuffer()))
  expect((await probe(file)).codecs).toEqual(['mjpeg'])
  const own = await call(auth, 'GET', `/v1/projects/${shown.projectId}/thumbnail`, { token: shown.token })
  expect([own.status, own.headers['content-type']]).toEqual([200, 'image/jpeg'])

  const stranger = await signUp(auth)
  const asStranger = { projectId: shown.projectId, token: stranger.accessToken }
  expect((await ask(asStranger)).status).toBe(404)
  const theirs = await call(auth, 'GET', `/v1/projects/${shown.projectId}/thumbnail`, {
    token: stranger.accessToken,
  })
  expect(theirs.status).toBe(404)
  await refuses(playlistUrl, segmentUrl, shown.streamId)

  await running.close()
  expect(fs.existsSync(shown.folder)).toBe(false)
  expect(await statusOf(playlistUrl)).toEqual([404, 'PREVIEW_NOT_FOUND'])
  expect((await ask(shown)).data.available).toBe(false)
})

const refuses = async (playlistUrl: string, segmentUrl: string, streamId: string) => {
  const invalid = [403, 'SIGNATURE_INVALID']
  const forged = changed(playlistUrl, (url) => {
    const signature = url.searchParams.get('signature') ?? ''
    url.searchParams.set('signature', (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1))
  })
  expect(await statusOf(forged)).toEqual(invalid)
  const longer = changed(playlistUrl, (url) => url.searchParams.set('expires', '99999999999'))
  expect(await statusOf(longer)).toEqual(invalid)
  expect(await statusOf(playlistUrl.replace(/\?.*/, ''))).toEqual(invalid)
  const elsewhere = changed(segmentUrl, (url) => {
    url.pathname = url.pathname.replace(/segment-\d+\.m4s/, 'playlist.m3u8')
  })
  expect(await statusOf(elsewhere)).toEqual(invalid)
  expect(await statusOf(playlistUrl.replace(streamId, randomUUID()))).toEqual(invalid)

  const signed = (file: string, expires: number) =>
    `${origin}/v1/live/preview/${streamId}/${encodeURIComponent(file)}?${signPreview(previewKey, { streamId, file }, expires)}`
  const now = Math.floor(Date.now() / 1_000)
  expect(await statusOf(signed('playlist.m3u8', now + 60))).toEqual([200])
  expect(await statusOf(signed('playlist.m3u8', now - 1))).toEqual([403, 'URL_EXPIRED'])
  for (const file of ['../../../made-3-true-true.flv', 'failure.txt', 'playlist.m3u8.tmp', '..']) {
    expect((await statusOf(signed(file, now + 60)))[0]).not.toBe(200)
  }
}

test('it says why there is no preview', async () => {
  expect((await ask(await goLive({ liveStreamId: null }))).data.message).toBe('The project is not live.')
  expect((await ask(await goLive({ preview: false }))).data.message).toMatch(/switched off/)
})

test.runIf(hasFfmpeg)('sound alone can be heard', { timeout: 30_000 }, async () => {
  const { folder } = await goLive()
  const sound = await messagesOf(await makeFlv(directory, { seconds: 3, video: false }))
  const running = startPreview(folder, sound)
  await expect.poll(() => running.states, { timeout: 20_000 }).toEqual(['starting', 'running'])
  expect((await probe(path.join(folder, 'playlist.m3u8'), ['-read_intervals', '%+1'])).codecs).toEqual([
    'aac',
  ])
  await running.close()
})

test.runIf(hasFfmpeg)('an ffmpeg that is killed is started again', { timeout: 40_000 }, async () => {
  const { folder } = await goLive()
  const running = startPreview(folder)
  await expect.poll(() => running.states.at(-1), { timeout: 20_000 }).toBe('running')
  for (const pid of childrenWith(folder)) process.kill(pid, 'SIGKILL')
  await expect
    .poll(() => running.states, { timeout: 20_000 })
    .toEqual(['starting', 'running', 'starting', 'running'])
  await running.close()
  expect(childrenWith(folder)).toEqual([])
})

test('one that always fails is given up on, and the owner reads why', { timeout: 30_000 }, async () => {
  const shown = await goLive()
  const broken = path.join(directory, 'broken-ffmpeg')
  fs.writeFileSync(broken, '#!/bin/sh\necho "[mov @ 0x55] no such codec" >&2\nexit 1\n', { mode: 0o755 })
  const video = Buffer.concat([Buffer.from('1701000000', 'hex'), Buffer.alloc(2_000)])
  const keyFrames = Array.from({ length: 100 }, (_, index) => ({
    ...{ type: 9, streamId: 1, timestamp: index * 30, payload: video },
  }))
  const running = startPreview(shown.folder, keyFrames, broken)
  await expect.poll(() => running.states.length, { timeout: 20_000 }).toBe(6)
  expect(running.states.at(-1)).toBe('failed: ffmpeg could not make a preview: no such codec')
  expect((await ask(shown)).data.message).toBe('ffmpeg could not make a preview: no such codec')
  await running.close()
})

/** Our children whose command line names this. */
const childrenWith = (text: string): number[] =>
  fs
    .readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter((pid) => pid !== '' && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text))
    .map(Number)
