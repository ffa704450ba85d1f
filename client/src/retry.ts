import { BacklotError } from './backlot-error.ts'
import { pause } from './pause.ts'

const firstWaitMs = 250
const longestWaitMs = 5_000
/** Who is told to come back later than this is told so, and decides himself. */
const longestHeededMs = 30_000

/** 409 is that of a twin under the same `Idempotency-Key`, which is still running. */
const passing = new Set([429, 502, 503, 504])

export const isPassing = ({ status, code }: BacklotError): boolean =>
  status === undefined || passing.has(status) || code === 'IDEMPOTENCY_KEY_IN_USE'

/** Tries again what fails for a while, `retries` times at most, later each time and when the server says. */
export const withRetries = async <Result>(
  { retries, signal }: { retries: number; signal: AbortSignal | undefined },
  attempt: () => Promise<Result>,
): Promise<Result> => {
  for (let done = 0; ; done += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof BacklotError) || !isPassing(error) || done >= retries) throw error
      const waitMs = error.retryAfterMs ?? backoffMs(done)
      if (waitMs > longestHeededMs) throw error
      await pause(waitMs, signal)
    }
  }
}

/** Doubles, and is spread so that clients that failed together do not come back together. */
export const backoffMs = (done: number): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** done) * (0.5 + Math.random() / 2)
