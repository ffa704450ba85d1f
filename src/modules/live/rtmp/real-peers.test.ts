import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readFlvTags, runFfmpeg } from '../../../../test/harness/flv-media.ts'
import { freePort } from '../../../../test/harness/free-port.ts'
import { startIngestServer } from '../../../../test/harness/ingest-server.ts'
import { startProgram } from '../../../../test/harness/program.ts'
import { provideProgram } from '../../../../test/harness/provide-program.ts'
import {
  provideRtmpServer,
  RtmpServer,
  type RtmpServerOptions,
} from '../../../../test/harness/rtmp-server.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../test/harness/temporary-directory.ts'
import { describeMedia } from '../flv/media-message.ts'
import { frameMessage } from './frame-message.ts'
import type { PublishAnswer } from './ingest-session.ts'
import { messageTypes, type RtmpMessage } from './message.ts'
import { PublishSession, publishChunkBytes, type Refusal } from './publish-session.ts'

const hasFfmpeg = await provideProgram('ffmpeg', 'ffmpeg')
const hasRtmpServer = await provideRtmpServer()

const directory = makeTemporaryDirectory()
const source = path.join(directory, 'source.flv')
let tags: RtmpMessage[] = []
beforeAll(async () => {
  if (!hasFfmpeg) return
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=2']
  const tone = ['-f', 'lavfi', '-i', 'sine=duration=2']
  const codecs = ['-c:v', 'libx264', '-g', '25', '-bf', '2', '-b:v', '6M', '-c:a', 'aac']
  const file = await runFfmpeg([...picture, ...tone, ...codecs, '-f', 'flv'])
  await writeFile(source, file)
  tags = readFlvTags(file)
})
afterAll(() => removeTemporaryDirectory(directory))

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const serve = async (options?: Parameters<typeof startIngestServer>[0]) => {
  const server = await startIngestServer(options)
  closers.push(server.close)
  return server
}

const ffmpeg = (args: string[]) => {
  const program = startProgram('ffmpeg', ['-nostdin', ...args])
  closers.push(program.kill)
  return program
}

const startRtmpServer = async (options: RtmpServerOptions) => {
  const server = await RtmpServer.start({ ...options, records: false })
  closers.push(() => server.stop())
  return server
}

