import { readAudioConfig, readMetadata, readVideoConfig } from '../flv/codec-config.ts'
import type { MediaInfo } from '../flv/media-message.ts'

/** What is known of a stream's pictures and sound. */
export type StreamMedia = Partial<{
  videoCodec: string
  audioCodec: string
  width: number
  height: number
  frameRate: number
  audioSampleRate: number
  audioChannels: number
}>

const measureFramesMs = 4_000
/** Each telling is a write to the database: who says something else all the time is told of once a second. */
const tellsAtOnce = 10
const tellEveryMs = 1_000

/** Finds out what a publisher sends, from its headers, or by counting where they do not say. */
export const createMediaWatch = () => {
  const known: StreamMedia = {}
  let frames = 0
  let countingSinceMs: number | undefined
  let untold: StreamMedia | undefined
  let told = 0
  let toldAtMs = 0

  const learn = (found: StreamMedia): StreamMedia | undefined => {
    const news = Object.fromEntries(
      Object.entries(found).filter(
        ([name, value]) => value !== undefined && known[name as keyof StreamMedia] !== value,
      ),
    )
    Object.assign(known, news)
    return Object.keys(news).length > 0 ? news : undefined
  }

  const countFrame = (nowMs: number): StreamMedia | undefined => {
    countingSinceMs ??= nowMs
    const elapsedMs = nowMs - countingSinceMs
    frames += 1
    if (known.frameRate !== undefined || elapsedMs < measureFramesMs) return undefined
    return learn({ frameRate: Math.round(((frames - 1) * 1_000) / elapsedMs) })
  }

  const lookInto = (media: MediaInfo, payload: Buffer, nowMs: number): StreamMedia | undefined => {
    if (media.kind === 'metadata') return learn(ofMetadata(payload))
    if (media.track !== undefined && media.track > 0) return undefined
    if (media.isSequenceHeader) {
      return learn(media.kind === 'video' ? ofVideo(payload) : ofAudio(payload))
    }
    if (media.kind === 'video') return learnCodec(media.codec) ?? countFrame(nowMs)
    return known.audioCodec === undefined ? learn({ audioCodec: media.codec }) : undefined
  }

  return {
    /** @returns what is new since it last answered anything */
    look: (media: MediaInfo, payload: Buffer, nowMs: number): StreamMedia | undefined => {
      const news = lookInto(media, payload, nowMs)
      if (news !== undefined) untold = { ...untold, ...news }
      if (untold === undefined || (told >= tellsAtOnce && nowMs - toldAtMs < tellEveryMs)) return undefined
      const telling = untold
      untold = undefined
      told += 1
      toldAtMs = nowMs
      return telling
    },
  }

  function learnCodec(codec: string) {
    return known.videoCodec === undefined ? learn({ videoCodec: codec }) : undefined
  }
}

const ofMetadata = (payload: Buffer): StreamMedia => {
  const { width, height, frameRate } = readMetadata(payload)
  return {
    ...whole('width', width),
    ...whole('height', height),
    ...(frameRate === undefined ? {} : { frameRate }),
  }
}

const ofVideo = (payload: Buffer): StreamMedia => {
  const { codec, width, height } = readVideoConfig(payload)
  return { videoCodec: codec, ...whole('width', width), ...whole('height', height) }
}

const ofAudio = (payload: Buffer): StreamMedia => {
  const { codec, sampleRate, channels } = readAudioConfig(payload)
  return {
    audioCodec: codec,
    ...whole('audioSampleRate', sampleRate),
    ...whole('audioChannels', channels),
  }
}

const largest = 1_000_000
/** Numbers that somebody sent, for columns of whole ones. */
const whole = (name: keyof StreamMedia, value: number | undefined): StreamMedia =>
  value === undefined || !(value >= 0 && value <= largest) ? {} : { [name]: Math.round(value) }
