import type { RtmpMessage } from '../rtmp/message.ts'

const tagHeaderBytes = 11

/** The head of an FLV file that may hold audio and video, with the size of the tag before the first one, which is 0. */
export const flvFileHeader = (): Buffer => {
  const hasAudioAndVideo = 0b101
  return Buffer.from([...Buffer.from('FLV'), 1, hasAudioAndVideo, 0, 0, 0, 9, 0, 0, 0, 0])
}

/**
 * A message as a tag of an FLV file, with the tag's size behind it.
 *
 * @see FLV specification 10.1, E.4.1: the upper 8 bits of the timestamp stand behind the lower 24
 * @throws {RangeError} for a payload of 16 MiB or more
 */
export const flvTag = ({ type, timestamp, payload }: RtmpMessage): Buffer => {
  const tag = Buffer.allocUnsafe(tagHeaderBytes + payload.length + 4)
  tag[0] = type
  tag.writeUIntBE(payload.length, 1, 3)
  tag.writeUIntBE(timestamp & 0xffffff, 4, 3)
  tag[7] = timestamp >>> 24
  tag.writeUIntBE(0, 8, 3)
  payload.copy(tag, tagHeaderBytes)
  tag.writeUInt32BE(tagHeaderBytes + payload.length, tagHeaderBytes + payload.length)
  return tag
}
