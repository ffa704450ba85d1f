import { badRequest, unavailable } from './errors.ts'

const retryAfterSeconds = 5
const neverAborted = new AbortController().signal

/**
 * Runs `atOnce` pieces of work at a time, first come first served, and lets `maxWaiting` wait. Work whose client goes away
 * while it waits is never begun.
 * @param name what the work is called in the 503 that is thrown when too much waits
 */
export const boundedTurns = (
  name: string,
  { atOnce, maxWaiting }: { atOnce: number; maxWaiting: number },
) => {
  const waiting = new Set<() => void>()
  let running = 0

  const waitForTurn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.delete(start)
        reject(badRequest('The client went away.', 'CLIENT_GONE'))
      }
      waiting.add(start)
      signal.addEventListener('abort', leave, { once: true })
    })

  const endTurn = () => {
    const [next] = waiting
    if (next === undefined) {
      running -= 1
      return
    }
    waiting.delete(next)
    next()
  }

  return async <T>(work: () => Promise<T>, signal = neverAborted): Promise<T> => {
    if (signal.aborted) throw badRequest('The client went away.', 'CLIENT_GONE')
    if (running < atOnce) running += 1
    else if (waiting.size < maxWaiting) await waitForTurn(signal)
    else throw unavailable(name, retryAfterSeconds)
    try {
      return await work()
    } finally {
      endTurn()
    }
  }
}
