const firstDelayMs = 250
const longestDelayMs = 10_000
const steadyAfterMs = 10_000

/**
 * How long to wait before a process that ended is started again: 250 ms, doubling up to 10 s, and from the start once
 * the process had been up for ten seconds.
 */
export const restartDelays = () => {
  let failures = 0
  return {
    nextMs(upMs: number): number {
      failures = upMs >= steadyAfterMs ? 1 : failures + 1
      return Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs)
    },
  }
}
