/**
 * Counts that processes share: all that use one Redis, else those of one machine behind one port. Nothing here throws: when the
 * answer is undefined, the limits that each process keeps for itself are what holds.
 */
export type SharedLimits = {
  /** Counts one more in the window of `key`, which begins with its first. `ttl`: milliseconds that are left of it. */
  count(key: string, windowMs: number): Promise<{ current: number; ttl: number } | undefined>
  /** @returns 0, or how many milliseconds to wait; then the attempt does not count */
  takeAttempt(key: string, burst: number, refillMs: number): Promise<number | undefined>
  giveBackAttempt(key: string, burst: number, refillMs: number): Promise<void>
  close(): void
}
