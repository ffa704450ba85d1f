import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { isContention, isInfrastructureError } from '../../../platform/database/infrastructure-error.ts'
import type { LiveChange } from '../../streams/stream-journal.ts'

export type JournalOptions = {
  /** Stores changes in one transaction. False: the stream is no longer this process's own. */
  record: (changes: LiveChange[]) => Promise<boolean>
  /** Gets the stream back. False: it is over, or another's. */
  reclaim: () => Promise<boolean>
  onDisowned: () => void
  log: Logger
}

/** A change to be stored, or what is to be done when all before it is. */
type Step = LiveChange | (() => Promise<void>)

const retryAfterMs = 300
const mostAtOnce = 200
/** More than a stream can bring about while a database is away for minutes; beyond, the oldest are forgotten. */
const mostWaiting = 5_000

/**
 * What happened in a stream, on its way to the database: in order, each once, and kept while the database is away. The feed
 * never waits for it.
 */
export class Journal {
  readonly #options: JournalOptions
  readonly #closing = new AbortController()
  #waiting: Step[] = []
  #flushing: Promise<void> | undefined

  constructor(options: JournalOptions) {
    this.#options = options
  }

  /** A function is called in its turn, and again when the database is away meanwhile. */
  add(step: Step): void {
    if (this.#closing.signal.aborted) return
    this.#waiting.push(step)
    if (this.#waiting.length > mostWaiting) this.#waiting.shift()
    this.check()
  }

  /** Writes what waits, and finds out whether the stream is still this process's own. */
  check(): void {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined
    })
  }

  /** Resolves when all is stored, or will never be. */
  async written(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
  }

  /** Whether all is stored, within so many milliseconds. */
  async isWritten(withinMs: number): Promise<boolean> {
    const cutShort = new AbortController()
    const overdue = delay(withinMs, false, { signal: cutShort.signal }).catch(() => false)
    const isWritten = await Promise.race([this.written().then(() => true), overdue])
    cutShort.abort()
    return isWritten
  }

  /** Gives up what is not stored. */
  close(): void {
    this.#closing.abort()
    this.#waiting = []
  }

  async #flush() {
    const { log } = this.#options
    const { signal } = this.#closing
    do {
      const steps = this.#take()
      try {
        await this.#carryOut(steps)
      } catch (error) {
        if (signal.aborted) return
        const isAway = isInfrastructureError(error) || isContention(error)
        log[isAway ? 'warn' : 'error']({ err: error, steps }, 'live changes not stored')
        if (isAway) this.#waiting.unshift(...steps)
        await delay(retryAfterMs, undefined, { signal }).catch(() => undefined)
      }
    } while (this.#waiting.length > 0)
  }

  /** A function alone, or the changes before the next one. */
  #take(): Step[] {
    const at = this.#waiting.findIndex((step) => typeof step === 'function')
    return this.#waiting.splice(0, at === 0 ? 1 : Math.min(at === -1 ? mostAtOnce : at, mostAtOnce))
  }

  async #carryOut(steps: Step[]) {
    const { record, reclaim, onDisowned } = this.#options
    const changes: LiveChange[] = []
    for (const step of steps) {
      if (typeof step === 'function') return await step()
      changes.push(step)
    }
    if ((await record(changes)) || this.#closing.signal.aborted) return
    if (await reclaim()) {
      this.#waiting.unshift(...changes)
      return
    }
    this.close()
    onDisowned()
  }
}
