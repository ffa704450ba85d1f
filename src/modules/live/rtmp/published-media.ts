import { messageTypes, type RtmpMessage } from './message.ts'
import { ProtocolError } from './protocol-error.ts'

/**
 * The audio, video and data messages that players are to get for one that a publisher sent: the parts of an aggregate,
 * data as `plainData` makes it, anything else as it is.
 *
 * @throws {ProtocolError} when an aggregate is cut off, holds what is no media, or more than 1,000 parts
 */
export const publishedMedia = (message: RtmpMessage): RtmpMessage[] => {
  switch (message.type) {
    case messageTypes.aggregate:
      return splitAggregate(message).flatMap(publishedMedia)
    case messageTypes.data:
    case messageTypes.dataAmf3:
      return [plainData(message)]
    default:
      return [message]
  }
}

const setDataFrame = Buffer.concat([Buffer.of(2, 0, 13), Buffer.from('@setDataFrame')])

/** In AMF0 (what says AMF3 holds AMF0 behind a zero), without the command by which a publisher has the server keep it. */
const plainData = (message: RtmpMessage): RtmpMessage => {
  let { payload } = message
  if (message.type === messageTypes.dataAmf3 && payload[0] === 0) payload = payload.subarray(1)
  if (payload.subarray(0, setDataFrame.length).equals(setDataFrame)) {
    payload = payload.subarray(setDataFrame.length)
  }
  return { ...message, type: messageTypes.data, payload }
}

const tagHeaderBytes = 11
const backPointerBytes = 4
/** Encoders gather a few frames; a message full of empty parts would cost far more memory than its bytes. */
const maxParts = 1_000

/**
 * The parts stand in an aggregate as tags of an FLV file. Their timestamps move by as much as the aggregate's differs from
 * the first one's (RTMP 1.0 section 7.1.6).
 */
const splitAggregate = ({ streamId, timestamp, payload }: RtmpMessage): RtmpMessage[] => {
  const parts: RtmpMessage[] = []
  let shift: number | undefined
  for (let at = 0; at < payload.length; ) {
    if (at + tagHeaderBytes > payload.length) throw new ProtocolError('an aggregate is cut off')
    const type = payload.readUInt8(at)
    const start = at + tagHeaderBytes
    const end = start + payload.readUIntBE(at + 1, 3)
    if (end > payload.length) throw new ProtocolError('an aggregate is cut off')
    if (type !== messageTypes.audio && type !== messageTypes.video && type !== messageTypes.data) {
      throw new ProtocolError('an aggregate holds what is no media')
    }
    const stamp = payload.readUIntBE(at + 4, 3) + payload.readUInt8(at + 7) * 0x1000000
    shift ??= timestamp - stamp
    if (parts.length === maxParts) throw new ProtocolError('an aggregate of too many parts')
    // A copy of its own: who keeps a small part would keep all of a large aggregate.
    const part = Buffer.allocUnsafeSlow(end - start)
    payload.copy(part, 0, start, end)
    parts.push({ type, streamId, timestamp: (stamp + shift) >>> 0, payload: part })
    at = end + backPointerBytes
  }
  return parts
}
