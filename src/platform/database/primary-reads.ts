import type pg from 'pg'
import type { PoolBreaker } from './breaker.ts'
import { isWorthAnotherTry } from './infrastructure-error.ts'
import { PipelinedConnections } from './pipelined-connections.ts'
import { openPrimaryPool, type PoolOptions } from './primary-pool.ts'
import { refuseReplica } from './require-primary.ts'

const sharedConnections = 4
const ownConnections = 8
const statementTimeoutMs = 5_000

/**
 * Reads on the primary that are no part of a transaction. A statement with a name is short and shares a connection with
 * others; one without may take long, and has one for itself.
 */
export class PrimaryReads {
  readonly #breaker: PoolBreaker
  readonly #shared: PipelinedConnections
  readonly #pool: pg.Pool

  constructor(options: Omit<PoolOptions, 'max'>, breaker: PoolBreaker) {
    this.#breaker = breaker
    this.#shared = new PipelinedConnections({
      ...options,
      max: sharedConnections,
      statementTimeoutMs,
      check: refuseReplica,
    })
    this.#pool = openPrimaryPool({ ...options, max: ownConnections }, breaker)
    breaker.onSilence(() => {
      for (const client of this.#shared.clients) this.#shared.drop(client)
    })
  }

  /** The part of `pg`'s client that Drizzle calls. A read whose connection breaks is sent once more on another one. */
  query(config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    if (config.name === undefined) return this.#pool.query(config, values)
    return this.#breaker.run(() => this.#queryShared(config, values))
  }

  async #queryShared(config: pg.QueryConfig, values?: unknown[]) {
    const stopWaiting = this.#breaker.wait()
    let isAnswered = false
    try {
      const answer = await this.#queryTwice(config, values)
      isAnswered = true
      return answer
    } finally {
      stopWaiting(isAnswered)
    }
  }

  async #queryTwice(config: pg.QueryConfig, values?: unknown[]) {
    try {
      return await this.#shared.query(config, values)
    } catch (error) {
      // Not where the breaker is open: it opened because the server is silent, and broke the connection.
      if (!isWorthAnotherTry(error) || this.#breaker.state === 'open') throw error
      return this.#shared.query(config, values)
    }
  }

  async close() {
    await Promise.all([this.#pool.end(), this.#shared.close()])
  }
}
