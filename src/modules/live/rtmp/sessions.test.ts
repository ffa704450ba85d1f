import { afterEach, expect, test, vi } from 'vitest'
import { type Publication, startIngestServer } from '../../../../test/harness/ingest-server.ts'
import { framed, messageOf, publishTo } from '../../../../test/harness/rtmp-clients.ts'
import { messageTypes } from './message.ts'

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

test('carries media unchanged, acknowledges it and ends in order', async () => {
  const server = await serve()
  const { session, told, acknowledged, accepted, closed } = publishTo(server.port)
  expect(await accepted).toBe(1)
  session.requestAcknowledgements(100_000)
  const sent = [
    messageOf(messageTypes.audio, 0, Buffer.of(0xaf, 0, 0x12, 0x10)),
    messageOf(messageTypes.video, 0, Buffer.alloc(300_000, 7)),
    messageOf(messageTypes.video, 0xfffffff0, Buffer.alloc(200_000, 8)),
    messageOf(messageTypes.audio, 20, Buffer.of(0xaf, 1)),
  ]
  for (const each of sent) session.sendFramed(framed(each))
  const { messages } = await server.until((publication) => publication.messages.length === sent.length)
  expect(messages).toEqual(sent)
  await vi.waitFor(() => expect(acknowledged).toHaveBeenCalled())
  expect(session.acknowledgedBytes).toBeGreaterThan(100_000)
  expect(session.acknowledgedBytes).toBeLessThanOrEqual(session.bytesSent)
  session.unpublish()
  const { ends } = await server.until(ended('unpublished'))
  await closed
  expect(ends).toEqual([{ reason: 'unpublished', error: undefined }])
  expect(told).toEqual({ accepted: [1], refused: [], closed: [undefined] })
})

test('passes the words of a refusal on', async () => {
  const words = { code: 'NetStream.Publish.BadName', description: 'No such key.' }
  const server = await serve({ onPublish: async () => ({ accepted: false, ...words }) })
  const { told, closed } = publishTo(server.port)
  await closed
  expect(told).toEqual({ accepted: [], refused: [words], closed: [undefined] })
  const { ends } = await server.until(ended('failed'))
  expect(ends).toHaveLength(1)
  expect(ends[0]?.error?.message).toBe('NetStream.Publish.BadName: No such key.')
})

test('refuses when the answer cannot be had, without its reason', async () => {
  const server = await serve({ onPublish: () => Promise.reject(new Error('SELECT failed')) })
  const { told, closed } = publishTo(server.port)
  await closed
  expect(told.refused).toEqual([
    { code: 'NetStream.Publish.Failed', description: 'The server cannot take a stream now.' },
  ])
  const { ends } = await server.until(ended('failed'))
  expect(ends[0]?.error?.cause).toEqual(new Error('SELECT failed'))
})

test('refuses another application', async () => {
  const server = await serve()
  const { told, closed } = publishTo(server.port, { app: 'other' })
  await closed
  expect(told.refused).toEqual([
    {
      code: 'NetConnection.Connect.InvalidApp',
      description: 'There is no such application; the one to publish to is "live".',
    },
  ])
  await server.until(ended('failed'))
})

test.each([
  ['live', 'key?token=1', 'key'],
  ['live/', 'key', 'key'],
  ['live?x=1', 'key', 'key'],
  ['live/key', '', 'key'],
  ['live/key?x=1', '?x=2', 'key'],
  ['live/other', 'key', 'key'],
])('finds the key in app %j and name %j', async (app, streamKey, expected) => {
  const server = await serve()
  const { accepted } = publishTo(server.port, { app, streamKey })
  await accepted
  expect(server.publications[0]?.requests).toEqual([
    {
      streamKey: expected,
      encoder: 'FMLE/3.0 (compatible; Backlot)',
      tcUrl: `rtmp://127.0.0.1:${server.port}/${app}`,
    },
  ])
})

test.each([
  ['live', ''],
  ['live', 'x'.repeat(257)],
  ['live/a/b', 'key'],
  ['', 'key'],
])('asks nobody about app %j and name %j', async (app, streamKey) => {
  const server = await serve()
  const { told, closed } = publishTo(server.port, { app, streamKey })
  await closed
  expect(told.refused).toHaveLength(1)
  const { requests } = await server.until(ended('failed'))
  expect(requests).toEqual([])
})

test('tells a publisher why it is closed', async () => {
  const server = await serve()
  const { told, accepted, closed } = publishTo(server.port)
  await accepted
  const [publication] = server.publications
  publication?.session.close('NetStream.Publish.Failed', 'Another publisher took over.')
  publication?.session.close('NetStream.Publish.Failed', 'Again.')
  await closed
  expect(told.refused).toEqual([
    { code: 'NetStream.Publish.Failed', description: 'Another publisher took over.' },
  ])
  expect(publication?.ends).toEqual([{ reason: 'closed', error: undefined }])
})

test('notices that the other has gone, on both sides', async () => {
  const server = await serve()
  const first = publishTo(server.port)
  await first.accepted
  first.session.close(new Error('enough'))
  expect(await first.closed).toEqual(new Error('enough'))
  const { ends } = await server.until(ended('closed'))
  expect(ends).toHaveLength(1)
  const second = publishTo(server.port)
  await second.accepted
  server.publications[1]?.socket.destroy()
  await second.closed
  expect(second.told.closed).toHaveLength(1)
})
