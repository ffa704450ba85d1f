import { LRUCache } from 'lru-cache'
import { tooManyRequests } from './errors.ts'
import type { SharedLimits } from './shared-limits.ts'

type Rate = { burst: number; refillMs: number }

export type AttemptLimit = {
  take(key: string): number | Promise<number>
  giveBack(key: string): void
}

const maxKeys = 50_000

/**
 * Lets each key make `burst` attempts at once, and one more every `refillMs`: nobody waits longer than that. Keeps one
 * number a key, the instant at which all attempts are available again (the generic cell rate algorithm, ITU-T I.371).
 */
export const attemptLimit = ({ burst, refillMs }: Rate) => {
  // Made with the first attempt: it takes its room for all keys at once.
  let fullAt: LRUCache<string, number> | undefined
  return {
    /** @returns 0, or how many milliseconds to wait; then the attempt does not count */
    take(key: string): number {
      fullAt ??= new LRUCache({ max: maxKeys })
      // Whole milliseconds add up exactly.
      const now = Math.trunc(performance.now())
      const next = Math.max(fullAt.get(key) ?? now, now) + refillMs
      const waitMs = next - burst * refillMs - now
      if (waitMs > 0) return waitMs
      fullAt.set(key, next)
      return 0
    },
    giveBack(key: string): void {
      const at = fullAt?.get(key)
      if (at !== undefined) fullAt?.set(key, at - refillMs)
    },
  }
}

/**
 * The same over all processes, where they share limits by the name of each. Every process counts for itself first: that
 * holds while Redis is away, and outlasts a flush of it.
 */
export const sharedAttemptLimit = (
  shared: SharedLimits | undefined,
  name: string,
  { burst, refillMs }: Rate,
) => {
  const here = attemptLimit({ burst, refillMs })
  return {
    /** @returns 0, or how many milliseconds to wait; then the attempt does not count */
    async take(key: string): Promise<number> {
      const waitMs = here.take(key)
      if (waitMs > 0 || shared === undefined) return waitMs
      const waitThereMs = (await shared.takeAttempt(`${name}:${key}`, burst, refillMs)) ?? 0
      if (waitThereMs > 0) here.giveBack(key)
      return waitThereMs
    },
    giveBack(key: string): void {
      here.giveBack(key)
      void shared?.giveBackAttempt(`${name}:${key}`, burst, refillMs)
    },
  }
}

/**
 * Counts an attempt against every limit. It counts before its outcome is known, so that parallel attempts cannot slip
 * through; the function that comes back takes it back, for an attempt that turns out well.
 * @throws 429 with the longest wait
 */
export const takeAttempt = async (...limits: [AttemptLimit, key: string][]): Promise<() => void> => {
  const taken: [AttemptLimit, string][] = []
  const giveBack = () => {
    for (const [limit, key] of taken.splice(0)) limit.giveBack(key)
  }
  for (const [limit, key] of limits) {
    const waitMs = await limit.take(key)
    if (waitMs > 0) {
      giveBack()
      throw tooManyRequests(Math.ceil(waitMs / 1_000), 'Too many attempts. Wait a little.')
    }
    taken.push([limit, key])
  }
  return giveBack
}
