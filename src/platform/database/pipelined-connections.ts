import net from 'node:net'
import pg from 'pg'
import type { PoolBreaker } from './breaker.ts'
import { connectionOptions, type PoolOptions } from './primary-pool.ts'

const shortStatementTimeoutMs = 5_000
const reconnectDelayMs = 250

type Connection = { client: pg.Client; socket: net.Socket; pending: number; corked: boolean }

/**
 * A few connections for short prepared reads, each carrying many statements at once: a statement is sent without waiting
 * for the answer to the one before (pipeline mode), and all statements of one turn of the event loop leave in one write,
 * because the socket is corked until the turn ends. This doubles the reads that one process gets from PostgreSQL.
 * Statements of one connection are answered in order, so nothing long may come here, and no transaction.
 */
export class PipelinedConnections {
  readonly #options: PoolOptions
  readonly #breaker: PoolBreaker
  readonly #slots: (Promise<Connection> | undefined)[]
  #next = 0
  #closed = false

  constructor(options: PoolOptions, breaker: PoolBreaker) {
    this.#options = options
    this.#breaker = breaker
    this.#slots = Array.from({ length: options.max }, () => undefined)
  }

  /** The part of `pg`'s client that Drizzle calls. */
  query(config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    return this.#breaker.run(() => this.#send(config, values))
  }

  async #send(config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    const connection = await this.#connection()
    corkForThisTurn(connection)
    connection.pending += 1
    try {
      return await connection.client.query(config, values)
    } finally {
      connection.pending -= 1
    }
  }

  #connection(): Promise<Connection> {
    if (this.#closed) return Promise.reject(new Error('Connection terminated: the pool is closed'))
    const slot = this.#next
    this.#next = (slot + 1) % this.#slots.length
    const open = this.#slots[slot] ?? this.#open(slot)
    this.#slots[slot] = open
    return open
  }

  async #open(slot: number): Promise<Connection> {
    try {
      return await this.#connect(slot)
    } catch (error) {
      setTimeout(() => this.#forget(slot), reconnectDelayMs).unref()
      throw error
    }
  }

  async #connect(slot: number): Promise<Connection> {
    const socket = new net.Socket()
    const client = new pg.Client({
      ...connectionOptions(this.#options),
      statement_timeout: shortStatementTimeoutMs,
      query_timeout: shortStatementTimeoutMs + 1_000,
      pipeline: true,
      stream: () => socket,
    })
    client.on('error', (error) => {
      this.#forget(slot)
      this.#options.onIdleError(error)
    })
    client.on('end', () => this.#forget(slot))
    await client.connect()
    return { client, socket, pending: 0, corked: false }
  }

  #forget(slot: number) {
    this.#slots[slot] = undefined
  }

  /** Statements that wait for their answer right now, over all connections. */
  async pending(): Promise<number> {
    const open = await Promise.allSettled(this.#slots.filter((slot) => slot !== undefined))
    return open.reduce((sum, slot) => sum + (slot.status === 'fulfilled' ? slot.value.pending : 0), 0)
  }

  async close() {
    this.#closed = true
    const open = await Promise.allSettled(this.#slots.filter((slot) => slot !== undefined))
    await Promise.all(open.map((slot) => (slot.status === 'fulfilled' ? slot.value.client.end() : undefined)))
  }
}

const corkForThisTurn = (connection: Connection) => {
  if (connection.corked) return
  connection.corked = true
  connection.socket.cork()
  setImmediate(() => {
    connection.corked = false
    connection.socket.uncork()
  })
}
