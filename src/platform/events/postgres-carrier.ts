import net from 'node:net'
import pg from 'pg'
import { isInfrastructureError } from '../database/infrastructure-error.ts'
import { connectionOptions } from '../database/primary-pool.ts'

export type PostgresCarrierOptions = {
  url: string
  ssl: boolean
  applicationName: string
  onConnectionError: (error: Error) => void
  /** Hears the keys of a channel that came together, joined by commas. */
  hear: (channel: string, keys: string) => void
  /** When hints begin to be missed, and when they arrive again. */
  onGap: (event: 'lost' | 'restored') => void
}

/** PostgreSQL refuses a payload of 8000 bytes or more. */
const maxPayloadBytes = 7_900
/** Of one channel, while the connection is away. */
const mostUnsent = 10_000
const firstReconnectMs = 100
const longestReconnectMs = 5_000
/** A connection that has died without a word is noticed within the sum of the two. */
const heartbeatEveryMs = 1_000
const answerTimeoutMs = 1_500
const closeTimeoutMs = 1_000

/**
 * LISTEN and NOTIFY on one connection of its own. `notify` gathers all keys of one turn of the event loop into one statement,
 * outside any transaction, because a NOTIFY inside makes commits wait for each other. What cannot be sent now is sent when
 * the connection is back.
 */
export class PostgresCarrier {
  readonly #options: PostgresCarrierOptions
  readonly #channels = new Set<string>()
  readonly #outbox = new Map<string, Set<string>>()
  #client: pg.Client | undefined
  /** Of the connection that is open or being opened. */
  #socket: net.Socket | undefined
  #flushing: Promise<void> | undefined
  #reconnectMs = firstReconnectMs
  #reconnectTimer: NodeJS.Timeout | undefined
  #heartbeatTimer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: PostgresCarrierOptions) {
    this.#options = options
  }

  /** False while hints may be missed. */
  get connected(): boolean {
    return this.#client !== undefined
  }

  /** Connects, or starts to try: a database that is away now is reached later. */
  async open(): Promise<void> {
    const socket = new net.Socket()
    this.#socket = socket
    const client = new pg.Client({
      ...connectionOptions(this.#options),
      query_timeout: answerTimeoutMs,
      // What is to be said does not wait for the heartbeat, nor the other way round.
      pipeline: true,
      stream: () => socket,
    })
    client.on('error', (error) => this.#lose(client, error))
    client.on('end', () => this.#lose(client, new Error('The LISTEN connection ended')))
    client.on('notification', ({ channel, payload }) => this.#options.hear(channel, payload ?? ''))
    try {
      await client.connect()
      await client.query('SET synchronous_commit = off')
      for (const channel of this.#channels) await client.query(`LISTEN ${channel}`)
      if (this.#closed) throw new Error('Closed while connecting')
      this.#client = client
      this.#reconnectMs = firstReconnectMs
      this.#heartbeatLater(client)
      this.#options.onGap('restored')
      this.#flushSoon()
    } catch (error) {
      socket.destroy()
      this.#retryLater(errorOf(error))
    }
  }

  /** A server that has died, or a network that swallows everything, would else count as connected until TCP gives up. */
  #heartbeatLater(client: pg.Client) {
    this.#heartbeatTimer = setTimeout(() => {
      client.query('SELECT 1 AS listening').then(
        () => {
          if (this.#client === client && !this.#closed) this.#heartbeatLater(client)
        },
        (error: unknown) => this.#lose(client, errorOf(error)),
      )
    }, heartbeatEveryMs)
  }

  /** @param channel a plain identifier */
  listen(channel: string): void {
    if (this.#channels.has(channel)) return
    this.#channels.add(channel)
    const client = this.#client
    client?.query(`LISTEN ${channel}`).catch((error: unknown) => this.#lose(client, errorOf(error)))
  }

  /** Sends `key` on `channel` soon, or as soon as the connection is back: others may go on trusting what has changed. */
  notify(channel: string, key: string): void {
    this.#keep(channel, key)
    this.#flushSoon()
  }

  #keep(channel: string, key: string) {
    const keys = this.#outbox.get(channel) ?? new Set()
    if (keys.size < mostUnsent) keys.add(key)
    this.#outbox.set(channel, keys)
  }

  #flushSoon() {
    this.#flushing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#flush())
  }

  async #flush() {
    const client = this.#client
    if (client === undefined || this.#outbox.size === 0) {
      this.#flushing = undefined
      return
    }
    const unsent = [...this.#outbox]
    try {
      this.#outbox.clear()
      await send(client, unsent)
      if (this.#outbox.size > 0) setImmediate(() => this.#flushSoon())
    } catch (error) {
      // Sent again once the connection is back.
      if (isInfrastructureError(error)) {
        for (const [channel, keys] of unsent) for (const key of keys) this.#keep(channel, key)
      }
      this.#lose(client, errorOf(error))
    } finally {
      this.#flushing = undefined
    }
  }

  #lose(client: pg.Client, error: Error) {
    if (this.#client !== client) return
    this.#client = undefined
    clearTimeout(this.#heartbeatTimer)
    this.#socket?.destroy()
    this.#options.onGap('lost')
    this.#retryLater(error)
  }

  #retryLater(error: Error) {
    if (this.#closed) return
    this.#options.onConnectionError(error)
    this.#reconnectTimer = setTimeout(() => void this.open(), this.#reconnectMs)
    this.#reconnectMs = Math.min(this.#reconnectMs * 2, longestReconnectMs)
  }

  /** Sends what is still to be sent, if the server takes it within a second. */
  async close() {
    this.#closed = true
    clearTimeout(this.#reconnectTimer)
    clearTimeout(this.#heartbeatTimer)
    const socket = this.#socket
    const late = setTimeout(() => socket?.destroy(), closeTimeoutMs)
    await this.#flushing
    const client = this.#client
    this.#client = undefined
    if (client === undefined) socket?.destroy()
    else await client.end()
    clearTimeout(late)
  }
}

const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

const send = (client: pg.Client, unsent: [channel: string, keys: Set<string>][]) => {
  const payloads = unsent.flatMap(([channel, keys]) =>
    joinWithin(keys, maxPayloadBytes).map((payload) => ({ channel, payload })),
  )
  return client.query(
    'SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS hint(channel, payload)',
    [payloads.map(({ channel }) => channel), payloads.map(({ payload }) => payload)],
  )
}

const joinWithin = (keys: Iterable<string>, maxBytes: number): string[] => {
  const payloads: string[] = []
  let current = ''
  for (const key of keys) {
    if (current !== '' && current.length + key.length + 1 > maxBytes) {
      payloads.push(current)
      current = ''
    }
    current = current === '' ? key : `${current},${key}`
  }
  return current === '' ? payloads : [...payloads, current]
}
