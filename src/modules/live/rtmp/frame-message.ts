import type { RtmpMessage } from './message.ts'

const maxPayloadBytes = 0xffffff
const extendedTimestamp = 0xffffff
const messageHeaderBytes = 11

/**
 * The message as chunks (RTMP 1.0 section 5.3): a format 0 header, so that it depends on nothing sent before and one
 * buffer serves many connections, then format 3 for the rest. `chunkStreamId`: 2 to 65599. `chunkSize` in bytes, >= 1.
 */
export function frameMessage(message: RtmpMessage, chunkStreamId: number, chunkSize: number): Buffer {
  const { payload, timestamp } = message
  if (payload.length > maxPayloadBytes) throw new RangeError('An RTMP message has at most 16,777,215 bytes')
  const isExtended = timestamp >= extendedTimestamp
  const basicBytes = chunkStreamId < 64 ? 1 : chunkStreamId < 320 ? 2 : 3
  const repeatedBytes = basicBytes + (isExtended ? 4 : 0)
  const chunks = Math.max(1, Math.ceil(payload.length / chunkSize))
  const frame = Buffer.allocUnsafe(messageHeaderBytes + chunks * repeatedBytes + payload.length)

  let at = writeBasicHeader(frame, 0, 0, chunkStreamId)
  at = frame.writeUIntBE(isExtended ? extendedTimestamp : timestamp, at, 3)
  at = frame.writeUIntBE(payload.length, at, 3)
  at = frame.writeUInt8(message.type, at)
  at = frame.writeUInt32LE(message.streamId, at)
  if (isExtended) at = frame.writeUInt32BE(timestamp, at)
  for (let sent = 0; ; ) {
    const end = Math.min(sent + chunkSize, payload.length)
    at += payload.copy(frame, at, sent, end)
    sent = end
    if (sent === payload.length) return frame
    at = writeBasicHeader(frame, at, 3, chunkStreamId)
    if (isExtended) at = frame.writeUInt32BE(timestamp, at)
  }
}

/** Returns the offset behind it, as Buffer's writers do. Section 5.3.1.1. */
function writeBasicHeader(frame: Buffer, at: number, format: number, chunkStreamId: number): number {
  const top = format << 6
  if (chunkStreamId < 64) return frame.writeUInt8(top | chunkStreamId, at)
  if (chunkStreamId < 320) return frame.writeUInt8(chunkStreamId - 64, frame.writeUInt8(top, at))
  return frame.writeUInt16LE(chunkStreamId - 64, frame.writeUInt8(top | 1, at))
}
