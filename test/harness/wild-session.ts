import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { type AmfValue, encodeAmf0 } from '../../src/modules/live/rtmp/amf0.ts'
import { commandMessage } from '../../src/modules/live/rtmp/command.ts'
import { frameMessage } from '../../src/modules/live/rtmp/frame-message.ts'
import { IngestSession } from '../../src/modules/live/rtmp/ingest-session.ts'
import type { RtmpMessage } from '../../src/modules/live/rtmp/message.ts'
import { readFlvTags } from './flv-media.ts'
import { provideFlv, publishFile } from './publisher.ts'

/** As long as real keys are, so that one can take its place in what was recorded. */
const placeholderKey = `live_${'P'.repeat(32)}`
const handshakeBytes = 1 + 1_536 * 2

/** What an encoder sends, each message as chunks of 128 bytes. */
export const commandBytes = (streamId: number, ...values: AmfValue[]): Buffer =>
  frameMessage(commandMessage(streamId, encodeAmf0(...values)), 3, 128)

export const messageBytes = (type: number, payload: Buffer, chunkStreamId = 6, timestamp = 0): Buffer =>
  frameMessage({ type, streamId: 1, timestamp, payload }, chunkStreamId, 128)

/** C0, C1 and a C2 that is no echo, which servers must take. */
export const handshake = (): Buffer => {
  const bytes = Buffer.alloc(handshakeBytes, 0x5a)
  bytes.writeUInt8(3)
  return bytes
}

export const connectBytes = (app: string, more: { [key: string]: AmfValue } = {}): Buffer =>
  commandBytes(0, 'connect', 1, { app, tcUrl: `rtmp://127.0.0.1/${app}`, flashVer: 'wild', ...more })

export const publishBytes = (name: AmfValue, ...more: AmfValue[]): Buffer =>
  Buffer.concat([
    commandBytes(0, 'releaseStream', 2, null, name),
    commandBytes(0, 'createStream', 4, null),
    commandBytes(1, 'publish', 5, null, name, 'live', ...more),
  ])

/** What a real encoder sends behind the handshake, with the stream key that it is given, and the messages of its film. */
export type RecordedSession = { session: (streamKey: string) => Buffer; film: RtmpMessage[] }

/** Has ffmpeg publish a short film, and keeps all that it sends. */
export const recordSession = async (): Promise<RecordedSession> => {
  const chunks: Buffer[] = []
  const server = net.createServer((socket) => {
    const accept = async () => ({ accepted: true }) as const
    new IngestSession({ socket, handlers: { onPublish: accept, onMedia: () => {}, onEnd: () => {} } })
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const file = await provideFlv({ seconds: 2 })
  await publishFile(`rtmp://127.0.0.1:${port}/live/${placeholderKey}`, file, { loops: false }).exit
  server.close()
  const recorded = Buffer.concat(chunks).subarray(handshakeBytes).toString('latin1')
  if (!recorded.includes(placeholderKey)) throw new Error('Nothing was recorded')
  return {
    session: (streamKey) => Buffer.from(recorded.replaceAll(placeholderKey, streamKey), 'latin1'),
    film: readFlvTags(readFileSync(file)),
  }
}
