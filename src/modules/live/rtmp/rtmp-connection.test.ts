import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import {
  acknowledgement,
  controlChunkStreamId,
  pingRequest,
  pingResponse,
  setPeerBandwidth,
  windowAcknowledgementSize,
} from './control-messages.ts'
import { frameMessage } from './frame-message.ts'
import { messageTypes, type RtmpMessage } from './message.ts'
import { ProtocolError } from './protocol-error.ts'
import { RtmpConnection } from './rtmp-connection.ts'
import { bounds, closeSockets, open, openPair, openRawClient, socketPair } from './testing/socket-peers.ts'

afterEach(closeSockets)

const control = (message: RtmpMessage) => frameMessage(message, controlChunkStreamId, 128)

const video = (timestamp: number, length: number): RtmpMessage => ({
  type: messageTypes.video,
  streamId: 1,
  timestamp,
  payload: Buffer.alloc(length, timestamp),
})

test('carries messages both ways, across a change of the chunk size', async () => {
  const { client, server } = await openPair()
  const sent = [video(1, 300), video(2, 200_000), video(3, 0)]
  client.connection.send(video(1, 300), 6)
  client.connection.setOutgoingChunkSize(65_536)
  client.connection.send(video(2, 200_000), 6)
  client.connection.sendFramed(frameMessage(video(3, 0), 6, 65_536))
  server.connection.send(video(4, 1000), 6)
  await Promise.all([
    server.until(() => server.messages.length === 3),
    client.until(() => client.messages.length === 1),
  ])
  expect(server.messages).toEqual(sent)
  expect(client.messages).toEqual([video(4, 1000)])
  expect(server.connection.bytesReceived).toBe(client.connection.bytesSent)
  expect(client.connection.bytesReceived).toBe(server.connection.bytesSent)
})

test('acknowledges what the peer wants acknowledged, and counts what the peer acknowledges', async () => {
  const { client, server } = await openPair()
  client.connection.requestAcknowledgements(50_000)
  client.connection.send(video(1, 200_000), 6)
  await client.until(() => client.connection.acknowledgedBytes > 150_000)
  expect(client.connection.acknowledgedBytes).toBeLessThanOrEqual(client.connection.bytesSent)
  expect(client.acknowledged.at(-1)).toBe(client.connection.acknowledgedBytes)
  expect(server.messages).toHaveLength(1)
  expect(server.connection.acknowledgedBytes).toBe(0)
})

test('believes acknowledgements neither beyond what was sent nor backwards', async () => {
  const { server, socket } = await openRawClient()
  const steps = [1000, 500, 1000, 0x70000000]
  socket.write(Buffer.concat([...steps.map((step) => control(acknowledgement(step))), control(video(0, 0))]))
  await server.until(() => server.messages.length === 1)
  expect(server.acknowledged).toEqual([1000, 3073])
})

test('answers pings and keeps connection control to itself', async () => {
  const { server, socket, next } = await openRawClient()
  socket.write(
    Buffer.concat([control(pingResponse(1)), control(pingRequest(0xfedcba98)), control(video(1, 1))]),
  )
  expect(await next()).toEqual(pingResponse(0xfedcba98))
  await server.until(() => server.messages.length > 0)
  expect(server.messages).toEqual([video(1, 1)])
})

test('acknowledges though a reply was under way when the window filled, and nothing more arrives', async () => {
  const { socket, next } = await openRawClient()
  socket.write(Buffer.concat([control(windowAcknowledgementSize(1)), control(pingRequest(1))]))
  expect(await next()).toEqual(pingResponse(1))
  expect(await next()).toEqual(acknowledgement(3073 + 16 + 18))
})

test('announces a smaller window that the peer sets, and keeps its own when that is smaller', async () => {
  const { socket, next } = await openRawClient()
  socket.write(control(setPeerBandwidth(5000)))
  expect(await next()).toEqual(windowAcknowledgementSize(5000))
  socket.write(Buffer.concat([control(setPeerBandwidth(6000)), control(setPeerBandwidth(4000))]))
  expect(await next()).toEqual(windowAcknowledgementSize(4000))
})

