import type { Logger } from 'pino'
import type { LiveProject, RelayTarget } from '../../projects/live-project.ts'
import type { LiveChange } from '../../streams/stream-journal.ts'
import { describeMedia } from '../flv/media-message.ts'
import type { Publisher, PublisherSink } from '../ingest/ingest-listener.ts'
import { Feed } from '../relay/feed.ts'
import { createTimeline } from '../relay/timeline.ts'
import type { RtmpMessage } from '../rtmp/message.ts'
import { createBitrateMeter } from './bitrate-meter.ts'
import { Journal } from './journal.ts'
import { createMediaWatch } from './media-watch.ts'
import { Relays } from './relays.ts'
import type { StreamOutputs } from './stream-outputs.ts'
import { type Complaint, type WatchedPublisher, watchPublisher } from './watch-publisher.ts'

export type LiveSessionOptions = {
  project: LiveProject
  streamId: string
  targets: RelayTarget[]
  /** How old the stream is when this process takes it over from another; undefined for a new one. */
  resumedAfterMs: number | undefined
  allowPrivate: boolean
  /** Bits a second, on average over a few seconds. */
  maxBitrate: number
  log: Logger
  record: (changes: LiveChange[]) => Promise<boolean>
  reclaim: (hasPublisher: boolean) => Promise<boolean>
  openOutputs: (session: { feed: Feed; tell: (change: RecordingChange) => void }) => StreamOutputs
  /** The stream has ended, or belongs to another process. */
  onOver: () => void
}

type EndReason = Extract<LiveChange, { kind: 'ended' }>['reason']
type RecordingChange = Pick<Extract<LiveChange, { kind: 'recording' }>, 'status' | 'message'>

/** So long the connections of the process that had the stream may last. */
const handoverMs = 5_000
/** What takes longer is not waited for: an encoder wants an answer. */
const writtenWithinMs = 1_000
/** One stream in this process: its feed, where it goes, and its publisher, who may drop out and come back. */
export class LiveSession {
  readonly #options: LiveSessionOptions
  readonly #feed = new Feed()
  readonly #timeline: ReturnType<typeof createTimeline>
  readonly #meter = createBitrateMeter()
  readonly #watch = createMediaWatch()
  readonly #journal: Journal
  readonly #relays: Relays
  readonly #outputs: StreamOutputs
  #project: LiveProject
  #streamKey = ''
  #publisher: WatchedPublisher | undefined
  #lostAtMs: number | undefined
  #over: Promise<void> | undefined

