export type VideoCodec = 'h264' | 'hevc' | 'av1' | 'vp9' | 'h263' | 'other'
export type AudioCodec = 'aac' | 'mp3' | 'opus' | 'flac' | 'ac3' | 'eac3' | 'other'

/** The first byte of a video tag has this bit when the tag is an enhanced one; an audio tag then has this sound format. */
export const enhancedVideoFlag = 0x80
export const enhancedSoundFormat = 9

export const frameTypes = { key: 1, command: 5 } as const
export const avcPacketTypes = { sequenceHeader: 0, endOfSequence: 2 } as const

/** By the CodecID of FLV, E.4.3.1. 12 is what encoders in China use for HEVC; no specification names it. */
export const legacyVideoCodecs: Partial<Record<number, VideoCodec>> = { 2: 'h263', 7: 'h264', 12: 'hevc' }

/** By the SoundFormat of FLV, E.4.2.1. */
export const aacSoundFormat = 10
export const legacyAudioCodecs: Partial<Record<number, AudioCodec>> = { 2: 'mp3', 10: 'aac', 14: 'mp3' }

export const videoPacketTypes = {
  sequenceStart: 0,
  codedFrames: 1,
  sequenceEnd: 2,
  codedFramesX: 3,
  metadata: 4,
  mpeg2TsSequenceStart: 5,
  multitrack: 6,
  modEx: 7,
} as const

export const audioPacketTypes = {
  sequenceStart: 0,
  codedFrames: 1,
  sequenceEnd: 2,
  multichannelConfig: 4,
  multitrack: 5,
  modEx: 7,
} as const

export const videoCodecOf = (fourCc: number): VideoCodec => {
  switch (fourCc) {
    case 0x61766331: // avc1
      return 'h264'
    case 0x68766331: // hvc1
      return 'hevc'
    case 0x61763031: // av01
      return 'av1'
    case 0x76703039: // vp09
      return 'vp9'
    default:
      return 'other'
  }
}

export const audioCodecOf = (fourCc: number): AudioCodec => {
  switch (fourCc) {
    case 0x6d703461: // mp4a
      return 'aac'
    case 0x2e6d7033: // .mp3
      return 'mp3'
    case 0x4f707573: // Opus
      return 'opus'
    case 0x664c6143: // fLaC
      return 'flac'
    case 0x61632d33: // ac-3
      return 'ac3'
    case 0x65632d33: // ec-3
      return 'eac3'
    default:
      return 'other'
  }
}

export type EnhancedHeader = {
  /** Of the media itself: what stands inside ModEx and Multitrack. */
  packetType: number
  fourCc: number
  /** Undefined outside of multitrack messages. Of several tracks it is the first. */
  track: number | undefined
  /** Where the body (of the first track) starts in the payload. */
  bodyOffset: number
}

/** Modifiers that stand before one packet; the specification knows one (nanoseconds). */
const maxModifiers = 8
const oneTrack = 0

/**
 * Reads through ModEx and Multitrack to the media. Undefined when the payload ends too early or makes no sense.
 * `types`: those of the payload's kind, `videoPacketTypes` or `audioPacketTypes`.
 */
export const readEnhancedHeader = (
  payload: Buffer,
  types: { multitrack: number; modEx: number },
): EnhancedHeader | undefined => {
  let packetType = (payload[0] ?? 0) & 15
  let at = 1
  for (let modifiers = 0; packetType === types.modEx; modifiers += 1) {
    const typeAt = skipModifier(payload, at)
    const next = payload[typeAt]
    if (next === undefined || modifiers === maxModifiers) return undefined
    packetType = next & 15
    at = typeAt + 1
  }
  if (packetType !== types.multitrack) {
    if (at + 4 > payload.length) return undefined
    return { packetType, fourCc: payload.readUInt32BE(at), track: undefined, bodyOffset: at + 4 }
  }
  const multitrack = payload[at]
  const track = payload[at + 5]
  if (multitrack === undefined || track === undefined) return undefined
  return {
    packetType: multitrack & 15,
    fourCc: payload.readUInt32BE(at + 1),
    track,
    bodyOffset: at + 6 + (multitrack >> 4 === oneTrack ? 0 : 3),
  }
}

/** Answers where the byte stands that names the modifier's type and the next packet type. */
const skipModifier = (payload: Buffer, at: number): number => {
  const size = (payload[at] ?? 0) + 1
  if (size < 256) return at + 1 + size
  const wideSize = ((payload[at + 1] ?? 0) << 8) + (payload[at + 2] ?? 0) + 1
  return at + 3 + wideSize
}

/** Seek commands of Flash Media Server; colour metadata has the same frame type, and is none. */
export const isVideoCommand = (payload: Buffer): boolean =>
  (((payload[0] ?? 0) >> 4) & 7) === frameTypes.command
