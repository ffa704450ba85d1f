import { messageTypes, type RtmpMessage } from '../rtmp/message.ts'
import {
  type AudioCodec,
  aacSoundFormat,
  audioCodecOf,
  audioPacketTypes,
  avcPacketTypes,
  enhancedSoundFormat,
  enhancedVideoFlag,
  frameTypes,
  isVideoCommand,
  legacyAudioCodecs,
  legacyVideoCodecs,
  readEnhancedHeader,
  type VideoCodec,
  videoCodecOf,
  videoPacketTypes,
} from './tag-header.ts'

export type VideoInfo = {
  kind: 'video'
  codec: VideoCodec
  /** Of coded frames only: a sequence header is none, whatever its frame type says. */
  isKeyFrame: boolean
  isSequenceHeader: boolean
  /** The encoder announces that no more frames follow. */
  isEnd?: true
  /** Colour information that stands beside the sequence header (enhanced RTMP: VideoPacketType.Metadata). */
  isMetadata?: true
  /** Only of messages in multitrack form: the (first) track that they carry. 0 is the main one. */
  track?: number
}

export type AudioInfo = {
  kind: 'audio'
  codec: AudioCodec
  isSequenceHeader: boolean
  isEnd?: true
  /** The order of the channels (enhanced RTMP: AudioPacketType.MultichannelConfig). */
  isMetadata?: true
  track?: number
}

export type MediaInfo = VideoInfo | AudioInfo | { kind: 'metadata' }

/**
 * What an audio, video or data message carries, from its first few bytes. The answer is shared between calls: nothing is
 * allocated for a frame of a single track.
 *
 * Undefined for what is no media: empty or truncated tags, seek commands, data messages other than onMetaData.
 *
 * @see FLV specification 10.1, E.4.2 and E.4.3; Enhanced RTMP v2, "Extended AudioTagHeader" and "Extended VideoTagHeader"
 */
export const describeMedia = ({ type, payload }: RtmpMessage): MediaInfo | undefined => {
  if (type === messageTypes.video) return describeVideo(payload)
  if (type === messageTypes.audio) return describeAudio(payload)
  return type === messageTypes.data && isMetadata(payload) ? metadata : undefined
}

const metadata = { kind: 'metadata' } as const

const metadataStart = Buffer.from('\x02\x00\x0aonMetaData', 'latin1')
const isMetadata = (payload: Buffer): boolean =>
  payload.subarray(0, metadataStart.length).equals(metadataStart)

const describeVideo = (payload: Buffer): VideoInfo | undefined => {
  const [first, second] = payload
  if (first === undefined || second === undefined) return undefined
  const isKeyFrame = ((first >> 4) & 7) === frameTypes.key
  if (first >= enhancedVideoFlag) return describeEnhancedVideo(payload, first & 15, isKeyFrame)
  if (first >> 4 === frameTypes.command) return undefined
  const codec = legacyVideoCodecs[first & 15] ?? 'other'
  const { frame, keyFrame, header, end } = videoInfos[codec]
  if (codec === 'h264' || codec === 'hevc') {
    if (second === avcPacketTypes.sequenceHeader) return header
    if (second === avcPacketTypes.endOfSequence) return end
  }
  return isKeyFrame ? keyFrame : frame
}

const describeEnhancedVideo = (payload: Buffer, type: number, isKeyFrame: boolean): VideoInfo | undefined => {
  if (type < videoPacketTypes.multitrack) {
    if (payload.length < 5) return undefined
    return enhancedVideoInfo(payload.readUInt32BE(1), type, isKeyFrame, payload)
  }
  const header = readEnhancedHeader(payload, videoPacketTypes)
  if (header === undefined) return undefined
  const info = enhancedVideoInfo(header.fourCc, header.packetType, isKeyFrame, payload)
  return info === undefined || header.track === undefined ? info : { ...info, track: header.track }
}

