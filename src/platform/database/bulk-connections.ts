import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { PoolBreaker } from './breaker.ts'
import type { Db } from './database.ts'
import { OpenSockets, serverIsSilent } from './open-sockets.ts'
import { connectionOptions, type PoolOptions } from './primary-pool.ts'
import { verifyPrimary } from './require-primary.ts'
import { takeProven } from './take-connection.ts'
import { traceStatements } from './trace-statements.ts'

/** One connection for one long piece of work: `db` and `client` are the same session. */
export type BulkConnection = { db: Db; client: pg.PoolClient }

/** The longest export or building of an index. Whoever waits for it can cancel it at any time. */
const statementTimeoutMs = 60 * 60_000
const idleInTransactionTimeoutMs = 60_000
const idleTimeoutMs = 10_000

/** Connections for work that takes long, such as COPY, so that it neither waits for requests nor keeps them waiting. */
export class BulkConnections {
  readonly #pool: pg.Pool
  readonly #sockets = new OpenSockets()
  readonly #breaker: PoolBreaker

  constructor(options: PoolOptions, breaker: PoolBreaker) {
    this.#breaker = breaker
    this.#pool = new pg.Pool({
      ...connectionOptions(options),
      stream: this.#sockets.stream,
      application_name: `${options.applicationName} bulk`,
      statement_timeout: statementTimeoutMs,
      // COPY never tells the client's clock that it is done.
      query_timeout: 0,
      idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
      max: options.max,
      idleTimeoutMillis: idleTimeoutMs,
      verify: verifyPrimary,
    })
    breaker.onSilence(() => this.#sockets.destroy(serverIsSilent()))
    this.#pool.on('error', options.onIdleError)
    this.#pool.on('connect', (client) => client.on('error', options.onIdleError))
    this.#pool.on('connect', traceStatements)
  }

  /**
   * Runs `work` on a connection of its own. When `signal` aborts, the statement that runs is cancelled. A connection whose
   * work failed is thrown away, with whatever it still had to send.
   */
  async use<T>(signal: AbortSignal, work: (connection: BulkConnection) => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    // Asked anew each time: what a round trip costs is nothing beside the work, which would be lost.
    const client = await this.#breaker.run(() => takeProven(this.#pool))
    const cancelling = new Set<Promise<unknown>>()
    const pid = await backendOf(client)
    const cancel = () => {
      cancelling.add(this.#pool.query('select pg_cancel_backend($1)', [pid]).catch(() => undefined))
    }
    signal.addEventListener('abort', cancel, { once: true })
    let failed = true
    try {
      signal.throwIfAborted()
      const result = await work({ db: drizzle({ client }), client })
      failed = false
      return result
    } finally {
      signal.removeEventListener('abort', cancel)
      // A cancel that arrives late must not hit the connection's next work.
      await Promise.all(cancelling)
      client.release(failed || cancelling.size > 0)
    }
  }

  async close() {
    await this.#sockets.end(this.#pool)
  }
}

/** Which process serves the connection. What COPY prints must not hang on how the server is set up. */
const backendOf = async (client: pg.PoolClient): Promise<number> => {
  try {
    const { rows } = await client.query<{ pid: number }>(
      `select pg_backend_pid() as pid, set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, MDY', false),
        set_config('extra_float_digits', '1', false)`,
    )
    return rows[0]?.pid ?? 0
  } catch (error) {
    client.release(true)
    throw error
  }
}
