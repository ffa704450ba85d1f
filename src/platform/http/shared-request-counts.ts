import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import { LRUCache } from 'lru-cache'
import type { SharedLimits } from '../redis/shared-limits.ts'

type Count = { current: number; ttl: number }
type Answer = (error: Error | null, count?: Count) => void

const maxKeys = 50_000

/**
 * Where @fastify/rate-limit counts when processes share their limits. Each counts for itself as well: that holds while Redis
 * is away, and who is over the limit here is refused without asking there.
 */
export const sharedRequestCounts = (shared: SharedLimits): FastifyRateLimitStoreCtor =>
  class Counts implements FastifyRateLimitStore {
    readonly #here = new LRUCache<string, { current: number; endsAtMs: number }>({ max: maxKeys })

    incr(key: string, answer: Answer, windowMs: number, max: number) {
      const here = this.#countHere(key, windowMs)
      if (here.current > max) return answer(null, here)
      shared
        .count(key, windowMs)
        .then((there) => answer(null, there && there.current > here.current ? there : here))
    }

    #countHere(key: string, windowMs: number): Count {
      const now = performance.now()
      const known = this.#here.get(key)
      const window =
        known !== undefined && known.endsAtMs > now ? known : { current: 0, endsAtMs: now + windowMs }
      window.current += 1
      this.#here.set(key, window)
      return { current: window.current, ttl: Math.ceil(window.endsAtMs - now) }
    }

    child() {
      return new Counts()
    }
  }
