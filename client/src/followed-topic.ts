import type { RealtimeMessage } from './generated/operations.ts'
import { errorOfMessage } from './realtime-socket.ts'
import { backoffMs } from './retry.ts'

export type ToldEvent = Extract<RealtimeMessage, { type: 'event' }>
export type TopicMessage = Exclude<Extract<RealtimeMessage, { topic?: string }>, { type: 'unsubscribed' }>

type Subscription = {
  subscribe: (after: number | 'latest') => void
  unsubscribe: () => void
}

/** What waits for a slow reader. Then the server is told to stop, and asked for what is missing when all has been read. */
const mostWaiting = 500

/** One topic between the socket, which comes and goes, and the loop that reads it. Holds the number of the last event that came. */
export class FollowedTopic {
  readonly name: string
  readonly #subscription: Subscription
  #after: number | 'latest'
  #isConnected = false
  #isPaused = false
  #isKnown = false
  #failures = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  readonly #waiting: ToldEvent[] = []
  #end: { error: unknown } | undefined
  #wake: () => void = () => undefined

  constructor(name: string, after: number | 'latest', subscription: Subscription) {
    this.name = name
    this.#after = after
    this.#subscription = subscription
  }

  connected(): void {
    this.#isConnected = true
    this.#subscribe()
  }

  lost(): void {
    this.#isConnected = false
    clearTimeout(this.#retry)
  }

  #subscribe() {
    if (this.#isConnected && !this.#isPaused) this.#subscription.subscribe(this.#after)
  }

  /** @returns whether the server tells more of it */
  hear(message: TopicMessage): boolean {
    if (message.type === 'gone') return this.end(undefined)
    if (message.type === 'error') return this.#refused(message)
    if (message.type === 'event') this.#keep(message)
    else {
      this.#after = message.after
      this.#isKnown = true
      this.#failures = 0
    }
    return true
  }

  #keep(event: ToldEvent) {
    this.#after = event.seq
    this.#waiting.push(event)
    this.#wake()
    if (this.#waiting.length < mostWaiting) return
    this.#isPaused = true
    this.#subscription.unsubscribe()
  }

  #refused(message: Extract<RealtimeMessage, { type: 'error' }>): boolean {
    // It went while the connection was away.
    if (message.status === 404 && this.#isKnown) return this.end(undefined)
    if (message.status < 500) return this.end(errorOfMessage(message))
    this.#retry = setTimeout(() => this.#subscribe(), backoffMs(this.#failures))
    this.#failures += 1
    return true
  }

  /** What waits can still be read. @param error what the reader is told then; undefined when there was no fault */
  end(error: unknown): false {
    clearTimeout(this.#retry)
    this.#end ??= { error }
    this.#wake()
    return false
  }

  /** Ends it at once. */
  drop(error: unknown): void {
    this.#waiting.length = 0
    this.end(error)
  }

  /** Resolves to the next event, or to undefined when there will be none. */
  async take(): Promise<ToldEvent | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#end?.error !== undefined) throw this.#end.error
      if (this.#end !== undefined) return undefined
      if (this.#isPaused) {
        this.#isPaused = false
        this.#subscribe()
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#waiting.shift()
  }
}
