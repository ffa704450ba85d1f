import type net from 'node:net'
import { type PublishHandlers, PublishSession, type Refusal } from '../rtmp/publish-session.ts'
import type { Feed } from './feed.ts'
import type { FeedReader } from './feed-reader.ts'

export type DeliveryOptions = {
  feed: Feed
  socket: net.Socket
  target: { app: string; tcUrl: string; streamKey: string }
  /** The far end has taken media: once. */
  onTaken: () => void
  /** The far end has stopped taking media, or takes it again. */
  onStalled: (isStalled: boolean) => void
  /** Exactly once. `accepted`: whether the far end had agreed to take the feed. */
  onEnd: (end: { accepted: boolean; refusal?: Refusal; error?: Error }) => void
}

/** How far behind the feed a destination may be before it goes on at the newest key frame. */
const keepsUpMs = 6_000
/** What a destination may have waiting in this process beyond what the kernel took. */
const writeAheadBytes = 384 * 1024
/** So small at first that the first acknowledgement comes with the first picture. */
const firstWindowBytes = 2_048
const windowMs = 150
const smallestWindowBytes = 2_048
/** For far ends that never acknowledge: media that the network has taken for so long has arrived. */
const takenWithoutWordMs = 1_500
const stalledAfterMs = 500
const lostAfterMs = 6_000

/** One connection to a far end that is given a feed. `tick` must be called a few times a second. */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #session: PublishSession
  #reader: FeedReader | undefined
  #streamId = 0
  #refusal: Refusal | undefined
  #acceptedAtMs: number | undefined
  #isTaken = false
  #isStalled = false
  #baseBytes = 0
  /** When the far end was last seen to take something, or had nothing to take. */
  #progressAtMs = 0
  #progressBytes = 0
  #acknowledges = false
  #windowBytes = firstWindowBytes
  /**
   * The most that the far end has lately taken without a word: some keep to windows of their own. It fades, because who has
   * stood still takes all that waited at once.
   */
  #longestStepBytes = 0

  constructor(options: DeliveryOptions) {
    this.#options = options
    const handlers: PublishHandlers = {
      onAccepted: (streamId) => this.#begin(streamId),
      onRefused: (refusal) => {
        this.#refusal = refusal
      },
      onAcknowledged: () => this.#acknowledged(),
      onDrain: () => this.#pump(),
      onClosed: (error) => this.#end(error),
    }
    this.#session = new PublishSession({ socket: options.socket, target: options.target, handlers })
  }

  get bytesSent(): number {
    return this.#session.bytesSent
  }

  get skippedMessages(): number {
    return this.#reader?.skipped ?? 0
  }

  get lagMs(): number {
    return this.#reader?.lagMs ?? 0
  }

  /** Looks whether the far end still takes what it is given. */
  tick(nowMs: number, bitrate: number): void {
    this.#session.listenOn()
    if (this.#acceptedAtMs === undefined) return
    this.#adaptWindow(bitrate)
    const takenBytes = this.#takenBytes()
    const waitingBytes = this.#session.bytesSent - takenBytes
    const owesBytes = this.#acknowledges ? this.#windowBytes + this.#longestStepBytes : 0
    if (takenBytes > this.#progressBytes || waitingBytes <= owesBytes) {
      this.#progressBytes = takenBytes
      this.#progressAtMs = nowMs
    }
    const quietMs = nowMs - this.#progressAtMs
    if (quietMs > lostAfterMs) this.#session.close(new Error('The far end has stopped taking data.'))
    this.#setStalled(quietMs > stalledAfterMs)
    const isQuietlyTaken = nowMs - this.#acceptedAtMs > takenWithoutWordMs && takenBytes > this.#baseBytes
    if (isQuietlyTaken && !this.#acknowledges) this.#taken()
  }

  /** Gives the far end the last of the feed, as far as it takes that, tells it that it ends here, and closes. */
  finish(): void {
    this.#pump()
    this.#reader?.close()
    this.#session.unpublish()
  }

  close(): void {
    this.#reader?.close()
    this.#session.close()
  }

  #begin(streamId: number) {
    this.#streamId = streamId
    this.#acceptedAtMs = performance.now()
    this.#progressAtMs = this.#acceptedAtMs
    this.#session.requestAcknowledgements(firstWindowBytes)
    this.#baseBytes = this.#session.bytesSent
    this.#reader = this.#options.feed.openReader({ onAvailable: () => this.#pump(), keepsUpMs })
  }

  #pump() {
    const { socket } = this.#options
    if (this.#reader === undefined || this.#session.writableBytes > writeAheadBytes) return
    socket.cork()
    while (this.#session.writableBytes <= writeAheadBytes) {
      const entry = this.#reader.next()
      if (entry === undefined) break
      this.#session.sendFramed(entry.framed(this.#streamId))
    }
    socket.uncork()
  }

  #takenBytes(): number {
    if (this.#acknowledges) return this.#session.acknowledgedBytes
    return this.#session.bytesSent - this.#session.writableBytes
  }

  #acknowledged() {
    if (this.#acceptedAtMs === undefined || this.#session.acknowledgedBytes <= this.#baseBytes) return
    const takenBytes = this.#session.acknowledgedBytes
    if (this.#acknowledges)
      this.#longestStepBytes = Math.max(this.#longestStepBytes * 0.75, takenBytes - this.#progressBytes)
    this.#acknowledges = true
    this.#progressAtMs = performance.now()
    this.#progressBytes = takenBytes
    this.#setStalled(false)
    this.#taken()
  }

  /** As many acknowledgements as tell the truth in time, and no more: a far end with many feeds has to write each. */
  #adaptWindow(bitrate: number) {
    const wanted = Math.max(smallestWindowBytes, Math.round((bitrate / 8) * (windowMs / 1_000)))
    if (!this.#acknowledges || (wanted < this.#windowBytes * 2 && wanted > this.#windowBytes / 2)) return
    this.#windowBytes = wanted
    this.#session.requestAcknowledgements(wanted)
  }

  #taken() {
    if (this.#isTaken) return
    this.#isTaken = true
    this.#options.onTaken()
  }

  #setStalled(isStalled: boolean) {
    if (isStalled === this.#isStalled || !this.#isTaken) return
    this.#isStalled = isStalled
    this.#options.onStalled(isStalled)
  }

  #end(error: Error | undefined) {
    this.#reader?.close()
    const accepted = this.#acceptedAtMs !== undefined
    const refusal = this.#refusal
    this.#options.onEnd({
      accepted,
      ...(refusal === undefined ? {} : { refusal }),
      ...(error === undefined ? {} : { error }),
    })
  }
}
