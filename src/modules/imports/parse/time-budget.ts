/** Time that is spent only while something is waited for. `onSpent` is called once, when none is left. */
export const createTimeBudget = (
  seconds: number,
  onSpent: () => void,
): { spend: <T>(wait: () => Promise<T>) => Promise<T> } => {
  let leftMs = seconds * 1000
  return {
    spend: async (wait) => {
      const start = performance.now()
      const timer = setTimeout(onSpent, Math.max(leftMs, 0))
      try {
        return await wait()
      } finally {
        clearTimeout(timer)
        leftMs -= performance.now() - start
      }
    },
  }
}
