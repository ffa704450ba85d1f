import type { RelayTarget } from '../../projects/live-project.ts'
import { DestinationRelay, type RelayStateChange } from '../relay/destination-relay.ts'
import type { Feed } from '../relay/feed.ts'

export type RelaysOptions = {
  feed: Feed
  allowPrivate: boolean
  lenientUntilMs: number
  onState: (target: RelayTarget, change: RelayStateChange | { state: 'stopped' }) => void
}

type Running = { relay: DestinationRelay; sentBytes: number; measuredAtMs: number }

/** The relays of one stream, kept as its project's destinations are wanted. */
export class Relays {
  readonly #options: RelaysOptions
  readonly #running = new Map<string, Running>()
  readonly #ending = new Set<Promise<void>>()

  constructor(options: RelaysOptions) {
    this.#options = options
  }

  /** Starts, ends and replaces relays until they are what `targets` want. The others do not notice. */
  arrange(targets: RelayTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.id, target]))
    for (const [id, { relay }] of this.#running) {
      const target = wanted.get(id)
      if (target?.enabled && target.revision === relay.target.revision) continue
      this.#end(id, relay)
      if (target !== undefined && !target.enabled) this.#options.onState(target, { state: 'stopped' })
    }
    for (const target of targets) {
      if (target.enabled && !this.#running.has(target.id)) this.#begin(target)
    }
  }

  /** Tells the state of each anew, because what was told last is no longer what is written. */
  tellAll(): void {
    for (const { relay } of this.#running.values()) {
      if (relay.state !== undefined) this.#options.onState(relay.target, relay.state)
    }
  }

  /** Tells that nothing is sent from here on, to be followed by `close`. */
  tellStopping(): void {
    for (const { relay } of this.#running.values()) {
      if (relay.state?.state !== 'errored') this.#options.onState(relay.target, stopping)
    }
  }

  tick(nowMs: number, bitrate: number): void {
    for (const { relay } of this.#running.values()) relay.tick(nowMs, bitrate)
  }

  /** Counts since the stream began in this process, and bits a second since the last call. */
  takeStats(nowMs: number) {
    return [...this.#running].map(([destinationId, running]) => {
      const { relay, sentBytes, measuredAtMs } = running
      const elapsedMs = Math.max(1, nowMs - measuredAtMs)
      running.sentBytes = relay.bytesSent
      running.measuredAtMs = nowMs
      const bits = relay.state?.state === 'broadcasting' ? (relay.bytesSent - sentBytes) * 8 : 0
      return {
        destinationId,
        bytesSent: relay.bytesSent,
        bitrate: Math.round((bits * 1_000) / elapsedMs),
        droppedMessages: relay.skippedMessages,
      }
    })
  }

  get states(): string[] {
    return [...this.#running.values()].map(({ relay }) => relay.state?.state ?? 'connecting')
  }

  /** Ends all, in order, within a second or so. */
  async close(): Promise<void> {
    for (const [id, { relay }] of this.#running) this.#end(id, relay)
    await Promise.all(this.#ending)
  }

  #begin(target: RelayTarget) {
    const { feed, allowPrivate, lenientUntilMs, onState } = this.#options
    const relay = new DestinationRelay({
      target,
      feed,
      allowPrivate,
      lenientUntilMs,
      onState: (change) => onState(target, change),
    })
    this.#running.set(target.id, { relay, sentBytes: 0, measuredAtMs: performance.now() })
  }

  #end(id: string, relay: DestinationRelay) {
    this.#running.delete(id)
    const ending = relay.close().finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }
}

const stopping = {
  state: 'reconnecting',
  code: 'LIVE_PROCESS_STOPPED',
  message: 'The live process has stopped.',
} as const
