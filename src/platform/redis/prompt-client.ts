import { Redis } from 'ioredis'

export type PromptClientOptions = {
  /** `redis://` or `rediss://`. */
  url: string
  /** Shown in `CLIENT LIST`. */
  name: string
  commandTimeoutMs: number
}

export const connectTimeoutMs = 2_000
const firstReconnectMs = 50
const longestReconnectMs = 2_000

/** How long to wait before the next attempt to connect, in milliseconds. */
export const reconnectDelayMs = (attempt: number): number =>
  Math.min(firstReconnectMs * 2 ** Math.min(attempt, 10), longestReconnectMs)

/**
 * A connection that never makes its user wait for long: while Redis is away commands fail at once instead of queueing, and
 * none waits longer than its timeout. It connects in the background, and again whenever it is lost.
 */
export const openPromptClient = ({ url, name, commandTimeoutMs }: PromptClientOptions): Redis =>
  new Redis(url, {
    connectionName: name,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    enableOfflineQueue: false,
    // What was on its way when the connection broke fails then, and is not sent again later.
    autoResendUnfulfilledCommands: false,
    // Whoever subscribes does so again itself: of a failure here nobody would hear.
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: reconnectDelayMs,
  })
