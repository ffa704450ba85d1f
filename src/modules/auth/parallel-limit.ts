import { tooManyRequests } from '../../platform/errors.ts'

const retryAfterSeconds = 5

/** Lets each key have `most` things underway at the same time. Keeps no more keys than there are things underway. */
export const parallelLimit = (most: number) => {
  const underway = new Map<string, number>()

  const begin = (key: string): (() => void) => {
    const count = underway.get(key) ?? 0
    if (count >= most) throw tooManyRequests(retryAfterSeconds, 'Too many at the same time. Wait a little.')
    underway.set(key, count + 1)
    return () => {
      const left = (underway.get(key) ?? 1) - 1
      if (left === 0) underway.delete(key)
      else underway.set(key, left)
    }
  }

  return {
    /**
     * @returns the function that ends it, to be called once
     * @throws 429 when the key has `most` underway
     */
    begin,
    /** @throws 429 before the work begins, when the key has `most` underway */
    async during<T>(key: string, work: () => Promise<T>): Promise<T> {
      const end = begin(key)
      try {
        return await work()
      } finally {
        end()
      }
    },
  }
}
