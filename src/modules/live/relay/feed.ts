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

/** From here a decoder can start: a key frame, with the headers that it needs. */
type SyncPoint = { sequence: number; headers: FeedEntry[] }

const windowMs = 10_000
const windowBytes = 32 * 1024 * 1024
/** What an entry takes beside its payload: many empty messages would otherwise count for nothing. */
const entryBytes = 512
/** The array of entries is cut in front only after so many have gone. */
const lazyCut = 1_024

/**
 * The last seconds of a stream's media, once for all that read it. It holds the newest group of pictures from its key
 * frame on, at least, so that who joins starts at once, and never more than `windowBytes`. Who reads has only a position, so a
 * slow destination costs no memory: when the window has passed its position, it goes on at a key frame.
 */
export class Feed {
  #entries: (FeedEntry | undefined)[] = []
  /** The sequence number of `#entries[#gone]`. */
  #first = 0
  #gone = 0
  #bytes = 0
  #sync: SyncPoint | undefined
  /** What a decoder must know before the first frame of each track, the newest of each kind. */
  readonly #headers = new Map<string, FeedEntry>()
  #hasVideo = false
  #awaitsKeyFrame = false
  readonly #readers = new Set<FeedReader>()

  /** Takes the next message, whose timestamp is on the stream's own timeline. */
  append(message: RtmpMessage, media: MediaInfo): void {
    if (!this.#isDecodable(media)) return
    const entry = feedEntry(message, media)
    this.#entries.push(entry)
    this.#bytes += costOf(message)
    const header = headerName(media)
    if (header !== undefined) this.#keepHeader(header, entry)
    else if (this.#isStart(media))
      this.#sync = { sequence: this.end - 1, headers: [...this.#headers.values()] }
    this.#trim()
    for (const reader of this.#readers) reader.wake()
  }

  /** A publisher comes after another: pictures that refer to those of the former are left out up to a key frame. */
  restart(): void {
    this.#awaitsKeyFrame = this.#hasVideo
  }

  openReader(options: FeedReaderOptions): FeedReader {
    const reader = new FeedReader(this, options, () => this.#readers.delete(reader))
    this.#readers.add(reader)
    reader.wake()
    return reader
  }

  /** One past the newest entry. */
  get end(): number {
    return this.#first + this.#entries.length - this.#gone
  }

  /** The oldest entry that is still here. */
  get start(): number {
    return this.#first
  }

  get syncPoint(): SyncPoint | undefined {
    return this.#sync
  }

  entry(sequence: number): FeedEntry | undefined {
    return this.#entries[sequence - this.#first + this.#gone]
  }

  #isDecodable(media: MediaInfo): boolean {
    if (media.kind !== 'video') return true
    if (media.isKeyFrame) this.#awaitsKeyFrame = false
    return headerName(media) !== undefined || !this.#awaitsKeyFrame
  }

  #isStart(media: MediaInfo): boolean {
    if (media.kind === 'video') return media.isKeyFrame && isMainTrack(media)
    return media.kind === 'audio' && !this.#hasVideo
  }

  #keepHeader(name: string, entry: FeedEntry) {
    if (entry.media.kind === 'video' && !this.#hasVideo) {
      // What was audio only so far has pictures from here on; a start without them would never show any.
      this.#hasVideo = true
      this.#sync = undefined
    }
    if (entry.message.payload.length <= longestHeaderBytes) this.#headers.set(name, entry)
  }

  #trim() {
    const newest = this.entry(this.end - 1)?.message.timestamp ?? 0
    for (let oldest = this.entry(this.#first); oldest !== undefined; oldest = this.entry(this.#first)) {
      const isNeeded = this.#sync !== undefined && this.#first >= this.#sync.sequence
      const isOld = elapsedMs(oldest.message.timestamp, newest) > windowMs
      if (this.#bytes <= windowBytes && (isNeeded || !isOld)) break
      this.#bytes -= costOf(oldest.message)
      this.#entries[this.#gone] = undefined
      this.#gone += 1
      this.#first += 1
    }
    if (this.#sync !== undefined && this.#sync.sequence < this.#first) this.#sync = undefined
    if (this.#gone < lazyCut) return
    this.#entries = this.#entries.slice(this.#gone)
    this.#gone = 0
  }
}

const costOf = ({ payload }: RtmpMessage) => payload.length + entryBytes

const mostTracks = 8
const longestHeaderBytes = 64 * 1024

const isMainTrack = ({ track = 0 }: { track?: number }) => track === 0

/** Undefined for frames. Each track has its own configuration, and colours or channels beside it. */
const headerName = (media: MediaInfo): string | undefined => {
  if (media.kind === 'metadata') return 'metadata'
  const { kind, isSequenceHeader, isMetadata = false, track = 0 } = media
  if ((!isSequenceHeader && !isMetadata) || track >= mostTracks) return undefined
  return `${kind} ${isMetadata ? 'metadata' : 'configuration'} ${track}`
}

/** Between two timestamps of 32 bits that wrap, `to` being the later one or a little earlier. */
const elapsedMs = (from: number, to: number): number => (to - from) | 0

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
