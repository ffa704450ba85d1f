import { flvFileHeader, flvTag } from '../flv/flv-file.ts'
import { describeMedia, type MediaInfo } from '../flv/media-message.ts'
import type { VideoCodec } from '../flv/tag-header.ts'
import type { RtmpMessage } from '../rtmp/message.ts'
import { readFlv } from './read-flv.ts'

type JoinedMessage = { message: RtmpMessage; media: MediaInfo }
type OnRead = (bytes: number) => void

/** More than B-frames let a picture wait for its turn, so that no picture of a part is shown after the next has begun. */
const betweenPartsMs = 200

/**
 * Several parts as one that begins at 0: each goes on where the one before ended, so that a process that was killed leaves no
 * gap, and headers that say the same again are left out.
 */
async function* joinMessages(files: string[], onRead?: OnRead): AsyncGenerator<JoinedMessage[]> {
  const known = new Map<string, Buffer>()
  let newestMs = 0
  for (const file of files) {
    const startMs = newestMs === 0 ? 0 : newestMs + betweenPartsMs
    const retime = partClock(startMs)
    for await (const messages of readFlv(file, onRead)) {
      const joined: JoinedMessage[] = []
      for (const message of messages) {
        const media = describeMedia(message)
        if (media === undefined || isKnownHeader(known, media, message)) continue
        const timestamp = isCoded(media) ? retime(message.timestamp) : Math.max(startMs, newestMs)
        newestMs = Math.max(newestMs, timestamp)
        joined.push({ message: { ...message, timestamp }, media })
      }
      yield joined
    }
  }
}

/** Follows the timestamps of one part, which begin anywhere and wrap at 32 bits. */
const partClock = (startMs: number) => {
  let elapsedMs = 0
  let last: number | undefined
  return (timestamp: number): number => {
    if (last !== undefined) elapsedMs += (timestamp - last) | 0
    last = timestamp
    return startMs + Math.max(0, elapsedMs)
  }
}

const isCoded = (media: MediaInfo) => media.kind !== 'metadata' && !media.isSequenceHeader

const isKnownHeader = (known: Map<string, Buffer>, media: MediaInfo, { payload }: RtmpMessage): boolean => {
  if (media.kind === 'metadata') {
    if (known.has('metadata')) return true
    known.set('metadata', Buffer.from(payload))
    return false
  }
  if (media.isEnd) return true
  if (!media.isSequenceHeader) return false
  const name = `${media.kind} ${media.track ?? 0}`
  if (known.get(name)?.equals(payload)) return true
  known.set(name, Buffer.from(payload))
  return false
}

/** One FLV file of several parts. */
export async function* joinParts(files: string[], onRead?: OnRead): AsyncGenerator<Buffer> {
  yield flvFileHeader()
  for await (const messages of joinMessages(files, onRead)) {
    if (messages.length > 0) yield Buffer.concat(messages.map(({ message }) => flvTag(message)))
  }
}

export type RecordingFacts = {
  durationMs: number
  hasVideo: boolean
  videoCodec: VideoCodec | undefined
  hasAudio: boolean
  /** The encoder came back with other settings, which an MP4 file cannot follow. */
  changesCodec: boolean
}

/** Reads the parts once, to know what an MP4 file made of them has to hold. */
export const inspectParts = async (files: string[], signal: AbortSignal): Promise<RecordingFacts> => {
  const facts: RecordingFacts = {
    durationMs: 0,
    hasVideo: false,
    videoCodec: undefined,
    hasAudio: false,
    changesCodec: false,
  }
  const headers = new Set<string>()
  for await (const messages of joinMessages(files)) {
    signal.throwIfAborted()
    for (const { message, media } of messages) {
      if (media.kind === 'metadata') continue
      facts.durationMs = message.timestamp
      if (!media.isSequenceHeader) {
        if (media.kind === 'audio') facts.hasAudio = true
        else {
          facts.hasVideo = true
          facts.videoCodec = media.codec
        }
        continue
      }
      const name = `${media.kind} ${media.track ?? 0}`
      if (headers.has(name)) facts.changesCodec = true
      headers.add(name)
    }
  }
  return facts
}
