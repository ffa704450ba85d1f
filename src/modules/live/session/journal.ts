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
  #waiting: LiveChange[] = []
  #flushing: Promise<void> | undefined

  constructor(options: JournalOptions) {
    this.#options = options
  }

  add(change: LiveChange): void {
    if (this.#closing.signal.aborted) return
    this.#waiting.push(change)
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

  /** Gives up what is not stored. */
  close(): void {
    this.#closing.abort()
    this.#waiting = []
  }

  async #flush() {
    const { record, reclaim, onDisowned, log } = this.#options
    const { signal } = this.#closing
    do {
      const changes = this.#waiting.splice(0, mostAtOnce)
      try {
        if ((await record(changes)) || signal.aborted) continue
        if (await reclaim()) {
          this.#waiting.unshift(...changes)
          continue
        }
        this.close()
        onDisowned()
      } catch (error) {
        if (signal.aborted) return
        const isAway = isInfrastructureError(error) || isContention(error)
        log[isAway ? 'warn' : 'error']({ err: error, changes }, 'live changes not stored')
        if (isAway) this.#waiting.unshift(...changes)
        await delay(retryAfterMs, undefined, { signal }).catch(() => undefined)
      }
    } while (this.#waiting.length > 0)
  }
}
