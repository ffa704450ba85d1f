import { LRUCache } from 'lru-cache'

const maxKeys = 50_000

/** Gives the function that counts one more in the window of a key, which begins with its first and lasts `windowMs`. */
export const countInWindows = () => {
  const windows = new LRUCache<string, { current: number; endsAtMs: number }>({ max: maxKeys })
  return (key: string, windowMs: number): { current: number; ttl: number } => {
    const now = performance.now()
    const known = windows.get(key)
    const window =
      known !== undefined && known.endsAtMs > now ? known : { current: 0, endsAtMs: now + windowMs }
    window.current += 1
    windows.set(key, window)
    return { current: window.current, ttl: Math.ceil(window.endsAtMs - now) }
  }
}