test('closes when the peer leaves its replies unread', async () => {
  const { server, socket } = await openRawClient()
  socket.pause()
  const pings = Buffer.concat(Array.from({ length: 1000 }, () => control(pingRequest(1))))
  const flood = () => {
    while (!socket.destroyed && socket.write(pings));
  }
  socket.on('drain', flood)
  socket.on('error', () => undefined)
  flood()
  expect(await server.closed).toEqual(new ProtocolError('the peer does not read'))
  expect(server.connection.socket.writableLength).toBeLessThanOrEqual(1 << 20)
})

test('closes with the reason when the peer breaks the protocol', async () => {
  const { server, socket } = await openRawClient()
  socket.write(Buffer.from('c5', 'hex'))
  expect(await server.closed).toBeInstanceOf(ProtocolError)
})

test('closes with what a handler throws, and delivers nothing after that', async () => {
  const { client, server } = await openPair(() => {
    throw new Error('no use for this')
  })
  const frame = frameMessage(video(1, 1), 6, 128)
  client.connection.sendFramed(Buffer.concat([frame, frame]))
  expect(await server.closed).toEqual(new Error('no use for this'))
  expect(await client.closed.then(() => server.closedTimes)).toBe(1)
})

test('delivers nothing after close, though it was read together', async () => {
  const { client, server } = await openPair(() => server.connection.close(new Error('enough')))
  const frame = frameMessage(video(1, 1), 6, 128)
  client.connection.sendFramed(Buffer.concat([frame, frame, frame]))
  expect(await server.closed).toEqual(new Error('enough'))
  expect(server.messages).toHaveLength(1)
  server.connection.close()
  server.connection.send(video(1, 1), 6)
  expect(server.connection.sendFramed(frame)).toBe(false)
  expect(server.closedTimes).toBe(1)
})

test('end sends what is queued and closes with the peer, though the peer was sending and nobody reading', async () => {
  const { client, server } = await openPair()
  const last = video(9, 1 << 19)
  const flood = () => {
    while (client.connection.sendFramed(frameMessage(video(1, 60_000), 6, 128)));
  }
  client.connection.socket.on('drain', flood)
  flood()
  await server.until(() => server.messages.length > 0)
  server.connection.socket.pause()
  server.connection.send(last, 6)
  const startedAt = performance.now()
  server.connection.end()
  await client.until(() => client.messages.length === 1)
  expect(client.messages[0]?.payload.equals(last.payload)).toBe(true)
  expect(await server.closed).toBeUndefined()
  expect(performance.now() - startedAt).toBeLessThan(900)
})

test('end gives up on a peer that does not read', async () => {
  const { client, server } = await openPair()
  client.connection.socket.pause()
  server.connection.sendFramed(Buffer.alloc(1 << 25))
  const startedAt = performance.now()
  server.connection.end()
  await server.closed
  expect(performance.now() - startedAt).toBeLessThan(1500)
})

test('closes without an error when the peer hangs up, with one when the socket breaks', async () => {
  const first = await openPair()
  first.client.connection.close()
  expect(await first.server.closed).toBeUndefined()
  expect(await first.client.closed).toBeUndefined()

  const second = await openRawClient()
  second.socket.resetAndDestroy()
  expect(await second.server.closed).toMatchObject({ code: 'ECONNRESET' })
})

test('reports a socket that was closed before', async () => {
  const [near] = await socketPair()
  const closed = once(near, 'close')
  near.destroy()
  await closed
  const client = open(near, 'client')
  await client.closed
  expect(client.closedTimes).toBe(1)
})

test.each(['server', 'client'] as const)('gives up on a handshake that does not end: %s', async (side) => {
  const [near] = await socketPair()
  const error = await new Promise((resolve) => {
    const ignore = () => undefined
    const handlers = { onReady: ignore, onMessage: ignore, onClosed: resolve }
    new RtmpConnection({ socket: near, side, bounds, handlers, handshakeTimeoutMs: 20 })
  })
  expect(error).toEqual(new ProtocolError('handshake timed out'))
})
