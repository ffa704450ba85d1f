import { Redis, type RedisOptions } from 'ioredis'
import { connectTimeoutMs, reconnectDelayMs } from '../redis/prompt-client.ts'

/** Longer than BullMQ's longest wait for an id, which is 10 s. */
const longestSilenceMs = 15_000

/**
 * The connections of one worker, which BullMQ opens by duplicating the one that it is given. Their commands wait for Redis as
 * long as it takes, as BullMQ demands. A connection on which nothing comes back is made anew.
 */
export class WorkerConnections {
  readonly template: Redis
  #isLastUse = false

  constructor(url: string, silenceTimeoutMs = longestSilenceMs) {
    const options: RedisOptions = {
      connectionName: 'backlot-worker',
      connectTimeout: connectTimeoutMs,
      maxRetriesPerRequest: null,
      socketTimeout: silenceTimeoutMs,
      retryStrategy: (attempt) => (this.#isLastUse ? null : reconnectDelayMs(attempt)),
    }
    this.template = new Redis(url, { ...options, lazyConnect: true })
    this.template.duplicate = (override) =>
      endingBetweenAttempts(endingSilence(new Redis(url, { ...options, ...override })))
  }

  /** From now on a connection that is lost is given up after one more attempt, so that nobody waits for a Redis that is away. */
  lastUse() {
    this.#isLastUse = true
  }
}

/**
 * ioredis 5 lets the timer of `socketTimeout` run on when a connection ends, and it cuts the next one. BullMQ then ends that
 * one's wait by closing it, with its timer running: this would go on for ever.
 */
const endingSilence = (client: Redis): Redis =>
  client.on('close', () => {
    clearTimeout(Reflect.get(client, 'socketTimeoutTimer'))
    Object.assign(client, { socketTimeoutTimer: undefined })
  })

/**
 * ioredis 5 calls off the next attempt to connect when a connection is closed between two of them, and then never says that it has
 * ended, for which BullMQ waits. As one that was not begun yet, it does.
 */
const endingBetweenAttempts = (client: Redis): Redis => {
  const disconnect = client.disconnect.bind(client)
  client.disconnect = (reconnect) => {
    if (client.status === 'reconnecting' && reconnect !== true) client.status = 'wait'
    disconnect(reconnect)
  }
  return client
}
