import type { Feed } from './feed.ts'
import { elapsedMs, type FeedEntry, feedEntry } from './feed-entry.ts'

export type FeedReaderOptions = {
  /** Called once, after `next` gave nothing, when there is something again. */
  onAvailable: () => void
  /** Who is further behind goes on at the newest key frame. Milliseconds. */
  keepsUpMs: number
}

/** A position in a feed. */
export class FeedReader {
  readonly #feed: Feed
  readonly #options: FeedReaderOptions
  readonly #onClose: () => void
  #headers: FeedEntry[] = []
  /** Undefined until there is a key frame to start at, which must not be before `#notBefore`. */
  #position: number | undefined
  #notBefore = 0
  #skipped = 0
  #isWaiting = true
  #waking: NodeJS.Immediate | undefined

  constructor(feed: Feed, options: FeedReaderOptions, onClose: () => void) {
    this.#feed = feed
    this.#options = options
    this.#onClose = onClose
  }

  /** How many messages were left out because the reader was too slow. */
  get skipped(): number {
    return this.#skipped
  }

  /** How far behind the newest message the reader is. */
  get lagMs(): number {
    const newest = this.#feed.entry(this.#feed.end - 1)
    const own = this.#position === undefined ? undefined : this.#feed.entry(this.#position)
    return newest === undefined || own === undefined
      ? 0
      : elapsedMs(own.message.timestamp, newest.message.timestamp)
  }

  next(): FeedEntry | undefined {
    if (this.#position !== undefined && this.#isTooFarBehind()) this.#skip(this.#position)
    if (this.#position === undefined) this.#start()
    const header = this.#headers.shift()
    if (header !== undefined) return header
    const entry = this.#position === undefined ? undefined : this.#feed.entry(this.#position)
    if (entry === undefined || this.#position === undefined) {
      this.#isWaiting = true
      return undefined
    }
    this.#position += 1
    return entry
  }

  /** For the feed: there is something new. */
  wake(): void {
    if (!this.#isWaiting || this.#waking !== undefined) return
    this.#waking = setImmediate(() => {
      this.#waking = undefined
      this.#isWaiting = false
      this.#options.onAvailable()
    })
  }

  close(): void {
    clearImmediate(this.#waking)
    this.#onClose()
  }

  #isTooFarBehind(): boolean {
    return (this.#position ?? 0) < this.#feed.start || this.lagMs > this.#options.keepsUpMs
  }

  #skip(from: number) {
    const sync = this.#feed.syncPoint
    const isAhead = sync !== undefined && sync.sequence > from
    const isLost = from < this.#feed.start
    // In a group of pictures longer than the reader may lag there is nothing to go on at but itself.
    if (!isAhead && !isLost) return
    this.#notBefore = isAhead ? sync.sequence : this.#feed.end
    this.#skipped += this.#notBefore - from
    this.#position = undefined
  }

  #start() {
    const sync = this.#feed.syncPoint
    if (sync === undefined || sync.sequence < this.#notBefore) return
    const { timestamp } = this.#feed.entry(sync.sequence)?.message ?? { timestamp: 0 }
    this.#headers = sync.headers.map(({ message, media }) => feedEntry({ ...message, timestamp }, media))
    this.#position = sync.sequence
  }
}
