import { setTimeout as delay } from 'node:timers/promises'
import type { DestinationStateChange, RelayTarget } from '../../projects/live-project.ts'
import { Delivery } from './delivery.ts'
import { dial, readTargetUrl } from './dial.ts'
import type { Feed } from './feed.ts'
import { createRetryPolicy, type DeliveryFault } from './retry-policy.ts'

export type RelayStateChange = {
  state: Extract<DestinationStateChange['state'], 'connecting' | 'broadcasting' | 'reconnecting' | 'errored'>
  code?: string
  message?: string
}

export type DestinationRelayOptions = {
  target: RelayTarget
  feed: Feed
  allowPrivate: boolean
  /** Until then the far end may still hold a connection that another process had. Of `performance.now()`. */
  lenientUntilMs: number
  onState: (change: RelayStateChange) => void
}

const longestMessage = 300
/** Shorter keys stand in any text. */
const shortestMasked = 8
/** A destination that has skipped within this time is said to be slow. */
const slowForMs = 10_000

/** Keeps one destination supplied with a feed until it is closed: connects, delivers, tells what is so, tries again. */
export class DestinationRelay {
  readonly #options: DestinationRelayOptions
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #delivery: Delivery | undefined
  #state: RelayStateChange | undefined
  #sentBefore = 0
  #skippedBefore = 0
  #skipped = 0
  #skippedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: DestinationRelayOptions) {
    this.#options = options
    this.#running = this.#run()
  }

  get target(): RelayTarget {
    return this.#options.target
  }

  get state(): RelayStateChange | undefined {
    return this.#state
  }

  get bytesSent(): number {
    return this.#sentBefore + (this.#delivery?.bytesSent ?? 0)
  }

  get skippedMessages(): number {
    return this.#skippedBefore + (this.#delivery?.skippedMessages ?? 0)
  }

  /** To be called a few times a second. `bitrate` is the feed's, bits a second. */
  tick(nowMs: number, bitrate: number): void {
    this.#delivery?.tick(nowMs, bitrate)
    if (this.skippedMessages > this.#skipped) {
      this.#skipped = this.skippedMessages
      this.#skippedAtMs = nowMs
    }
    if (this.#state?.state !== 'broadcasting') return
    const isSlow = nowMs - this.#skippedAtMs < slowForMs
    if (isSlow !== (this.#state.code === 'SLOW')) this.#broadcasting(isSlow)
  }

  /** Ends the delivery in order, within a second or so. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#delivery?.finish()
    await this.#running
  }

  async #run() {
    const policy = createRetryPolicy({ lenientUntilMs: this.#options.lenientUntilMs })
    const { signal } = this.#closing
    this.#tell({ state: 'connecting' })
    while (!signal.aborted) {
      const fault = await this.#deliver(() => policy.taken(performance.now()))
      if (signal.aborted) return
      const delayMs = policy.nextDelayMs(fault, performance.now())
      const { code, message } = fault
      this.#tell({ state: delayMs === undefined ? 'errored' : 'reconnecting', code, message })
      if (delayMs === undefined) return
      await delay(delayMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** One connection, from its first packet to its end. Gives why it ended. */
  async #deliver(onTaken: () => void): Promise<DeliveryFault> {
    const { target, feed, allowPrivate } = this.#options
    const { signal } = this.#closing
    try {
      const socket = await dial(target.url, { allowPrivate, signal })
      const { app, tcUrl } = readTargetUrl(target.url)
      return await new Promise((resolve) => {
        this.#delivery = new Delivery({
          feed,
          socket,
          target: { app, tcUrl, streamKey: target.streamKey },
          onTaken: () => {
            onTaken()
            this.#broadcasting(false)
          },
          onStalled: (isStalled) => (isStalled ? this.#tell(stalled) : this.#broadcasting(false)),
          onEnd: (end) => resolve(this.#faultOf(end)),
        })
      })
    } catch (error) {
      return dialFault(error)
    } finally {
      this.#sentBefore = this.bytesSent
      this.#skippedBefore = this.skippedMessages
      this.#delivery = undefined
    }
  }

  #faultOf({ accepted, refusal, error }: Parameters<ConstructorParameters<typeof Delivery>[0]['onEnd']>[0]) {
    if (refusal !== undefined) {
      return { kind: 'refused', code: refusal.code, message: this.#mask(refusal.description) } as const
    }
    const said = error === undefined ? '' : ` (${this.#mask(error.message)})`
    if (!accepted) {
      const isOfKey = error === undefined || error.message.includes('publish')
      const message = (isOfKey ? notAccepted : notTalkedTo) + said
      return { kind: 'refused', code: 'NOT_ACCEPTED', message } as const
    }
    return { kind: 'lost', code: 'CONNECTION_LOST', message: `The connection was lost${said}.` } as const
  }

  /** A far end may repeat the key that it was given. */
  #mask(words: string): string {
    const { streamKey } = this.target
    const masked = streamKey.length < shortestMasked ? words : words.replaceAll(streamKey, '••••')
    return masked.slice(0, longestMessage)
  }

  #broadcasting(isSlow: boolean) {
    this.#tell({ state: 'broadcasting', ...(isSlow ? slow : {}) })
  }

  #tell(change: RelayStateChange) {
    const { state, code, message } = this.#state ?? {}
    if (change.state === state && change.code === code && change.message === message) return
    this.#state = change
    if (!this.#closing.signal.aborted) this.#options.onState(change)
  }
}

const stalled = {
  state: 'reconnecting',
  code: 'STALLED',
  message: 'The far end has stopped taking data.',
} as const
const slow = {
  code: 'SLOW',
  message: 'The far end takes less than the feed brings: parts are left out, up to the next key frame.',
}
const notTalkedTo = 'The far end closed the connection before it was given the stream key'
const notAccepted =
  'The far end closed the connection before it took the feed. Most often the stream key is wrong'

const dialFault = (error: unknown): DeliveryFault => {
  const { code = 'CONNECTION_FAILED', message } = error instanceof Error ? withCode(error) : { message: '' }
  if (code === 'PRIVATE_ADDRESS') return { kind: 'forbidden', code, message }
  // A certificate that does not hold today will not hold in a second.
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) return { kind: 'refused', code, message }
  return { kind: 'lost', code, message: message.slice(0, longestMessage) }
}

const withCode = (error: Error): { code?: string; message: string } => ({
  ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
  message: error.message,
})
