import type { Publisher } from '../ingest/ingest-listener.ts'
import { createBitrateMeter } from './bitrate-meter.ts'

/** A publisher that sends nothing for so long has gone, even if nobody was told. */
const idleMs = 10_000
/** A publisher that has been silent for so long makes way for another with the same key. */
const staleMs = 3_000
/** Twice the span of the meter: a burst after a stall of the network is no fault. */
const tooFastForMs = 4_000

export type Complaint = { code: string; description: string }

export type WatchedPublisher = ReturnType<typeof watchPublisher>

/** Keeps an eye on one publisher. `maxBitrate` is bits a second, of everything that he sends. */
export const watchPublisher = (publisher: Publisher, maxBitrate: number, beganAtMs: number) => {
  const meter = createBitrateMeter()
  let heardAtMs = beganAtMs
  let calmAtMs = beganAtMs
  let bytes = publisher.bytesReceived()

  const listen = (nowMs: number) => {
    const grown = publisher.bytesReceived() - bytes
    if (grown > 0) heardAtMs = nowMs
    meter.add(grown, nowMs)
    bytes += grown
  }

  return {
    close: ({ code, description }: Complaint) => publisher.close(code, description),
    isStale: (nowMs: number): boolean => {
      listen(nowMs)
      return nowMs - heardAtMs > staleMs
    },
    /** To be called a few times a second. @returns why the publisher has to go */
    look: (nowMs: number): Complaint | undefined => {
      publisher.listenOn()
      listen(nowMs)
      if (meter.bitrate(nowMs) <= maxBitrate) calmAtMs = nowMs
      if (nowMs - calmAtMs > tooFastForMs) return tooFast
      return nowMs - heardAtMs > idleMs ? idle : undefined
    },
  }
}

const tooFast: Complaint = {
  code: 'NetStream.Publish.Denied',
  description: 'This feed has more bits a second than are taken.',
}
const idle: Complaint = {
  code: 'NetStream.Publish.Idle',
  description: 'Nothing was received for a while.',
}
