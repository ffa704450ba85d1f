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

/** A publisher that sends nothing for so long has gone, even if nobody was told. */
const idleMs = 10_000
/** A publisher that has been silent for so long makes way for another with the same key. */
const staleMs = 3_000
/** What takes longer is not waited for: an encoder wants an answer. */
const writtenWithinMs = 1_000
/** Twice the span of the meter: a burst after a stall of the network is no fault. */
const tooFastForMs = 4_000
/** Between two looks, a fifth of a second: far beyond any feed, and what follows a stall of half a minute. */
const mostMessagesAtOnce = 5_000

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
  #publisher: { publisher: Publisher; heardAtMs: number; bytes: number; messages: number } | undefined
  #isFlooded = false
  #lostAtMs: number | undefined
  #calmAtMs = performance.now()
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
      onDisowned: () => void this.abandon('another process has it'),
    })
    this.#relays = new Relays({
      feed: this.#feed,
      allowPrivate: options.allowPrivate,
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
    this.#listen(nowMs)
    return this.#publisher === undefined || nowMs - this.#publisher.heardAtMs > staleMs
  }

  /** The stream goes on with this publisher. One that was there, silent, is sent away. */
  attach(publisher: Publisher): PublisherSink {
    this.#publisher?.publisher.close('NetStream.Publish.BadName', 'Another encoder has taken over.')
    const own = {
      ...{ publisher, heardAtMs: performance.now() },
      ...{ bytes: publisher.bytesReceived(), messages: publisher.messagesReceived() },
    }
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
        if (this.#publisher === own) this.#detach(reason === 'unpublished', error?.message ?? reason)
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
    this.#publisher?.publisher.close('NetStream.Publish.Denied', description)
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
    this.#listen(nowMs)
    const bitrate = this.#meter.bitrate(nowMs)
    this.#relays.tick(nowMs, bitrate)
    if (bitrate <= this.#options.maxBitrate) this.#calmAtMs = nowMs
    const { publisher, heardAtMs } = this.#publisher ?? {}
    if (this.#isFlooded) this.dismiss('This feed has more messages a second than are taken.')
    else if (nowMs - this.#calmAtMs > tooFastForMs)
      this.dismiss('This feed has more bits a second than are taken.')
    else if (heardAtMs !== undefined && nowMs - heardAtMs > idleMs)
      publisher?.close('NetStream.Publish.Idle', 'Nothing was received for a while.')
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
  abandon(reason: string): Promise<void> {
    this.#over ??= this.#abandon(reason)
    return this.#over
  }

  /** Hands the stream back, to be gone on with by another process. */
  async release(): Promise<void> {
    if (this.#over === undefined) {
      if (this.#publisher !== undefined) this.#detach(false, 'the live process stops')
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
    this.#drop('The stream has ended.')
    await this.#close(async () => {
      this.#tell({ kind: 'ended', reason, hasRecording: this.#outputs.hasRecording })
      await this.#journal.written()
    })
  }

  async #abandon(reason: string) {
    this.#options.log.info({ streamId: this.streamId, reason }, 'stream let go')
    this.#drop('This stream is elsewhere.')
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

  #drop(description: string) {
    const { publisher } = this.#publisher ?? {}
    this.#publisher = undefined
    publisher?.close('NetStream.Unpublish.Success', description)
  }

  #detach(isWanted: boolean, reason: string) {
    if (isWanted) return this.end('unpublished')
    this.#drop('The publisher is gone.')
    this.#lostAtMs = performance.now()
    this.#tell({ kind: 'publisher-lost', reason })
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

  #listen(nowMs: number) {
    const heard = this.#publisher
    const bytes = heard?.publisher.bytesReceived()
    if (heard === undefined || bytes === undefined || bytes === heard.bytes) return
    const messages = heard.publisher.messagesReceived()
    this.#isFlooded = messages - heard.messages > mostMessagesAtOnce
    heard.bytes = bytes
    heard.messages = messages
    heard.heardAtMs = nowMs
  }

  #tell(change: DistributedOmit<LiveChange, 'at'>) {
    this.#journal.add({ at: new Date(), ...change })
  }
}

type DistributedOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never
