import type { MediaInfo } from '../flv/media-message.ts'
import type { RtmpMessage } from '../rtmp/message.ts'
import { elapsedMs, type FeedEntry, feedEntry } from './feed-entry.ts'
import { FeedReader, type FeedReaderOptions } from './feed-reader.ts'

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
