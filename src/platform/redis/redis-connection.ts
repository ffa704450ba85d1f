import type { ChainableCommander, Redis } from 'ioredis'
import type { Logger } from 'pino'
import { outageLog } from '../observability/outage-log.ts'
import { openPromptClient, type PromptClientOptions } from './prompt-client.ts'

export type RedisConnectionOptions = PromptClientOptions & {
  /** Whenever it has connected. */
  onReady?: () => void
  log: Pick<Logger, 'warn' | 'info'>
}

/** One connection to Redis on which commands are answered or fail within their timeout, and outages are told once. */
export class RedisConnection {
  readonly #client: Redis
  readonly #outage: ReturnType<typeof outageLog>

  constructor({ log, onReady, ...options }: RedisConnectionOptions) {
    this.#outage = outageLog(log, 'redis')
    this.#client = openPromptClient(options)
    if (onReady !== undefined) this.#client.on('ready', onReady)
    this.#client.on('error', (error: Error) => this.#outage.noteAway(error))
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
      this.#outage.noteBack()
      return replies.map(([, reply]) => reply)
    } catch (error) {
      this.#outage.noteAway(error)
      // A connection on which nothing comes back may be dead for long before anybody says so.
      if (isTimeout(error) && this.#client.status === 'ready') this.#client.disconnect(true)
      throw error
    }
  }

  close() {
    this.#client.disconnect()
  }
}

const isTimeout = (error: unknown) => error instanceof Error && error.message === 'Command timed out'
