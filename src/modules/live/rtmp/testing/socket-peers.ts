import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { ChunkReader } from '../chunk-reader.ts'
import type { RtmpMessage } from '../message.ts'
import { RtmpConnection } from '../rtmp-connection.ts'

export const bounds = { maxMessageBytes: 1 << 20, maxBufferedBytes: 1 << 21, maxChunkStreams: 8 }
const cleanups: (() => void)[] = []

/** For afterEach: closes every server and socket opened here. */
export function closeSockets(): void {
  for (const cleanup of cleanups.splice(0)) cleanup()
}

/** Both ends of one TCP connection over loopback. */
export async function socketPair(): Promise<[near: Socket, far: Socket]> {
  const server = createServer()
  const listening = once(server.listen(0, '127.0.0.1'), 'listening')
  cleanups.push(() => server.close())
  await listening
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('no port')
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const near = connect(address.port, '127.0.0.1')
  const far = await accepted
  cleanups.push(
    () => near.destroy(),
    () => far.destroy(),
  )
  return [near, far]
}

type Side = {
  connection: RtmpConnection
  ready: Promise<void>
  /** Resolves with what onClosed was given; `closedTimes` counts its calls. */
  closed: Promise<Error | undefined>
  closedTimes: number
  messages: RtmpMessage[]
  acknowledged: number[]
  /** Resolves when `condition` holds, looked at after each message and acknowledgement. */
  until(condition: () => boolean): Promise<void>
}

export function open(socket: Socket, side: 'server' | 'client', onMessage?: (m: RtmpMessage) => void): Side {
  const ready = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<Error | undefined>()
  const waiting: { condition: () => boolean; resolve: () => void }[] = []
  const look = () => {
    for (const { condition, resolve } of waiting) if (condition()) resolve()
  }
  const connection = new RtmpConnection({
    socket,
    side,
    bounds,
    handlers: {
      onReady: ready.resolve,
      onMessage: (message) => {
        onMessage?.(message)
        state.messages.push(message)
        look()
      },
      onAcknowledged: (bytes) => {
        state.acknowledged.push(bytes)
        look()
      },
      onClosed: (error) => {
        state.closedTimes += 1
        closed.resolve(error)
      },
    },
  })
  const state: Side = {
    connection,
    ready: ready.promise,
    closed: closed.promise,
    closedTimes: 0,
    messages: [],
    acknowledged: [],
    until: (condition) =>
      new Promise((resolve) => {
        waiting.push({ condition, resolve })
        look()
      }),
  }
  return state
}

export async function openPair(
  onServerMessage?: (m: RtmpMessage) => void,
): Promise<{ client: Side; server: Side }> {
  const [near, far] = await socketPair()
  const server = open(far, 'server', onServerMessage)
  const client = open(near, 'client')
  await Promise.all([server.ready, client.ready])
  return { client, server }
}

/** A client that speaks bytes: shakes hands, then collects every message, control included. */
export async function openRawClient(): Promise<{
  server: Side
  socket: Socket
  next(): Promise<RtmpMessage>
}> {
  const [near, far] = await socketPair()
  const server = open(far, 'server')
  const arrived: RtmpMessage[] = []
  const waiting: ((message: RtmpMessage) => void)[] = []
  const reader = new ChunkReader(bounds)
  let toSkip = 3073
  near.on('data', (data: Buffer) => {
    const skipped = Math.min(toSkip, data.length)
    toSkip -= skipped
    reader.read(data.subarray(skipped), (message) => {
      const resolve = waiting.shift()
      if (resolve) resolve(message)
      else arrived.push(message)
    })
  })
  near.write(Buffer.concat([Buffer.of(3), Buffer.alloc(2 * 1536)]))
  await server.ready
  const next = () => {
    const message = arrived.shift()
    return message ? Promise.resolve(message) : new Promise<RtmpMessage>((resolve) => waiting.push(resolve))
  }
  return { server, socket: near, next }
}
