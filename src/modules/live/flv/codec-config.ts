import { type AmfValue, decodeAmf0 } from '../rtmp/amf0.ts'
import { peerText } from '../rtmp/peer-text.ts'
import { type AudioParameters, readAacConfig, readMp3Frame, readOpusConfig } from './audio-config.ts'
import { readAv1Profile, readAv1Size } from './av1-config.ts'
import { readAvcProfile, readAvcSize } from './avc-config.ts'
import { readHevcProfile, readHevcSize } from './hevc-config.ts'
import type { AudioCodec, VideoCodec } from './tag-header.ts'
import {
  audioCodecOf,
  audioPacketTypes,
  enhancedSoundFormat,
  enhancedVideoFlag,
  legacyAudioCodecs,
  legacyVideoCodecs,
  readEnhancedHeader,
  videoCodecOf,
  videoPacketTypes,
} from './tag-header.ts'

/** Width and height in pixels as shown; profile as `High`, level as `4.1`. */
export type VideoConfig = {
  codec: VideoCodec
  width?: number
  height?: number
  profile?: string
  level?: string
}

/** `sampleRate` in Hz. */
export type AudioConfig = { codec: AudioCodec } & AudioParameters

/** What a publisher says of itself in onMetaData. `frameRate` in frames a second. */
export type StreamMetadata = {
  width?: number
  height?: number
  frameRate?: number
  videoBitrateKbps?: number
  audioBitrateKbps?: number
  encoder?: string
}

/** Reads the payload of a video message that is a sequence header. What it cannot read stays undefined. */
export const readVideoConfig = (payload: Buffer): VideoConfig => {
  const { codec, record } = videoRecordOf(payload)
  switch (codec) {
    case 'h264':
      return { codec, ...readAvcProfile(record), ...sizeOrNothing(() => readAvcSize(record)) }
    case 'hevc':
      return { codec, ...readHevcProfile(record), ...sizeOrNothing(() => readHevcSize(record)) }
    case 'av1':
      return { codec, ...readAv1Profile(record), ...sizeOrNothing(() => readAv1Size(record)) }
    default:
      return { codec }
  }
}

/** Reads the payload of an audio message that is a sequence header, or of any when the codec has none (MP3). */
export const readAudioConfig = (payload: Buffer): AudioConfig => {
  const { codec, record } = audioRecordOf(payload)
  switch (codec) {
    case 'aac':
      return { codec, ...orNothing(() => readAacConfig(record)) }
    case 'opus':
      return { codec, ...readOpusConfig(record) }
    case 'mp3':
      return { codec, ...readMp3Frame(record) }
    default:
      return { codec }
  }
}

/** Reads the payload of a data message, with or without `@setDataFrame`. */
export const readMetadata = (payload: Buffer): StreamMetadata => {
  const values = orNothing((): Record<string, AmfValue> => propertiesOf(decodeAmf0(payload)))
  return {
    width: positive(values.width),
    height: positive(values.height),
    frameRate: positive(values.framerate),
    videoBitrateKbps: positive(values.videodatarate),
    audioBitrateKbps: positive(values.audiodatarate),
    encoder: peerText(values.encoder, 100),
  }
}

const propertiesOf = (values: AmfValue[]): Record<string, AmfValue> => {
  const properties = values[values.indexOf('onMetaData') + 1]
  const isObject = typeof properties === 'object' && properties !== null
  return isObject && !Array.isArray(properties) && !(properties instanceof Date) ? properties : {}
}

const positive = (value: AmfValue): number | undefined =>
  typeof value === 'number' && value > 0 && value < 1e9 ? value : undefined

const videoRecordOf = (payload: Buffer): { codec: VideoCodec; record: Buffer } => {
  const first = payload[0] ?? 0
  if (first < enhancedVideoFlag) {
    return { codec: legacyVideoCodecs[first & 15] ?? 'other', record: payload.subarray(5) }
  }
  const header = readEnhancedHeader(payload, videoPacketTypes)
  if (header === undefined) return { codec: 'other', record: Buffer.alloc(0) }
  return { codec: videoCodecOf(header.fourCc), record: payload.subarray(header.bodyOffset) }
}

const audioRecordOf = (payload: Buffer): { codec: AudioCodec; record: Buffer } => {
  const format = (payload[0] ?? 0) >> 4
  if (format !== enhancedSoundFormat) {
    const codec = legacyAudioCodecs[format] ?? 'other'
    return { codec, record: payload.subarray(codec === 'aac' ? 2 : 1) }
  }
  const header = readEnhancedHeader(payload, audioPacketTypes)
  if (header === undefined) return { codec: 'other', record: Buffer.alloc(0) }
  return { codec: audioCodecOf(header.fourCc), record: payload.subarray(header.bodyOffset) }
}

const maxPictureSide = 65_536
const sizeOrNothing = (read: () => { width?: number; height?: number }) => {
  const { width = 0, height = 0 } = orNothing(read)
  const isPossible = width > 0 && height > 0 && width <= maxPictureSide && height <= maxPictureSide
  return isPossible ? { width, height } : {}
}

/** A record that is cut off or senseless tells nothing; it is the publisher's, and no error of ours. */
const orNothing = <Read extends object>(read: () => Read): Partial<Read> => {
  try {
    return read()
  } catch {
    return {}
  }
}
