import { ImageProviderError } from './provider.ts'

type SlotOptions = {
  slots: number
  /** Callers beyond this many that already wait are turned away at once. */
  maxWaiting: number
  waitTimeoutMs: number
}

export type Slots = {
  /**
   * Runs `work` once a slot is free, in order of arrival. Throws a retryable `PROVIDER_BUSY` when too many wait or the
   * wait takes too long, and the signal's reason when it aborts while waiting.
   */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

/** Bounds how many calls an engine works on at a time, and how many wait for it. */
export function createSlots({ slots, maxWaiting, waitTimeoutMs }: SlotOptions): Slots {
  let free = slots
  const waiting: (() => void)[] = []

  async function acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (free > 0) {
      free--
      return
    }
    if (waiting.length >= maxWaiting) throw busy()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    waiting.push(resolve)
    const leave = (reason: unknown) => {
      const place = waiting.indexOf(resolve)
      if (place === -1) return
      waiting.splice(place, 1)
      reject(reason)
    }
    const onAbort = () => leave(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    const timer = setTimeout(() => leave(busy()), waitTimeoutMs)
    try {
      await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  }

  function release(): void {
    const next = waiting.shift()
    if (next) next()
    else free++
  }

  return {
    async run(signal, work) {
      await acquire(signal)
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}

const busy = () =>
  new ImageProviderError('retryable', 'PROVIDER_BUSY', 'The image engine is busy. Try again soon.', {
    retryAfterMs: 5_000,
  })
