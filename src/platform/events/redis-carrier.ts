import { type Redis, ReplyError } from 'ioredis'
import { outageLog } from '../observability/outage-log.ts'
import { Repeat } from '../process/repeat.ts'
import { openPromptClient } from '../redis/prompt-client.ts'
import { RedisConnection, type RedisConnectionOptions } from '../redis/redis-connection.ts'

export type RedisCarrierOptions = Pick<RedisConnectionOptions, 'url' | 'log'> & {
  /** Keeps installations apart that use the same Redis. */
  namespace: string
  /** Hears the keys of a channel that came together, joined by commas. */
  hear: (channel: string, keys: string) => void
  /** When hints arrive again that may have been missed for a while. */
  onMissed: () => void
  /** Takes what Redis did not. */
  onUndelivered: (channel: string, key: string) => void
}

const publishTimeoutMs = 300
/** After a failure nobody asks for so long. */
const restMs = 1_000
/** A connection that has died without a word is noticed within the sum of the two. */
const heartbeatEveryMs = 1_000
const answerTimeoutMs = 1_500

/**
 * Redis' PUBLISH and SUBSCRIBE (https://redis.io/docs/latest/develop/pubsub/): at most once, to whoever is connected to this server
 * at this moment. All keys of one turn of the event loop leave in one round trip, one message for each channel.
 */
export class RedisCarrier {
  readonly #options: RedisCarrierOptions
  readonly #prefix: string
  readonly #publisher: RedisConnection
  readonly #subscriber: Redis
  readonly #outage: ReturnType<typeof outageLog>
  readonly #heartbeat: Repeat
  readonly #channels = new Set<string>()
  #outbox = new Map<string, Set<string>>()
  #flushing: Promise<void> | undefined
  #hears = false
  #isRefused = false
  #restsUntilMs = 0

  /** Connects in the background, and again whenever it is lost. */
  constructor(options: RedisCarrierOptions) {
    const { url, log, namespace } = options
    this.#options = options
    this.#prefix = `backlot:${namespace}:events:`
    this.#outage = outageLog(log, 'redis')
    this.#publisher = new RedisConnection({
      ...{ url, log, commandTimeoutMs: publishTimeoutMs },
      name: 'backlot-events-out',
    })
    this.#subscriber = openPromptClient({ url, name: 'backlot-events-in', commandTimeoutMs: answerTimeoutMs })
    this.#subscriber.on('ready', () => void this.#join())
    this.#subscriber.on('close', () => {
      this.#hears = false
    })
    // Of a server that is away the publisher tells.
    this.#subscriber.on('error', () => undefined)
    this.#subscriber.on('message', (channel: string, keys: string) =>
      options.hear(channel.slice(this.#prefix.length), keys),
    )
    this.#heartbeat = new Repeat(async () => {
      if (this.#hears) await this.#ask(() => this.#subscriber.ping())
      else if (this.#isRefused) await this.#join()
      return heartbeatEveryMs
    })
  }

  /** Whether others that are connected hear what is sent now, as far as can be told from here. */
  get connected(): boolean {
    return this.#hears && performance.now() >= this.#restsUntilMs
  }

  async #join() {
    const names = [...this.#channels].map((channel) => this.#prefix + channel)
    if (names.length > 0 && !(await this.#ask(() => this.#subscriber.subscribe(...names)))) return
    this.#outage.noteBack()
    this.#hears = true
    this.#options.onMissed()
  }

  /** Says whether it was done. If there is no answer the connection is made anew; who is refused asks again later. */
  async #ask(command: () => Promise<unknown>): Promise<boolean> {
    try {
      await command()
      this.#isRefused = false
      return true
    } catch (error) {
      // The connection may take a while to close, if the other end does not answer.
      this.#hears = false
      this.#outage.noteAway(error)
      this.#isRefused = error instanceof ReplyError
      if (!this.#isRefused && this.#subscriber.status === 'ready') this.#subscriber.disconnect(true)
      return false
    }
  }

  listen(channel: string): void {
    if (this.#channels.has(channel)) return
    this.#channels.add(channel)
    if (this.#subscriber.status === 'ready')
      void this.#ask(() => this.#subscriber.subscribe(this.#prefix + channel))
  }

  notify(channel: string, key: string): void {
    const keys = this.#outbox.get(channel) ?? new Set()
    this.#outbox.set(channel, keys.add(key))
    this.#flushing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#flush())
  }

  async #flush() {
    while (this.#outbox.size > 0) {
      const unsent = this.#outbox
      this.#outbox = new Map()
      if (this.connected && (await this.#publish(unsent))) continue
      for (const [channel, keys] of unsent) for (const key of keys) this.#options.onUndelivered(channel, key)
    }
    this.#flushing = undefined
  }

  async #publish(unsent: Map<string, Set<string>>): Promise<boolean> {
    try {
      await this.#publisher.run((pipeline) => {
        for (const [channel, keys] of unsent) pipeline.publish(this.#prefix + channel, [...keys].join(','))
      })
      return true
    } catch {
      this.#restsUntilMs = performance.now() + restMs
      return false
    }
  }

  /** Sends what is still to be sent, or leaves it undelivered after the time that a publication may take. */
  async close(): Promise<void> {
    await this.#flushing
    this.#subscriber.disconnect()
    this.#publisher.close()
    // Its last question ends with the connection, or soon after.
    void this.#heartbeat.close()
  }
}
