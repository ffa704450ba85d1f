import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import { countInWindows } from '../count-in-windows.ts'
import type { SharedLimits } from '../shared-limits.ts'

type Count = { current: number; ttl: number }
type Answer = (error: Error | null, count?: Count) => void

/**
 * Where @fastify/rate-limit counts when processes share their limits. Each counts for itself as well: that holds while they
 * cannot, and who is over the limit here is refused without asking there.
 */
export const sharedRequestCounts = (shared: SharedLimits): FastifyRateLimitStoreCtor =>
  class Counts implements FastifyRateLimitStore {
    readonly #countHere = countInWindows()

    incr(key: string, answer: Answer, windowMs: number, max: number) {
      const here = this.#countHere(key, windowMs)
      if (here.current > max) return answer(null, here)
      shared
        .count(key, windowMs)
        .then((there) => answer(null, there && there.current > here.current ? there : here))
    }

    child() {
      return new Counts()
    }
  }
