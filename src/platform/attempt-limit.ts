import { LRUCache } from 'lru-cache'
import { tooManyRequests } from './errors.ts'

export type AttemptLimit = ReturnType<typeof attemptLimit>

const maxKeys = 50_000

/**
 * Lets each key make `burst` attempts at once, and one more every `refillMs`: nobody waits longer than that. Keeps one
 * number a key, the instant at which all attempts are available again (the generic cell rate algorithm, ITU-T I.371).
 */
export const attemptLimit = ({ burst, refillMs }: { burst: number; refillMs: number }) => {
  const fullAt = new LRUCache<string, number>({ max: maxKeys })
  return {
    /** @returns 0, or how many milliseconds to wait; then the attempt does not count */
    take(key: string): number {
      // Whole milliseconds add up exactly.
      const now = Math.trunc(performance.now())
      const next = Math.max(fullAt.get(key) ?? now, now) + refillMs
      const waitMs = next - burst * refillMs - now
      if (waitMs > 0) return waitMs
      fullAt.set(key, next)
      return 0
    },
    giveBack(key: string): void {
      const at = fullAt.get(key)
      if (at !== undefined) fullAt.set(key, at - refillMs)
    },
  }
}

/**
 * Counts an attempt against every limit. It counts before its outcome is known, so that parallel attempts cannot slip
 * through; the function that comes back takes it back, for an attempt that turns out well.
 * @throws 429 with the longest wait
 */
export const takeAttempt = (...limits: [AttemptLimit, key: string][]): (() => void) => {
  const taken: [AttemptLimit, string][] = []
  const giveBack = () => {
    for (const [limit, key] of taken.splice(0)) limit.giveBack(key)
  }
  for (const [limit, key] of limits) {
    const waitMs = limit.take(key)
    if (waitMs > 0) {
      giveBack()
      throw tooManyRequests(Math.ceil(waitMs / 1_000), 'Too many attempts. Wait a little.')
    }
    taken.push([limit, key])
  }
  return giveBack
}
