import { once } from 'node:events'
import net from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { publishTo } from '../../../../test/harness/rtmp-clients.ts'
import { type AmfValue, encodeAmf0 } from './amf0.ts'
import { type Command, commandMessage, readCommand } from './command.ts'
import { frameMessage } from './frame-message.ts'
import { messageTypes } from './message.ts'
import { publishChunkBytes } from './publish-session.ts'
import { RtmpConnection } from './rtmp-connection.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A server that answers each command as told. */
const answering = async (answers: Record<string, (command: Command) => AmfValue[]>) => {
  const server = net.createServer({ noDelay: true }, (socket) => {
    const connection = new RtmpConnection({
      socket,
      side: 'server',
      bounds: { maxMessageBytes: 65_536, maxBufferedBytes: 65_536, maxChunkStreams: 8 },
      handlers: {
        onReady: () => {},
        onClosed: () => {},
        onMessage: (each) => {
          if (each.type !== messageTypes.command) return
          const command = readCommand(each)
          const answer = answers[command.name]?.(command)
          if (answer !== undefined) connection.send(commandMessage(0, encodeAmf0(...answer)), 3)
        },
      },
    })
    closers.push(() => socket.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closers.push(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
const result = ({ transactionId }: Command, value?: AmfValue): AmfValue[] => [
  '_result',
  transactionId,
  null,
  value,
]
const status = (level: string, code: string, description: string): AmfValue[] => [
  'onStatus',
  0,
  null,
  { level, code, description },
]

test('takes errors about releaseStream and FCPublish lightly', async () => {
  const error = ({ transactionId }: Command) => [
    '_error',
    transactionId,
    null,
    { code: 'x', description: 'y' },
  ]
  const port = await answering({
    connect: (command) => result(command),
    releaseStream: error,
    FCPublish: error,
    createStream: (command) => result(command, 7),
    publish: () => status('status', 'NetStream.Publish.Start', 'ok'),
  })
  const { accepted, told } = publishTo(port)
  expect(await accepted).toBe(7)
  expect(told.refused).toEqual([])
})

test('keeps foreign words short, clean and free of the key', async () => {
  const description = `key s3cret-key \u0000\u001b[31m${'long '.repeat(200)}`
  const port = await answering({
    connect: (command) => ['_error', command.transactionId, null, { code: 'NetConnection.X\n', description }],
  })
  const { told, closed } = publishTo(port, { streamKey: 's3cret-key' })
  await closed
  expect(told.refused).toHaveLength(1)
  expect(told.refused[0]?.code).toBe('NetConnection.X')
  expect(told.refused[0]?.description).toMatch(/^key \*\*\* \[31mlong long/)
  expect(told.refused[0]?.description.length).toBeLessThanOrEqual(300)
})

test('hears an error after it was accepted', async () => {
  const port = await answering({
    connect: (command) => result(command),
    createStream: (command) => result(command, 1),
    publish: () => status('status', 'NetStream.Publish.Start', 'ok'),
    FCUnpublish: () => [],
    bye: () => status('error', 'NetStream.Failed', 'The stream was stopped.'),
  })
  const { session, accepted, told, closed } = publishTo(port)
  await accepted
  session.sendFramed(frameMessage(commandMessage(0, encodeAmf0('bye', 0, null)), 3, publishChunkBytes))
  await closed
  expect(told.refused).toEqual([{ code: 'NetStream.Failed', description: 'The stream was stopped.' }])
})

test.each([
  [{}, 'no answer to connect in time'],
  [{ connect: result }, 'no answer to createStream in time'],
  [
    { connect: result, createStream: (command: Command) => result(command, 1) },
    'no answer to publish in time',
  ],
  [
    { connect: result, createStream: (command: Command) => result(command, 'one') },
    'createStream was answered without a stream',
  ],
])('does not wait for ever: %o', async (answers, reason) => {
  const port = await answering(answers)
  const { told, closed } = publishTo(port, { negotiationTimeoutMs: 300 })
  expect((await closed)?.message).toBe(reason)
  expect(told).toMatchObject({ accepted: [], refused: [] })
  expect(told.closed).toHaveLength(1)
})

test('tells at which step the far end closed without a word', async () => {
  const server = net.createServer((socket) => socket.end())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closers.push(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const left = publishTo(port)
  expect((await left.closed)?.message).toBe('closed by the far end before it answered handshake')
  const given = publishTo(port)
  given.session.close()
  expect(await given.closed).toBeUndefined()
})
