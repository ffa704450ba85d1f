import { type ChainableCommander, Redis } from 'ioredis'
import type { Logger } from 'pino'

export type RedisConnectionOptions = {
  /** `redis://` or `rediss://`. */
  url: string
  /** Shown in `CLIENT LIST`. */
  name: string
  commandTimeoutMs: number
  /** Whenever it has connected. */
  onReady?: () => void
  log: Pick<Logger, 'warn' | 'info'>
}

const connectTimeoutMs = 2_000
const firstReconnectMs = 50
const longestReconnectMs = 2_000
/** A Redis that comes and goes is not told of each time. */
const tellEveryMs = 60_000

/**
 * One connection to Redis that never makes its user wait for long: while Redis is away commands fail at once instead of
 * queueing, and none waits longer than its timeout. It connects in the background, and again whenever it is lost.
 */
export class RedisConnection {
  readonly #client: Redis
  readonly #log: RedisConnectionOptions['log']
  #isAway = false
  #wasTold = false
  #toldAtMs = Number.NEGATIVE_INFINITY

  constructor({ url, name, commandTimeoutMs, log, onReady }: RedisConnectionOptions) {
    this.#log = log
    this.#client = new Redis(url, {
      connectionName: name,
      connectTimeout: connectTimeoutMs,
      commandTimeout: commandTimeoutMs,
      enableOfflineQueue: false,
      // What was on its way when the connection broke fails then, and is not sent again later.
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(firstReconnectMs * 2 ** Math.min(attempt, 10), longestReconnectMs),
    })
    if (onReady !== undefined) this.#client.on('ready', onReady)
    this.#client.on('error', (error: Error) => this.#noteAway(error))
  }

  /**
   * Sends commands in one round trip, and gives what Redis replies to each.
   * @throws what the first one that failed met, within the timeout of a command
   */
  async run(commands: (pipeline: ChainableCommander) => unknown): Promise<unknown[]> {
    const pipeline = this.#client.pipeline()
    commands(pipeline)
    try {
      const replies = (await pipeline.exec()) ?? []
      const failed = replies.find(([error]) => error !== null)?.[0]
      if (failed) throw failed
      this.#noteBack()
      return replies.map(([, reply]) => reply)
    } catch (error) {
      this.#noteAway(error)
      // A connection on which nothing comes back may be dead for long before anybody says so.
      if (isTimeout(error) && this.#client.status === 'ready') this.#client.disconnect(true)
      throw error
    }
  }

  #noteAway(error: unknown) {
    this.#isAway = true
    if (this.#wasTold || performance.now() - this.#toldAtMs < tellEveryMs) return
    this.#wasTold = true
    this.#toldAtMs = performance.now()
    this.#log.warn({ err: error }, 'redis is away')
  }

  #noteBack() {
    if (!this.#isAway) return
    this.#isAway = false
    if (this.#wasTold) this.#log.info('redis is back')
    this.#wasTold = false
  }

  close() {
    this.#client.disconnect()
  }
}

const isTimeout = (error: unknown) => error instanceof Error && error.message === 'Command timed out'
