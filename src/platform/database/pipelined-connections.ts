import net from 'node:net'
import pg from 'pg'
import { connectionOptions } from './primary-pool.ts'
import { traceStatements } from './trace-statements.ts'

export type PipelinedOptions = Parameters<typeof connectionOptions>[0] & {
  max: number
  statementTimeoutMs: number
  onIdleError: (error: Error) => void
  /** Runs on each new connection before it is used; when it throws, the connection is not. */
  check?: (client: pg.Client) => Promise<void>
}

const reconnectDelayMs = 250
const closeTimeoutMs = 1_000

type Connection = { client: pg.Client; socket: net.Socket; corked: boolean }

/**
 * A few connections for short prepared reads, each carrying many statements at once: a statement is sent without waiting
 * for the answer to the one before (pipeline mode), and all statements of one turn of the event loop leave in one write,
 * because the socket is corked until the turn ends. This doubles the reads that one process gets from PostgreSQL.
 * Statements of one connection are answered in order, so nothing long may come here, and no transaction.
 */
export class PipelinedConnections {
  readonly #options: PipelinedOptions
  readonly #slots: (Promise<Connection> | undefined)[]
  readonly #open = new Set<Connection>()
  /** Those that are yet to be connected too. */
  readonly #sockets = new Set<net.Socket>()
  #next = 0
  #closed = false

  constructor(options: PipelinedOptions) {
    this.#options = options
    this.#slots = Array.from({ length: options.max }, () => undefined)
  }

  /** The connections that are open now. */
  get clients(): pg.Client[] {
    return [...this.#open].map(({ client }) => client)
  }

  /** Sends a statement on the next connection, which is opened first if need be. */
  async query(config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    return send(await this.#connection(), config, values)
  }

  /** The same on an open connection that `isFit`; undefined when there is none, and nothing was sent. */
  queryWhere(
    isFit: (client: pg.Client) => boolean,
    config: pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult> | undefined {
    const fit = [...this.#open].filter(({ client }) => isFit(client))
    const chosen = fit[this.#next++ % fit.length]
    return chosen && send(chosen, config, values)
  }

  /** Opens what is not open. @throws what the first one met, when none could be */
  async openAll(): Promise<void> {
    const opening = this.#slots.map((_, slot) => this.#at(slot))
    await Promise.any(opening).catch((errors: AggregateError) => {
      throw errors.errors[0]
    })
  }

  #connection(): Promise<Connection> {
    return this.#at(this.#next++ % this.#slots.length)
  }

  #at(slot: number): Promise<Connection> {
    if (this.#closed) return Promise.reject(new Error('Connection terminated: the pool is closed'))
    const known = this.#slots[slot]
    if (known !== undefined) return known
    const connecting = this.#connect(() => {
      // Its successor may have the slot already.
      if (this.#slots[slot] === connecting) this.#slots[slot] = undefined
    })
    this.#slots[slot] = connecting
    return connecting
  }

  async #connect(vacate: () => void): Promise<Connection> {
    const socket = new net.Socket()
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    const { statementTimeoutMs, onIdleError, check } = this.#options
    const client = new pg.Client({
      ...connectionOptions(this.#options),
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + 1_000,
      pipeline: true,
      stream: () => socket,
    })
    const connection = { client, socket, corked: false }
    const leave = () => {
      if (this.#open.delete(connection)) vacate()
    }
    client.on('error', (error) => {
      leave()
      onIdleError(error)
    })
    client.on('end', leave)
    traceStatements(client)
    try {
      await client.connect()
      await check?.(client)
      this.#open.add(connection)
      return connection
    } catch (error) {
      socket.destroy()
      // Not at once: whoever asks meanwhile hears the same.
      setTimeout(vacate, reconnectDelayMs).unref()
      throw error
    }
  }

  /** Breaks a connection, so that whatever waits for its answer fails now. */
  drop(client: pg.Client): void {
    for (const connection of this.#open) if (connection.client === client) connection.socket.destroy()
  }

  /** Waits for the answers that are on their way, but not for a server that does not give them. */
  async close() {
    this.#closed = true
    const late = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, closeTimeoutMs)
    await Promise.allSettled(this.#slots)
    await Promise.all(this.clients.map((client) => client.end()))
    clearTimeout(late)
  }
}

const send = (
  connection: Connection,
  config: pg.QueryConfig,
  values?: unknown[],
): Promise<pg.QueryResult> => {
  corkForThisTurn(connection)
  return connection.client.query(config, values)
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
