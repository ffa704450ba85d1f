import { messageTypes, type RtmpMessage } from './message.ts'

/** The chunk stream that protocol control messages must travel on (RTMP 1.0 section 5.4). */
export const controlChunkStreamId = 2

/** The largest chunk payload the peer will get from us from here on, in bytes (section 5.4.1). */
export function setChunkSize(bytes: number): RtmpMessage {
  return control(messageTypes.setChunkSize, uint32(bytes))
}

/** `sequenceNumber`: bytes received so far, wrapped to 32 bits (section 5.4.3). */
export function acknowledgement(sequenceNumber: number): RtmpMessage {
  return control(messageTypes.acknowledgement, uint32(sequenceNumber))
}

/**
 * The count of acknowledged bytes, past 32 bits, after the next acknowledgement. Sequence numbers wrap, so a step of
 * more than half the circle is one backwards: it changes nothing.
 */
export function continueCount(countBytes: number, sequenceNumber: number): number {
  const grownBytes = (sequenceNumber - countBytes) >>> 0
  return grownBytes < 0x80000000 ? countBytes + grownBytes : countBytes
}

/** Asks the peer to acknowledge every `bytes` it receives (section 5.4.4). */
export function windowAcknowledgementSize(bytes: number): RtmpMessage {
  return control(messageTypes.windowAcknowledgementSize, uint32(bytes))
}

const dynamicLimit = 2

/** Limits what the peer sends unacknowledged, in bytes, with limit type Dynamic (section 5.4.5). */
export function setPeerBandwidth(bytes: number): RtmpMessage {
  return control(messageTypes.setPeerBandwidth, Buffer.concat([uint32(bytes), Buffer.of(dynamicLimit)]))
}

/** Event types of User Control messages (section 7.1.7). */
export const userControlEvents = { streamBegin: 0, pingRequest: 6, pingResponse: 7 } as const

export function streamBegin(streamId: number): RtmpMessage {
  return userControl(userControlEvents.streamBegin, streamId)
}

/** `timestamp`: our clock in milliseconds, 32 bits; the peer sends it back. */
export function pingRequest(timestamp: number): RtmpMessage {
  return userControl(userControlEvents.pingRequest, timestamp)
}

export function pingResponse(timestamp: number): RtmpMessage {
  return userControl(userControlEvents.pingResponse, timestamp)
}

function userControl(event: number, value: number): RtmpMessage {
  return control(
    messageTypes.userControl,
    Buffer.concat([Buffer.of(event >> 8, event & 0xff), uint32(value)]),
  )
}

function control(type: number, payload: Buffer): RtmpMessage {
  return { type, streamId: 0, timestamp: 0, payload }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
