import { readFileSync } from 'node:fs'
import net from 'node:net'
import { frameMessage } from '../../src/modules/live/rtmp/frame-message.ts'
import { messageTypes, type RtmpMessage } from '../../src/modules/live/rtmp/message.ts'
import { PublishSession, publishChunkBytes } from '../../src/modules/live/rtmp/publish-session.ts'
import { readFlvTags } from './flv-media.ts'
import { withSendStamp } from './send-stamp.ts'

const mediaChunkStreamId = 6
const uint32 = 0x1_0000_0000

export type FlvPublisherOptions = {
  /** Ends with the stream key. */
  url: string
  file: string
  /** Of the first message, in milliseconds; it wraps at 2^32. */
  firstTimestamp?: number
  /**
   * Begins again at the end of the file, with time going on. True by default. Where the file's tracks differ in length the seam
   * is longer than a frame.
   */
  loops?: boolean
  /** Puts the time of sending into the audio, see `withSendStamp`. */
  stamps?: boolean
}

/**
 * Publishes an FLV file as fast as it plays, in chunks of 65,536 bytes, which ffmpeg has no option for. It costs less than
 * ffmpeg does, and never waits for a slow receiver.
 */
export class FlvPublisher {
  readonly #options: FlvPublisherOptions
  readonly #messages: RtmpMessage[]
  readonly #lengthMs: number
  readonly #session: PublishSession
  #timer: NodeJS.Timeout | undefined
  #startedAtMs = 0
  #streamId = 0
  #sent = 0

  private constructor(options: FlvPublisherOptions, settle: (error?: Error) => void) {
    this.#options = options
    this.#messages = readFlvTags(readFileSync(options.file))
    this.#lengthMs = Math.max(
      lengthMsOf(this.#messages, messageTypes.video),
      lengthMsOf(this.#messages, messageTypes.audio),
    )
    const { port, app, streamKey } = partsOf(options.url)
    this.#session = new PublishSession({
      socket: net.connect({ port, host: '127.0.0.1', noDelay: true }),
      target: { app, tcUrl: `rtmp://127.0.0.1:${port}/${app}`, streamKey },
      handlers: {
        onAccepted: (streamId) => {
          this.#streamId = streamId
          this.#startedAtMs = performance.now()
          this.#sendDue()
          settle()
        },
        onRefused: ({ code, description }) => settle(new Error(`${code}: ${description}`)),
        onAcknowledged: () => undefined,
        onDrain: () => undefined,
        onClosed: (error) => {
          clearTimeout(this.#timer)
          settle(error ?? new Error('The connection was closed'))
        },
      },
    })
  }

  /** Resolves when the far end has accepted. @throws what it answered instead */
  static async start(options: FlvPublisherOptions): Promise<FlvPublisher> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const publisher = new FlvPublisher(options, (error) => (error === undefined ? resolve() : reject(error)))
    await promise
    return publisher
  }

  /** What is due but still waits in this process for the network, in bytes. */
  get waitingBytes(): number {
    return this.#session.writableBytes
  }

  /** Says goodbye. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#session.unpublish()
  }

  /** Breaks the connection without a word. */
  break(): void {
    clearTimeout(this.#timer)
    this.#session.close()
  }

  #sendDue(): void {
    const playedMs = performance.now() - this.#startedAtMs
    for (;;) {
      const message = this.#messages[this.#sent % this.#messages.length]
      const round = Math.floor(this.#sent / this.#messages.length)
      if (message === undefined || (round > 0 && this.#options.loops === false)) {
        this.stop()
        return
      }
      const dueMs = round * this.#lengthMs + message.timestamp
      if (dueMs > playedMs) {
        this.#timer = setTimeout(() => this.#sendDue(), dueMs - playedMs)
        return
      }
      this.#send(message, dueMs)
      this.#sent += 1
    }
  }

  #send({ type, payload }: RtmpMessage, dueMs: number): void {
    const { firstTimestamp = 0, stamps = false } = this.#options
    // A sequence header has to stay as it is.
    const isStamped = stamps && type === messageTypes.audio && payload[1] !== 0
    const message = {
      type,
      streamId: this.#streamId,
      timestamp: (firstTimestamp + dueMs) % uint32,
      payload: isStamped ? withSendStamp(payload) : payload,
    }
    this.#session.sendFramed(frameMessage(message, mediaChunkStreamId, publishChunkBytes))
  }
}

/** To the end of the last frame of a kind, which takes as long as they do on average. 0 without any. */
const lengthMsOf = (messages: RtmpMessage[], type: number): number => {
  const times = messages.filter((message) => message.type === type).map(({ timestamp }) => timestamp)
  const distinct = new Set(times).size
  const last = times.at(-1)
  return last === undefined || distinct < 2 ? 0 : Math.round((last * distinct) / (distinct - 1))
}

const partsOf = (url: string): { port: number; app: string; streamKey: string } => {
  const { port, pathname } = new URL(url.replace(/^rtmp:/, 'http:'))
  const [, app = '', streamKey = ''] = pathname.split('/')
  return { port: Number(port), app, streamKey }
}
