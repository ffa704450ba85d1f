import type { MediaInfo } from '../flv/media-message.ts'
import { frameMessage } from '../rtmp/frame-message.ts'
import { messageTypes, type RtmpMessage } from '../rtmp/message.ts'
import { setDataFrame } from './data-frame.ts'

/** One message of a feed. `framed` gives its chunks for a far end, made once for all that use the same stream id. */
export type FeedEntry = {
  message: RtmpMessage
  media: MediaInfo
  framed: (streamId: number) => Buffer
}

/** What every publishing session sends its chunks with. */
export const outgoingChunkBytes = 65_536

const chunkStreams: Record<number, number> = { [messageTypes.audio]: 4, [messageTypes.video]: 6 }
const dataChunkStream = 5

export const feedEntry = (message: RtmpMessage, media: MediaInfo): FeedEntry => {
  let made: Buffer | undefined
  let madeFor = -1
  return {
    message,
    media,
    framed: (streamId) => {
      if (made !== undefined && madeFor === streamId) return made
      const sent = media.kind === 'metadata' ? setDataFrame(message) : message
      madeFor = streamId
      made = frameMessage(
        { ...sent, streamId },
        chunkStreams[message.type] ?? dataChunkStream,
        outgoingChunkBytes,
      )
      return made
    },
  }
}

/** Between two timestamps of 32 bits that wrap, `to` being the later one or a little earlier. */
export const elapsedMs = (from: number, to: number): number => (to - from) | 0
