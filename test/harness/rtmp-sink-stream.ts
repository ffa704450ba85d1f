import type { Socket } from 'node:net'
import { describeMedia } from '../../src/modules/live/flv/media-message.ts'
import type { IngestSession } from '../../src/modules/live/rtmp/ingest-session.ts'
import { messageTypes, type RtmpMessage } from '../../src/modules/live/rtmp/message.ts'
import type { SinkBehaviour, SinkStream } from './rtmp-sink.ts'
import { stampClockMs } from './send-stamp.ts'

/** Counts what comes under one stream key, over all its publishers. */
export class SinkStreamCounter {
  readonly #key: string
  #socket: Socket | undefined
  #session: IngestSession | undefined
  #publishes = 0
  #end: SinkStream['end']
  #connectedAtMs = 0
  #acceptedAtMs = 0
  #firstKeyFrameAtMs: number | undefined
  #seen = { videoHeader: false, audioHeader: false, bareAudio: false, videoFrame: false }
  #headersCameFirst = false
  #startedWithKeyFrame = false
  #messages = 0
  #bytes = 0
  #largestGapMs = 0
  #lastArrivalMs = 0
  #firstTimestamp: number | undefined
  #lastTimestamps = new Map<number, number>()
  #lastTimestamp: number | undefined
  #stepsBack = 0
  #bytesPerSecond: number | undefined
  #pace = (chunk: Buffer): void => {
    const socket = this.#socket
    if (socket === undefined || this.#bytesPerSecond === undefined) return
    socket.pause()
    const takesMs = (chunk.length * 1_000) / this.#bytesPerSecond
    setTimeout(() => {
      if (this.#bytesPerSecond !== undefined) socket.resume()
    }, takesMs)
  }

  constructor(key: string) {
    this.#key = key
  }

  begin(socket: Socket, session: IngestSession, connectedAtMs: number, behaviour: SinkBehaviour): void {
    this.#socket = socket
    this.#session = session
    this.#publishes += 1
    this.#end = undefined
    this.#connectedAtMs = connectedAtMs
    this.#acceptedAtMs = stampClockMs()
    this.#lastArrivalMs = this.#acceptedAtMs
    this.#firstKeyFrameAtMs = undefined
    this.#seen = { videoHeader: false, audioHeader: false, bareAudio: false, videoFrame: false }
    this.#headersCameFirst = false
    this.#startedWithKeyFrame = false
    this.#lastTimestamps.clear()
    this.#apply(behaviour)
  }

  behave(behaviour: SinkBehaviour): void {
    this.#apply(behaviour)
    if (behaviour.kind !== 'stall') this.#socket?.resume()
  }

  #apply(behaviour: SinkBehaviour): void {
    const socket = this.#socket
    if (socket === undefined) return
    socket.off('data', this.#pace)
    this.#bytesPerSecond = behaviour.kind === 'slow' ? behaviour.bytesPerSecond : undefined
    if (behaviour.kind === 'slow') socket.on('data', this.#pace)
    if (behaviour.kind !== 'stall') return
    socket.pause()
    // The session reads on when it has accepted the publisher, which is after this turn.
    setImmediate(() => socket.pause())
  }

  count(message: RtmpMessage): void {
    const now = stampClockMs()
    this.#largestGapMs = Math.max(this.#largestGapMs, now - this.#lastArrivalMs)
    this.#lastArrivalMs = now
    this.#messages += 1
    this.#bytes += message.payload.length
    if (message.type === messageTypes.data) return
    const { type, timestamp } = message
    if (timestamp < (this.#lastTimestamps.get(type) ?? 0)) this.#stepsBack += 1
    this.#lastTimestamps.set(type, timestamp)
    this.#firstTimestamp ??= timestamp
    this.#lastTimestamp = timestamp
    if (this.#firstKeyFrameAtMs === undefined) this.#lookForKeyFrame(message, now)
  }

  #lookForKeyFrame(message: RtmpMessage, now: number): void {
    const media = describeMedia(message)
    const seen = this.#seen
    if (media?.kind === 'audio') {
      if (media.isSequenceHeader) seen.audioHeader = true
      else if (!seen.audioHeader) seen.bareAudio = true
    } else if (media?.kind === 'video') {
      if (media.isSequenceHeader) seen.videoHeader = true
      else if (media.isKeyFrame) {
        this.#firstKeyFrameAtMs = now
        this.#headersCameFirst = seen.videoHeader && !seen.bareAudio
        this.#startedWithKeyFrame = !seen.videoFrame
      } else seen.videoFrame = true
    }
  }

  finish(session: IngestSession, reason: string, error?: Error): void {
    if (session !== this.#session) return
    this.#end = { reason, ...(error === undefined ? {} : { message: error.message }) }
    this.#session = undefined
    this.#socket = undefined
  }

  dismiss(code: string, description: string): void {
    this.#session?.close(code, description)
  }

  break(): void {
    this.#socket?.destroy()
  }

  forget(): void {
    this.#messages = 0
    this.#bytes = 0
    this.#largestGapMs = 0
    this.#lastArrivalMs = stampClockMs()
    this.#firstTimestamp = undefined
    this.#stepsBack = 0
  }

  report(): SinkStream {
    const isPublishing = this.#session !== undefined
    const openGapMs = isPublishing ? stampClockMs() - this.#lastArrivalMs : 0
    return {
      key: this.#key,
      publishes: this.#publishes,
      isPublishing,
      end: this.#end,
      connectedAtMs: this.#connectedAtMs,
      acceptedAtMs: this.#acceptedAtMs,
      firstKeyFrameAtMs: this.#firstKeyFrameAtMs,
      headersCameFirst: this.#headersCameFirst,
      startedWithKeyFrame: this.#startedWithKeyFrame,
      messages: this.#messages,
      bytes: this.#bytes,
      largestGapMs: Math.max(this.#largestGapMs, openGapMs),
      firstTimestamp: this.#firstTimestamp,
      lastTimestamp: this.#lastTimestamp,
      stepsBack: this.#stepsBack,
    }
  }
}