/** Connects to a program that may still be starting, and takes no more than this one connection. */
const dial = async (port: number): Promise<net.Socket> => {
  for (const deadline = Date.now() + 10_000; ; ) {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    try {
      await once(socket, 'connect')
      closers.push(() => socket.destroy())
      return socket
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

const publish = async (url: string, streamKey: string) => {
  const { port, pathname } = new URL(url)
  const accepted = Promise.withResolvers<number>()
  const closed = Promise.withResolvers<Error | undefined>()
  const refused: Refusal[] = []
  const acknowledged: number[] = []
  const session = new PublishSession({
    socket: await dial(Number(port)),
    target: { app: pathname.slice(1), tcUrl: url, streamKey },
    handlers: {
      onAccepted: accepted.resolve,
      onRefused: (refusal) => refused.push(refusal),
      onAcknowledged: (bytes) => acknowledged.push(bytes),
      onDrain: () => {},
      onClosed: closed.resolve,
    },
  })
  return { session, refused, acknowledged, accepted: accepted.promise, closed: closed.promise }
}

const sendAll = (session: PublishSession, streamId: number) => {
  for (const tag of tags) {
    const chunkStreamId = tag.type === messageTypes.audio ? 4 : 6
    session.sendFramed(frameMessage({ ...tag, streamId }, chunkStreamId, publishChunkBytes))
  }
}

const isFrame = (message: RtmpMessage) => {
  const info = describeMedia(message)
  return info !== undefined && info.kind !== 'metadata' && !info.isSequenceHeader && info.isEnd === undefined
}
const digest = ({ payload }: RtmpMessage) => createHash('md5').update(payload).digest('hex')
/** The coded frames in the order of their kind, and when each is to be decoded. */
const framesOf = (messages: RtmpMessage[]) => {
  const frames = messages
    .filter(isFrame)
    .map((each) => ({ at: each.timestamp, type: each.type, md5: digest(each) }))
  return frames.sort((a, b) => a.type - b.type)
}

describe.skipIf(!hasFfmpeg)('ffmpeg', () => {
  test('publishes here', async () => {
    const server = await serve()
    const url = `rtmp://127.0.0.1:${server.port}/live/some-key`
    ffmpeg(['-v', 'error', '-i', source, '-c', 'copy', '-f', 'flv', url])
    const { requests, messages, ends } = await server.until(({ ends }) => ends.length > 0)
    expect(ends).toEqual([{ reason: 'unpublished', error: undefined }])
    expect(requests).toEqual([
      {
        streamKey: 'some-key',
        encoder: expect.stringMatching(/^FMLE\/3.0 \(compatible; Lavf/),
        tcUrl: `rtmp://127.0.0.1:${server.port}/live`,
      },
    ])
    expect(framesOf(messages)).toEqual(framesOf(tags))
    const infos = messages.map(describeMedia)
    expect(infos.filter((info) => info?.kind === 'metadata')).toHaveLength(1)
    expect(infos.filter((info) => info?.kind === 'video' && info.isSequenceHeader)).toHaveLength(1)
    expect(infos.filter((info) => info?.kind === 'video' && info.isKeyFrame)).toHaveLength(2)
  })

  test('reads why it is refused', async () => {
    const description = 'There is no project with this key.'
    const answer: PublishAnswer = { accepted: false, code: 'NetStream.Publish.BadName', description }
    const server = await serve({ onPublish: async () => answer })
    const url = `rtmp://127.0.0.1:${server.port}/live/some-key`
    const { exit, output } = ffmpeg(['-i', source, '-c', 'copy', '-f', 'flv', url])
    const { code } = await exit
    expect(code).not.toBe(0)
    expect(output()).toContain(description)
  })

  test('takes a stream that is published to it', async () => {
    const url = `rtmp://127.0.0.1:${await freePort()}/app`
    const output = path.join(directory, 'received.flv')
    const args = ['-v', 'error', '-listen', '1', '-f', 'flv', '-i', `${url}/key`]
    const receiver = ffmpeg([...args, '-c', 'copy', '-y', output])
    const { session, accepted, closed } = await publish(url, 'key')
    sendAll(session, await accepted)
    session.unpublish()
    expect(await closed).toBeUndefined()
    await receiver.exit
    const received = readFlvTags(await readFile(output))
    expect(framesOf(received)).toEqual(framesOf(tags))
  })
})

describe.skipIf(!hasFfmpeg || !hasRtmpServer)('nginx-rtmp', () => {
  test('takes a stream and pushes it here, not waiting for the answer', async () => {
    const answer = Promise.withResolvers<PublishAnswer>()
    const server = await serve({ onPublish: () => answer.promise })
    const nginx = await startRtmpServer({ push: [`rtmp://127.0.0.1:${server.port}/live/pushed-key`] })
    const { session, accepted, acknowledged, closed } = await publish(nginx.url, 'key')
    const streamId = await accepted
    await server.until(({ requests }) => requests[0]?.streamKey === 'pushed-key')
    session.requestAcknowledgements(100_000)
    sendAll(session, streamId)
    await expect.poll(() => acknowledged.at(-1)).toBeGreaterThan(session.bytesSent - 200_000)
    answer.resolve({ accepted: true })
    const expected = framesOf(tags)
    await server.until(({ messages }) => messages.filter(isFrame).length === expected.length)
    session.unpublish()
    expect(await closed).toBeUndefined()
    const { messages, ends } = await server.until((publication) => publication.ends.length > 0)
    expect(framesOf(messages).map(({ md5 }) => md5)).toEqual(expected.map(({ md5 }) => md5))
    expect(ends).toHaveLength(1)
  })

  test('refuses a second publisher in its own words', async () => {
    const nginx = await startRtmpServer({})
    const first = await publish(nginx.url, 'key')
    await first.accepted
    const second = await publish(nginx.url, 'key')
    expect(await second.closed).toBeUndefined()
    expect(second.refused).toEqual([{ code: 'NetStream.Publish.BadName', description: 'Already publishing' }])
    first.session.unpublish()
    expect(await first.closed).toBeUndefined()
  })

  test('refuses a key by closing', async () => {
    const nginx = await startRtmpServer({ onlyKeys: ['another-key'] })
    const { closed, refused } = await publish(nginx.url, 'key')
    expect((await closed)?.message).toBe('closed by the far end before it answered publish')
    expect(refused).toEqual([])
  })
})
