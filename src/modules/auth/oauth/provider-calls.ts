import CircuitBreaker from 'opossum'
import { boundedTurns } from '../../../platform/bounded-turns.ts'
import { providerAway } from './provider-failure.ts'

const mostBytes = 1024 ** 2
const breakerResetMs = 10_000
/** Statuses that cannot have a body (Fetch, "null body status"). */
const bodiless = new Set([204, 205, 304])

/** The provider itself fails, whatever was asked. */
class ProviderOutage extends Error {}

export type ProviderFetch = (url: string, init?: RequestInit) => Promise<Response>

/**
 * `fetch` for one provider, with bounds: time, size of the answer, calls at a time, and a breaker that turns calls away for
 * ten seconds when most of them fail. Redirects are never followed.
 * @param label what users know the provider by
 * @param timeoutMs for all of a call, the answer's body included
 */
export const openProviderCalls = (label: string, timeoutMs: number) => {
  const inTurn = boundedTurns(`sign-in with ${label}`, { atOnce: 16, maxWaiting: 100 })
  const breaker = new CircuitBreaker((url: string, init: RequestInit) => call(url, init, timeoutMs), {
    name: label,
    timeout: false,
    volumeThreshold: 5,
    errorThresholdPercentage: 50,
    rollingCountTimeout: 30_000,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    resetTimeout: breakerResetMs,
  })
  const ask: ProviderFetch = (url, init = {}) =>
    inTurn(async () => {
      try {
        return await breaker.fire(url, init)
      } catch (error) {
        throw providerAway(label, error)
      }
    })
  return { fetch: ask, close: () => breaker.shutdown() }
}

const call = async (url: string, init: RequestInit, timeoutMs: number): Promise<Response> => {
  const answer = await fetch(url, {
    ...init,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const body = await readBounded(answer)
  const { status } = answer
  if (status >= 500 || status === 429) throw new ProviderOutage(`It answered ${status}`)
  const contentType = answer.headers.get('content-type')
  return new Response(bodiless.has(status) ? null : body, {
    status,
    headers: contentType === null ? {} : { 'content-type': contentType },
  })
}

const readBounded = async ({ body }: Response): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    // Leaving the loop cancels the body.
    if (bytes > mostBytes) throw new ProviderOutage('Its answer is too large')
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