  constructor(options: LiveSessionOptions) {
    const { project, resumedAfterMs, log, record } = options
    this.#options = options
    this.#project = project
    const nowMs = performance.now()
    this.#timeline = createTimeline(
      resumedAfterMs === undefined ? undefined : { elapsedMs: resumedAfterMs, nowMs },
    )
    this.#journal = new Journal({
      record,
      log,
      reclaim: () => this.#reclaim(),
      onDisowned: () => void this.abandon('This stream is over, or elsewhere.'),
    })
    this.#relays = new Relays({
      feed: this.#feed,
      allowPrivate: options.allowPrivate,
      lenientUntilMs: resumedAfterMs === undefined ? 0 : nowMs + handoverMs,
      onState: ({ id, name }, change) =>
        this.#tell({ kind: 'destination', destinationId: id, name, ...change }),
    })
    this.#outputs = options.openOutputs({
      feed: this.#feed,
      tell: (change) => this.#tell({ kind: 'recording', ...change }),
    })
    this.#relays.arrange(options.targets)
    this.#outputs.arrange(project)
  }

  get projectId(): string {
    return this.#project.id
  }

  get ownerId(): string {
    return this.#project.ownerId
  }

  get streamId(): string {
    return this.#options.streamId
  }

  /** Resolves when nothing of the session is left; undefined while it is on. */
  get over(): Promise<void> | undefined {
    return this.#over
  }

  /** The key that the publisher showed, or the last one did. */
  get streamKey(): string {
    return this.#streamKey
  }

  /** Nobody publishes, or somebody who has been silent for a while. */
  isFree(nowMs: number): boolean {
    return this.#publisher === undefined || this.#publisher.isStale(nowMs)
  }

  /** The stream goes on with this publisher. One that was there, silent, is sent away. */
  attach(publisher: Publisher): PublisherSink {
    this.#publisher?.close({
      code: 'NetStream.Publish.BadName',
      description: 'Another encoder has taken over.',
    })
    const own = watchPublisher(publisher, this.#options.maxBitrate, performance.now())
    this.#streamKey = publisher.streamKey
    this.#publisher = own
    this.#lostAtMs = undefined
    this.#timeline.restart()
    this.#feed.restart()
    return {
      onMedia: (message) => {
        if (this.#publisher === own) this.#receive(message)
      },
      onEnd: (reason, error) => {
        if (this.#publisher !== own) return
        if (reason === 'unpublished') this.end('unpublished')
        else this.#lose({ code: 'NetStream.Unpublish.Success', description: error?.message ?? reason })
      },
    }
  }

  /** As `attach`, while the database is away: that the publisher is back is told when it can be. */
  attachUnclaimed(publisher: Publisher): PublisherSink {
    const sink = this.attach(publisher)
    this.#journal.add(async () => void (await this.#options.reclaim(this.#publisher !== undefined)))
    return sink
  }

  /** Sends the publisher away, who may come back with a key that is good. */
  dismiss(description: string): void {
    if (this.#publisher !== undefined) this.#lose({ code: 'NetStream.Publish.Denied', description })
  }

  /** The owner has changed something. */
  arrange(project: LiveProject, targets: RelayTarget[]): void {
    if (this.#over !== undefined) return
    this.#project = project
    this.#relays.arrange(targets)
    this.#outputs.arrange(project)
  }

  /** To be called a few times a second. */
  tick(nowMs: number): void {
    if (this.#over !== undefined) return
    this.#relays.tick(nowMs, this.#meter.bitrate(nowMs))
    const complaint = this.#publisher?.look(nowMs)
    if (complaint !== undefined) this.#lose(complaint)
    const windowMs = this.#project.reconnectWindowSeconds * 1_000
    if (this.#lostAtMs !== undefined && nowMs - this.#lostAtMs >= windowMs) this.end('publisher-lost')
  }

  /** Its counts could not be written, because the stream seems to be somebody else's. */
  checkOwnership(): void {
    this.#journal.check()
  }

  /** Whether all that has happened so far is stored, or is within a moment. */
  isWritten(): Promise<boolean> {
    return this.#journal.isWritten(writtenWithinMs)
  }

  takeStats(nowMs: number) {
    return {
      streamId: this.#options.streamId,
      bitrate: this.#meter.bitrate(nowMs),
      bytesReceived: this.#meter.totalBytes,
      destinations: this.#relays.takeStats(nowMs),
    }
  }

  get relayStates(): string[] {
    return this.#relays.states
  }

  end(reason: EndReason): void {
    this.#over ??= this.#end(reason)
  }

  /** Lets go of the stream without a word about it: it lives on elsewhere, or not at all. */
  abandon(description: string): Promise<void> {
    this.#over ??= this.#abandon(description)
    return this.#over
  }

  /** Hands the stream back, to be gone on with by another process. */
  async release(): Promise<void> {
    if (this.#over === undefined) {
      if (this.#publisher !== undefined) this.#lose(stopping)
      this.#relays.tellStopping()
      this.#over = this.#close(() => this.#journal.written())
    }
    await this.#over
  }

  async #reclaim(): Promise<boolean> {
    if (!(await this.#options.reclaim(this.#publisher !== undefined))) return false
    this.#options.log.warn('stream reclaimed')
    this.#relays.tellAll()
    return true
  }

  async #end(reason: EndReason) {
    this.#drop({ code: 'NetStream.Unpublish.Success', description: 'The stream has ended.' })
    await this.#close(async () => {
      this.#tell({ kind: 'ended', reason, hasRecording: this.#outputs.hasRecording })
      await this.#journal.written()
    })
  }

  async #abandon(description: string) {
    this.#options.log.info({ streamId: this.streamId, description }, 'stream let go')
    this.#drop({ code: 'NetStream.Publish.Denied', description })
    this.#journal.close()
    await this.#close(async () => undefined)
  }

  /** What is written about the end says that the recording is whole, so that is first. */
  async #close(write: () => Promise<void>) {
    const relays = this.#relays.close()
    await this.#outputs.close()
    await write()
    await relays
    this.#options.onOver()
  }

  #drop(why: Complaint) {
    const publisher = this.#publisher
    this.#publisher = undefined
    publisher?.close(why)
  }

  /** The stream waits for a publisher to come back. */
  #lose(why: Complaint) {
    this.#drop(why)
    this.#lostAtMs = performance.now()
    this.#tell({ kind: 'publisher-lost', reason: why.description })
  }

  #receive(message: RtmpMessage) {
    const nowMs = performance.now()
    this.#meter.add(message.payload.length, nowMs)
    const media = describeMedia(message)
    if (media === undefined) return
    const news = this.#watch.look(media, message.payload, nowMs)
    if (news !== undefined) this.#tell({ kind: 'media', media: news })
    this.#feed.append({ ...message, timestamp: this.#timeline.map(message.timestamp, nowMs) }, media)
  }

  #tell(change: DistributedOmit<LiveChange, 'at'>) {
    this.#journal.add({ at: new Date(), ...change })
  }
}

const stopping: Complaint = { code: 'NetStream.Publish.Failed', description: 'The live process stops.' }

type DistributedOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never
