import { once } from 'node:events'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { type Publication, startIngestServer } from '../../../../test/harness/ingest-server.ts'
import {
  connectTo,
  framed,
  live,
  messageOf,
  publishTo,
  talkTo,
} from '../../../../test/harness/rtmp-clients.ts'
import { type AmfValue, encodeAmf0 } from './amf0.ts'
import { commandMessage } from './command.ts'
import { frameMessage } from './frame-message.ts'
import type { PublishAnswer } from './ingest-session.ts'
import { messageTypes, type RtmpMessage } from './message.ts'
import { publishChunkBytes } from './publish-session.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const serve = async (options?: Parameters<typeof startIngestServer>[0]) => {
  const server = await startIngestServer(options)
  closers.push(server.close)
  return server
}

const ended = (reason: string) => (publication: Publication) =>
  publication.ends.some((end) => end.reason === reason)

test('does not read on until the publisher is accepted', async () => {
  const answer = Promise.withResolvers<PublishAnswer>()
  const server = await serve({ onPublish: () => answer.promise })
  const client = await talkTo(server.port)
  client.say(0, 'connect', 1, live)
  client.say(1, 'publish', 2, null, 'key', 'live')
  const { socket, messages, session } = await server.until((publication) => publication.requests.length === 1)
  const frame = messageOf(messageTypes.video, 0, Buffer.alloc(60_000, 1))
  client.connection.setOutgoingChunkSize(publishChunkBytes)
  let sent = 0
  while (client.connection.socket.writableLength < 1024 * 1024 && sent < 1_000) {
    client.connection.sendFramed(framed(frame))
    sent += 1
    await new Promise((resolve) => setImmediate(resolve))
  }
  // The kernel's buffers are full now: the server has taken at most one more read.
  expect(sent).toBeLessThan(1_000)
  expect(socket.isPaused()).toBe(true)
  expect(session.bytesReceived).toBeLessThan(200_000)
  expect(messages).toEqual([])
  answer.resolve({ accepted: true })
  await server.until((publication) => publication.messages.length === sent)
})

test('keeps what came in the same read as publish', async () => {
  const server = await serve()
  const client = await talkTo(server.port)
  client.say(0, 'connect', 1, live)
  const large = messageOf(messageTypes.video, 0, Buffer.alloc(100_000, 1))
  client.connection.socket.cork()
  client.say(1, 'publish', 2, null, 'key', 'live')
  client.connection.setOutgoingChunkSize(publishChunkBytes)
  client.connection.sendFramed(framed(messageOf(messageTypes.audio, 0, Buffer.of(0xaf, 0, 0x12, 0x10))))
  client.connection.sendFramed(framed(large))
  client.connection.socket.uncork()
  const { messages } = await server.until((publication) => publication.messages.length === 2)
  expect(messages[1]).toEqual(large)
})

test('delivers metadata without its command, and the parts of aggregates', async () => {
  const server = await serve()
  const { session, accepted } = publishTo(server.port)
  await accepted
  const properties = { width: 640 }
  const plain = encodeAmf0('onMetaData', properties)
  const withCommand = encodeAmf0('@setDataFrame', 'onMetaData', properties)
  const part = (type: number, timestamp: number, ...bytes: number[]) =>
    Buffer.from([type, 0, 0, bytes.length, 0, 0, timestamp, 0, 0, 0, 0, ...bytes, 0, 0, 0, 11 + bytes.length])
  const aggregate = Buffer.concat([part(8, 10, 0xaf, 1), part(9, 15, 0x27, 1, 0, 0, 0)])
  session.sendFramed(framed(messageOf(messageTypes.data, 0, withCommand)))
  session.sendFramed(framed(messageOf(messageTypes.dataAmf3, 1, Buffer.concat([Buffer.of(0), withCommand]))))
  session.sendFramed(framed(messageOf(messageTypes.aggregate, 1_000, aggregate)))
  const { messages } = await server.until((publication) => publication.messages.length === 4)
  expect(messages).toEqual([
    messageOf(messageTypes.data, 0, plain),
    messageOf(messageTypes.data, 1, plain),
    messageOf(messageTypes.audio, 1_000, Buffer.of(0xaf, 1)),
    messageOf(messageTypes.video, 1_005, Buffer.of(0x27, 1, 0, 0, 0)),
  ])
  session.sendFramed(framed(messageOf(messageTypes.aggregate, 1_000, aggregate.subarray(0, 5))))
  const { ends } = await server.until(ended('failed'))
  expect(ends[0]?.error?.message).toBe('an aggregate is cut off')
})

test('tells enhanced RTMP clients that all codecs pass', async () => {
  const server = await serve()
  const client = await talkTo(server.port)
  client.say(0, 'connect', 1, live)
  const { object, values } = await client.heard('_result')
  expect(object).toMatchObject({ fourCcList: expect.arrayContaining(['hvc1', 'av01', 'vp09', 'Opus']) })
  expect(values[0]).toMatchObject({ level: 'status', code: 'NetConnection.Connect.Success' })
})

test('refuses to play', async () => {
  const server = await serve()
  const client = await talkTo(server.port)
  client.say(0, 'connect', 1, live)
  client.say(0, 'createStream', 2, null)
  client.say(1, 'play', 3, null, 'key')
  const { values } = await client.heard('onStatus')
  expect(values[0]).toMatchObject({ level: 'error', code: 'NetStream.Play.Failed' })
  await client.closed
  const { ends, requests } = await server.until(ended('failed'))
  expect([ends.length, requests.length]).toEqual([1, 0])
})

