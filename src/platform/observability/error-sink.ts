import {
  type ErrorLine,
  type EventContext,
  fingerprintOf,
  readErrorLine,
  toSentryEvent,
} from './sentry-event.ts'
import { envelopeTarget, pauseAskedMs } from './sentry-protocol.ts'

export type ErrorSinkOptions = EventContext & {
  /** Checked before, with the configuration. */
  dsn: string
  /** Called once for each outage of the sink. */
  onTrouble: (reason: string) => void
  /** Given by tests. */
  timeoutMs?: number
}

const defaultTimeoutMs = 5_000
const flushMs = 2_000
const minuteMs = 60_000
/** One cause of errors is known after a few of them, and a failing dependency makes a thousand a second. */
const mostAlikePerMinute = 5
const mostPerMinute = 60
const mostQueued = 100
const pauseAfterFailureMs = 10_000

/**
 * Sends what the log says of unexpected errors to Sentry, or to what speaks its protocol. Nobody waits for it: it takes lines,
 * sends one event after the other, and leaves out what is too much or cannot be sent. The log has everything.
 */
export class ErrorSink {
  readonly #options: ErrorSinkOptions
  readonly #target: ReturnType<typeof envelopeTarget>
  readonly #ending = new AbortController()
  #queue: ErrorLine[] = []
  #counts = new Map<string, number>()
  #countedInMinute = 0
  #minuteBeganAt = Number.NEGATIVE_INFINITY
  #notBefore = Number.NEGATIVE_INFINITY
  #sending: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #isAway = false
  #closed = false

  constructor(options: ErrorSinkOptions) {
    this.#options = options
    this.#target = envelopeTarget(options.dsn, options.release)
  }

  /** Takes a line of the log. */
  write(text: string): void {
    if (this.#closed || !this.#hasRoom()) return
    const line = readErrorLine(text)
    if (line !== undefined) this.report(line)
  }

  report(line: ErrorLine): void {
    if (this.#closed || !this.#hasRoom()) return
    const fingerprint = fingerprintOf(line)
    const alike = this.#counts.get(fingerprint) ?? 0
    if (alike >= mostAlikePerMinute) return
    this.#counts.set(fingerprint, alike + 1)
    this.#countedInMinute += 1
    this.#queue.push(line)
    this.#start()
  }

  /** Sends what waits, for two seconds at most. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    const timer = setTimeout(() => this.#ending.abort(), flushMs)
    await this.#sending
    if (!this.#isAway) await this.#sendAll()
    clearTimeout(timer)
  }

  #hasRoom(): boolean {
    const now = performance.now()
    if (now - this.#minuteBeganAt >= minuteMs) {
      this.#minuteBeganAt = now
      this.#countedInMinute = 0
      this.#counts.clear()
    }
    return this.#countedInMinute < mostPerMinute && this.#queue.length < mostQueued
  }

  #start() {
    if (this.#sending !== undefined || this.#timer !== undefined) return
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined
      this.#goOn()
    })
  }

  async #sendAll(): Promise<void> {
    while (performance.now() >= this.#notBefore && !this.#ending.signal.aborted) {
      const line = this.#queue.shift()
      if (line === undefined) return
      await this.#send(line)
    }
  }

  /** With what came as the last event was sent, or has to wait until the sink takes more. */
  #goOn() {
    if (this.#closed || this.#queue.length === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#start()
    }, this.#notBefore - performance.now()).unref()
  }

  async #send(line: ErrorLine): Promise<void> {
    const { timeoutMs = defaultTimeoutMs } = this.#options
    const { url, headers, envelopeOf } = this.#target
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: envelopeOf(toSentryEvent(line, this.#options)),
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#ending.signal]),
      })
      await response.body?.cancel()
      const pauseMs = pauseAskedMs(response)
      if (pauseMs > 0) this.#refused(pauseMs)
      else if (!response.ok) this.#failed(`it answered ${response.status}`)
      else this.#isAway = false
    } catch (error) {
      this.#failed(reasonOf(error))
    }
  }

  /** The sink has had enough: what waits would be too much for it later, too. */
  #refused(pauseMs: number) {
    this.#notBefore = performance.now() + pauseMs
    this.#queue = []
  }

  #failed(reason: string) {
    this.#notBefore = performance.now() + pauseAfterFailureMs
    if (!this.#isAway && !this.#closed) this.#options.onTrouble(reason)
    this.#isAway = true
  }
}

/** Without the address, whose user is a key. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError') return 'it did not answer in time'
  const { cause } = error
  if (!(cause instanceof Error)) return error.name
  return 'code' in cause ? String(cause.code) : cause.message
}
