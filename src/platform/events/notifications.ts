import { EventEmitter } from 'node:events'
import { deferUntilCommit } from '../database/shared-transaction.ts'
import { PostgresCarrier, type PostgresCarrierOptions } from './postgres-carrier.ts'
import { RedisCarrier, type RedisCarrierOptions } from './redis-carrier.ts'

export type NotificationsOptions = Omit<PostgresCarrierOptions, 'hear' | 'onGap'> & {
  /** Where hints go that may be missed, to spare the primary. */
  redis?: Pick<RedisCarrierOptions, 'url' | 'namespace' | 'log'> | undefined
}

/** `lost`, `restored`: as `connected` becomes false and true. `missed`: hints have been missed, and arrive again. */
export type Gap = 'lost' | 'restored' | 'missed'

/**
 * Tells other processes, and this one, what to look at again. A notification is only a hint to look at a table: several may
 * arrive as one, and those sent while this process was disconnected are lost. Keys are ids or tags without commas.
 *
 * Hints go by Redis where there is one, else by the primary's NOTIFY; every process hears both. Of Redis nobody can know
 * whether all hear what it took: so whoever subscribes reads its table again now and then, and after `missed`.
 */
export class Notifications {
  readonly #listeners = new EventEmitter().setMaxListeners(0)
  readonly #postgres: PostgresCarrier
  readonly #redis: RedisCarrier | undefined

  constructor({ redis, ...connection }: NotificationsOptions) {
    const hear = (channel: string, keys: string) => this.#hear(channel, keys)
    this.#postgres = new PostgresCarrier({
      ...connection,
      hear,
      onGap: (event) => {
        this.#listeners.emit(event)
        if (event === 'restored') this.#listeners.emit('missed')
      },
    })
    if (redis === undefined) return
    this.#redis = new RedisCarrier({
      ...redis,
      hear,
      onMissed: () => this.#listeners.emit('missed'),
      onUndelivered: (channel, key) => this.#postgres.notify(channel, key),
    })
  }

  /** False while what is told by `notifyByPrimary` may be missed. What is cached only thanks to it must not be trusted then. */
  get connected(): boolean {
    return this.#postgres.connected
  }

  /** Connects, or starts to try: a server that is away now is reached later. */
  open(): Promise<void> {
    return this.#postgres.open()
  }

  #hear(channel: string, keys: string) {
    for (const key of keys.split(',')) {
      this.#listeners.emit(channel, key)
      this.#listeners.emit(`${channel}:${key}`, key)
    }
  }

  /** Calls `listener` with each key notified on `channel`, a plain identifier, or only with `key`. Returns how to stop. */
  subscribe(channel: string, listener: (key: string) => void, key?: string): () => void {
    if (!/^[a-z_]+$/.test(channel)) throw new Error(`Not a channel name: ${channel}`)
    const event = key === undefined ? channel : `${channel}:${key}`
    this.#listeners.on(event, listener)
    this.#postgres.listen(channel)
    this.#redis?.listen(channel)
    return () => this.#listeners.off(event, listener)
  }

  onGap(gap: Gap, listener: () => void): () => void {
    this.#listeners.on(gap, listener)
    return () => this.#listeners.off(gap, listener)
  }

  /** Sends `key` on `channel` soon. */
  notify(channel: string, key: string): void {
    if (deferUntilCommit(() => this.notify(channel, key))) return
    const carrier = this.#redis?.connected ? this.#redis : this.#postgres
    carrier.notify(channel, key)
  }

  /**
   * The same by the primary, for those who trust what they remember until they are told: who cannot hear the primary knows it,
   * by `connected`. Sent as soon as the connection is back, when it is away.
   */
  notifyByPrimary(channel: string, key: string): void {
    if (deferUntilCommit(() => this.notifyByPrimary(channel, key))) return
    this.#postgres.notify(channel, key)
  }

  /** Sends what is still to be sent, if a server takes it within a second. */
  async close(): Promise<void> {
    await this.#redis?.close()
    await this.#postgres.close()
  }
}