const video = messageOf(messageTypes.video, 0, Buffer.of(0x17, 0))
test.each<[string, string, (client: Awaited<ReturnType<typeof talkTo>>) => void]>([
  ['media before connect', 'media before publish', ({ connection }) => connection.send(video, 6)],
  [
    'media before publish',
    'media before publish',
    ({ say, connection }) => {
      say(0, 'connect', 1, live)
      connection.send(video, 6)
    },
  ],
  ['publish before connect', 'a command before connect', ({ say }) => say(1, 'publish', 2, null, 'key')],
  [
    'two connects',
    'a second connect',
    ({ say }) => {
      say(0, 'connect', 1, live)
      say(0, 'connect', 2, live)
    },
  ],
  [
    'two publishes',
    'a second publish',
    ({ say }) => {
      say(0, 'connect', 1, live)
      say(1, 'publish', 2, null, 'key')
      say(1, 'publish', 3, null, 'key')
    },
  ],
  ['a command that is none', 'a command without name or number', ({ say }) => say(0, 1, 2)],
  [
    'a long message',
    'message too long',
    ({ connection }) => connection.send(messageOf(messageTypes.data, 0, Buffer.alloc(65_537)), 6),
  ],
])('closes on %s', async (_name, reason, misbehave) => {
  const server = await serve()
  const client = await talkTo(server.port)
  misbehave(client)
  await client.closed
  const { ends, messages } = await server.until(ended('failed'))
  expect(ends).toHaveLength(1)
  expect(ends[0]?.error?.message).toBe(reason)
  expect(messages).toEqual([])
})

test('gives up on a client that publishes nothing, and on one that is not answered', async () => {
  const server = await serve({ publishDeadlineMs: 200, onPublish: () => new Promise(() => {}) })
  const silent = await talkTo(server.port)
  await silent.closed
  const asking = await talkTo(server.port)
  asking.say(0, 'connect', 1, live)
  asking.say(1, 'publish', 2, null, 'key')
  await asking.closed
  const failure = {
    reason: 'failed',
    error: expect.objectContaining({ message: 'nothing was published in time' }),
  }
  await vi.waitFor(() => expect(server.publications.map(({ ends }) => ends)).toEqual([[failure], [failure]]))
})

test('outlives what its consumer throws', async () => {
  const server = await serve()
  const { session, accepted, closed } = publishTo(server.port)
  await accepted
  const [publication] = server.publications
  Object.defineProperty(publication?.messages, 'push', {
    value: () => {
      throw new Error('no room')
    },
  })
  session.sendFramed(framed(messageOf(messageTypes.audio, 0, Buffer.of(0xaf, 1))))
  await closed
  expect(publication?.ends).toEqual([{ reason: 'failed', error: new Error('no room') }])
})

test('survives a publisher whose bytes are damaged anywhere, and ends it once', async () => {
  const server = await serve({ publishDeadlineMs: 1_000 })
  const command = (streamId: number, ...values: AmfValue[]) =>
    frameMessage(commandMessage(streamId, encodeAmf0(...values)), 3, 128)
  const media = (type: number, ...bytes: number[]) =>
    frameMessage(messageOf(type, 0, Buffer.from(bytes)), 6, 128)
  const handshake = Buffer.concat([Buffer.of(3), Buffer.alloc(2 * 1536)])
  const whole = Buffer.concat([
    command(0, 'connect', 1, live),
    command(0, 'createStream', 2, null),
    command(1, 'publish', 3, null, 'key', 'live'),
    media(messageTypes.audio, 0xaf, 0, 0x12, 0x10),
    media(messageTypes.video, ...Buffer.alloc(1_000, 0x17)),
    media(messageTypes.data, ...encodeAmf0('@setDataFrame', 'onMetaData', { width: 1 })),
    media(messageTypes.aggregate, 8, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xaf, 0, 0, 0, 12),
    command(1, 'deleteStream', 4, null, 1),
  ])
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
  const attempt = fc.asyncProperty(damage, async (changes) => {
    const bytes = Buffer.from(whole)
    for (const [at, value] of changes) bytes[at] = value
    const socket = connectTo(server.port)
    socket.resume().on('error', () => {})
    socket.end(Buffer.concat([handshake, bytes]))
    await once(socket, 'close')
  })
  await fc.assert(attempt, { numRuns: 500 })
  await vi.waitFor(() =>
    expect(server.publications.map(({ ends }) => ends.length)).toEqual(Array(500).fill(1)),
  )
  expect(new Set(server.publications.map(({ ends }) => ends[0]?.reason)).size).toBeGreaterThan(1)
  const { accepted } = publishTo(server.port)
  await accepted
})

test('delivers nothing after its end', async () => {
  const server = await serve()
  const { session, accepted, closed } = publishTo(server.port)
  await accepted
  const [publication] = server.publications
  const received: RtmpMessage[] = []
  Object.defineProperty(publication?.messages, 'push', {
    value: (each: RtmpMessage) => {
      received.push(each)
      publication?.session.close('NetStream.Publish.Failed', 'Enough.')
    },
  })
  const tag = [8, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xaf, 0, 0, 0, 12]
  session.sendFramed(framed(messageOf(messageTypes.aggregate, 0, Buffer.from([...tag, ...tag]))))
  await closed
  expect(received).toHaveLength(1)
  expect(publication?.ends).toHaveLength(1)
})
