import { z } from 'zod'
import type { SharedLimits } from '../shared-limits.ts'
import { RedisConnection, type RedisConnectionOptions } from './redis-connection.ts'

export type LimitsOnRedisOptions = Pick<RedisConnectionOptions, 'url' | 'log'> & {
  /** Begins the names of all keys: it keeps installations apart that use the same Redis. */
  prefix: string
}

const commandTimeoutMs = 300
/** After a failure nobody asks for so long: else every request would wait for the timeout. */
const restMs = 1_000

/** Replies how many there were in this window, and the milliseconds that are left of it. */
const countScript = `
  local count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { count, redis.call('PTTL', KEYS[1]) }`

/** As `attemptLimit` does it, by Redis' own clock in milliseconds. Replies how long to wait. */
const attemptScript = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local burst, refill = tonumber(ARGV[1]), tonumber(ARGV[2])
  local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + refill
  local wait = full - burst * refill - now
  if wait > 0 then return wait end
  redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', full - now)
  return 0`

const giveBackScript = `
  local full = redis.call('GET', KEYS[1])
  if full then redis.call('SET', KEYS[1], string.format('%.0f', full - ARGV[1]), 'KEEPTTL') end`

const countReply = z.tuple([z.tuple([z.number(), z.number()])])
const attemptReply = z.tuple([z.number()])

/** Counts that all processes share which use the same Redis. While it is away or slow the answer is undefined. */
export class LimitsOnRedis implements SharedLimits {
  readonly #redis: RedisConnection
  readonly #prefix: string
  #restsUntilMs = 0

  constructor({ url, log, prefix }: LimitsOnRedisOptions) {
    this.#prefix = prefix
    this.#redis = new RedisConnection({
      ...{ url, log, commandTimeoutMs },
      name: 'backlot-limits',
      onReady: () => {
        this.#restsUntilMs = 0
      },
    })
  }

  async count(key: string, windowMs: number): Promise<{ current: number; ttl: number } | undefined> {
    const reply = countReply.safeParse(await this.#run(countScript, `count:${key}`, windowMs))
    if (!reply.success) return undefined
    const [[current, ttl]] = reply.data
    return { current, ttl: ttl >= 0 ? ttl : windowMs }
  }

  async takeAttempt(key: string, burst: number, refillMs: number): Promise<number | undefined> {
    const reply = attemptReply.safeParse(await this.#run(attemptScript, `attempt:${key}`, burst, refillMs))
    return reply.success ? reply.data[0] : undefined
  }

  async giveBackAttempt(key: string, _burst: number, refillMs: number): Promise<void> {
    await this.#run(giveBackScript, `attempt:${key}`, refillMs)
  }

  async #run(script: string, key: string, ...args: number[]): Promise<unknown[] | undefined> {
    if (performance.now() < this.#restsUntilMs) return undefined
    try {
      return await this.#redis.run((pipeline) => pipeline.eval(script, 1, `${this.#prefix}:${key}`, ...args))
    } catch {
      this.#restsUntilMs = performance.now() + restMs
      return undefined
    }
  }

  close() {
    this.#redis.close()
  }
}