const enhancedVideoInfo = (
  fourCc: number,
  packetType: number,
  isKeyFrame: boolean,
  payload: Buffer,
): VideoInfo | undefined => {
  const infos = videoInfos[videoCodecOf(fourCc)]
  if (packetType === videoPacketTypes.metadata) return infos.metadata
  if (isVideoCommand(payload)) return undefined
  switch (packetType) {
    case videoPacketTypes.sequenceStart:
    case videoPacketTypes.mpeg2TsSequenceStart:
      return infos.header
    case videoPacketTypes.codedFrames:
    case videoPacketTypes.codedFramesX:
      return isKeyFrame ? infos.keyFrame : infos.frame
    case videoPacketTypes.sequenceEnd:
      return infos.end
    default:
      return undefined
  }
}

const describeAudio = (payload: Buffer): AudioInfo | undefined => {
  const [first, second] = payload
  if (first === undefined || second === undefined) return undefined
  const format = first >> 4
  if (format === enhancedSoundFormat) return describeEnhancedAudio(payload, first & 15)
  const { frame, header } = audioInfos[legacyAudioCodecs[format] ?? 'other']
  return format === aacSoundFormat && second === 0 ? header : frame
}

const describeEnhancedAudio = (payload: Buffer, type: number): AudioInfo | undefined => {
  if (type < audioPacketTypes.multitrack) {
    return payload.length < 5 ? undefined : enhancedAudioInfo(payload.readUInt32BE(1), type)
  }
  const header = readEnhancedHeader(payload, audioPacketTypes)
  if (header === undefined) return undefined
  const info = enhancedAudioInfo(header.fourCc, header.packetType)
  return info === undefined || header.track === undefined ? info : { ...info, track: header.track }
}

const enhancedAudioInfo = (fourCc: number, packetType: number): AudioInfo | undefined => {
  const infos = audioInfos[audioCodecOf(fourCc)]
  switch (packetType) {
    case audioPacketTypes.sequenceStart:
      return infos.header
    case audioPacketTypes.codedFrames:
      return infos.frame
    case audioPacketTypes.sequenceEnd:
      return infos.end
    case audioPacketTypes.multichannelConfig:
      return infos.metadata
    default:
      return undefined
  }
}

type VideoInfos = Record<'frame' | 'keyFrame' | 'header' | 'end' | 'metadata', VideoInfo>
const videoInfosOf = (codec: VideoCodec): VideoInfos => {
  const frame = { kind: 'video', codec, isKeyFrame: false, isSequenceHeader: false } as const
  return {
    frame,
    keyFrame: { ...frame, isKeyFrame: true },
    header: { ...frame, isSequenceHeader: true },
    end: { ...frame, isEnd: true },
    metadata: { ...frame, isMetadata: true },
  }
}
const videoInfos: Record<VideoCodec, VideoInfos> = {
  h264: videoInfosOf('h264'),
  hevc: videoInfosOf('hevc'),
  av1: videoInfosOf('av1'),
  vp9: videoInfosOf('vp9'),
  h263: videoInfosOf('h263'),
  other: videoInfosOf('other'),
}

type AudioInfos = Record<'frame' | 'header' | 'end' | 'metadata', AudioInfo>
const audioInfosOf = (codec: AudioCodec): AudioInfos => {
  const frame = { kind: 'audio', codec, isSequenceHeader: false } as const
  return {
    frame,
    header: { ...frame, isSequenceHeader: true },
    end: { ...frame, isEnd: true },
    metadata: { ...frame, isMetadata: true },
  }
}
const audioInfos: Record<AudioCodec, AudioInfos> = {
  aac: audioInfosOf('aac'),
  mp3: audioInfosOf('mp3'),
  opus: audioInfosOf('opus'),
  flac: audioInfosOf('flac'),
  ac3: audioInfosOf('ac3'),
  eac3: audioInfosOf('eac3'),
  other: audioInfosOf('other'),
}
