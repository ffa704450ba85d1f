import { setTimeout as sleep } from 'node:timers/promises'
import CircuitBreaker from 'opossum'
import { isOutage } from './failures.ts'
import {
  type GenerateOptions,
  type ImageProvider,
  ImageProviderError,
  type ImageRequest,
  type ImageResult,
} from './provider.ts'
import { createSlots } from './slots.ts'

type GuardedOptions = Pick<ImageProvider, 'name' | 'label' | 'isBilled'> & {
  /** How long a caller may wait for its turn. */
  waitTimeoutMs: number
  maxConcurrent: number
  attempt: (request: ImageRequest, how: GenerateOptions) => Promise<ImageResult>
}

const breakerResetMs = 30_000
/** A failure that passes within this time is waited for here, once; any other goes back to the caller. */
const shortWaitMs = 2_000

/**
 * A provider that is a server: so many calls at a time, and only a call that surely costs nothing is repeated here, once. A
 * breaker that counts outages alone turns requests away for 30 s.
 */
export function createGuardedProvider(options: GuardedOptions): ImageProvider {
  const { name, label, isBilled, waitTimeoutMs, maxConcurrent, attempt } = options
  const slots = createSlots({ slots: maxConcurrent, maxWaiting: 64, waitTimeoutMs })
  const breaker = new CircuitBreaker(attempt, {
    name: `${name}-images`,
    timeout: false,
    volumeThreshold: 5,
    errorThresholdPercentage: 50,
    rollingCountTimeout: 60_000,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    resetTimeout: breakerResetMs,
    errorFilter: (error) => !isOutage(error),
  })
  const closing = new AbortController()
  const running = new Set<Promise<ImageResult>>()

  return {
    name,
    label,
    isBilled,
    generate(request, { signal, progress }) {
      const stop = AbortSignal.any([signal, closing.signal])
      const result = slots.run(stop, () =>
        attemptTwice(breaker, isBilled, request, { signal: stop, progress }),
      )
      running.add(result)
      return result.finally(() => running.delete(result))
    },
    async close() {
      closing.abort(
        new ImageProviderError('retryable', 'PROVIDER_CLOSED', 'The image engine is shutting down.'),
      )
      await Promise.allSettled(running)
      breaker.shutdown()
    },
  }
}

async function attemptTwice(
  breaker: CircuitBreaker<[ImageRequest, GenerateOptions], ImageResult>,
  isBilled: boolean,
  request: ImageRequest,
  how: GenerateOptions,
): Promise<ImageResult> {
  const fire = () =>
    breaker.fire(request, how).catch((error: unknown) => {
      throw whenOpen(error)
    })
  try {
    return await fire()
  } catch (error) {
    const waitMs =
      error instanceof ImageProviderError && mayRepeat(error, isBilled) ? error.retryAfterMs : undefined
    if (waitMs === undefined || waitMs > shortWaitMs) throw error
    how.progress(0.05, 'Waiting for the image provider')
    await sleep(waitMs, undefined, { signal: how.signal }).catch(() => how.signal.throwIfAborted())
    return await fire()
  }
}

const mayRepeat = ({ kind }: ImageProviderError, isBilled: boolean) =>
  kind === 'retryable' || (kind === 'unknown-outcome' && !isBilled)

/** The breaker's own refusal as a failure of the port. */
function whenOpen(error: unknown): unknown {
  if (!(error instanceof Error) || !CircuitBreaker.isOurError(error)) return error
  const message = 'The image provider is not available right now.'
  return new ImageProviderError('retryable', 'PROVIDER_UNAVAILABLE', message, {
    retryAfterMs: breakerResetMs,
  })
}
