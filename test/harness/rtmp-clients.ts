import net from 'node:net'
import { vi } from 'vitest'
import { type AmfValue, encodeAmf0 } from '../../src/modules/live/rtmp/amf0.ts'
import { type Command, commandMessage, readCommand } from '../../src/modules/live/rtmp/command.ts'
import { frameMessage } from '../../src/modules/live/rtmp/frame-message.ts'
import { messageTypes, type RtmpMessage } from '../../src/modules/live/rtmp/message.ts'
import {
  PublishSession,
  publishChunkBytes,
  type Refusal,
} from '../../src/modules/live/rtmp/publish-session.ts'
import { RtmpConnection } from '../../src/modules/live/rtmp/rtmp-connection.ts'

export const connectTo = (port: number): net.Socket => net.connect({ port, host: '127.0.0.1', noDelay: true })

/** A PublishSession and what it was told. */
export const publishTo = (
  port: number,
  { app = 'live', streamKey = 'key', negotiationTimeoutMs = 10_000 } = {},
) => {
  const told = { accepted: [] as number[], refused: [] as Refusal[], closed: [] as (Error | undefined)[] }
  const acknowledged = vi.fn<(bytes: number) => void>()
  const accepted = Promise.withResolvers<number>()
  const closed = Promise.withResolvers<Error | undefined>()
  const session = new PublishSession({
    socket: connectTo(port),
    target: { app, tcUrl: `rtmp://127.0.0.1:${port}/${app}`, streamKey },
    negotiationTimeoutMs,
    handlers: {
      onAccepted: (streamId) => {
        told.accepted.push(streamId)
        accepted.resolve(streamId)
      },
      onRefused: (refusal) => told.refused.push(refusal),
      onAcknowledged: acknowledged,
      onDrain: () => {},
      onClosed: (error) => {
        told.closed.push(error)
        closed.resolve(error)
      },
    },
  })
  return { session, told, acknowledged, accepted: accepted.promise, closed: closed.promise }
}

/** A client that says what the test wants, and keeps the commands that come back. */
export const talkTo = async (port: number) => {
  const commands: Command[] = []
  const ready = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<Error | undefined>()
  const connection = new RtmpConnection({
    socket: connectTo(port),
    side: 'client',
    bounds: { maxMessageBytes: 65_536, maxBufferedBytes: 65_536, maxChunkStreams: 8 },
    handlers: {
      onReady: ready.resolve,
      onMessage: (message) => {
        if (message.type === messageTypes.command) commands.push(readCommand(message))
      },
      onClosed: closed.resolve,
    },
  })
  await ready.promise
  const say = (streamId: number, ...values: AmfValue[]) =>
    connection.send(commandMessage(streamId, encodeAmf0(...values)), 3)
  const heard = (name: string) =>
    vi.waitFor(() => {
      const command = commands.find((each) => each.name === name)
      if (command === undefined) throw new Error(`${name} was not heard, but ${JSON.stringify(commands)}`)
      return command
    })
  return { connection, commands, say, heard, closed: closed.promise }
}
/** What `connect` asks of an IngestSession. */
export const live = { app: 'live', tcUrl: 'rtmp://127.0.0.1/live', flashVer: 'test' }

/** A message of stream 1. */
export const messageOf = (type: number, timestamp: number, payload: Buffer): RtmpMessage => ({
  type,
  streamId: 1,
  timestamp,
  payload,
})
export const framed = (each: RtmpMessage) => frameMessage(each, 6, publishChunkBytes)
