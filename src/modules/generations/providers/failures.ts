import { ImageProviderError } from './provider.ts'

/** Failures of the far end itself, by code: these open the breaker, while refusals and rate limits do not. */
const outages = new Set(['PROVIDER_UNREACHABLE', 'PROVIDER_TIMEOUT', 'PROVIDER_CUT_OFF', 'PROVIDER_FAILED'])

export function isOutage(error: unknown): boolean {
  return error instanceof ImageProviderError && outages.has(error.code)
}

/** An answer other than 2xx. `secrets` are what was sent to be let in, and are never shown. */
export type Refusal = { status: number; headers: Headers; body: string; secrets: string[] }

/**
 * What an answer other than 2xx means by its status. A 500 or 503 says that nothing was made; a 502, a 504 or a proxy's
 * 52x comes from something in front of the engine, which may have gone on, and a 409 says that a request with this
 * idempotency key is still under way: their outcome is unknown. `said` is a clean piece of the far end's text.
 */
export function failureOfStatus({ status, headers }: Refusal, said: string): ImageProviderError {
  if (status === 401 || status === 403) {
    const message = 'The image provider does not accept our credentials.'
    return new ImageProviderError('permanent', 'PROVIDER_CREDENTIALS', message)
  }
  if (status === 408 || status === 425 || status === 429) {
    const retryAfterMs = retryAfter(headers) ?? 10_000
    const message = 'The image provider limits our requests. Try again later.'
    return new ImageProviderError('retryable', 'PROVIDER_RATE_LIMITED', message, { retryAfterMs })
  }
  if (status === 500 || status === 503) {
    const retryAfterMs = retryAfter(headers) ?? 5_000
    return new ImageProviderError('retryable', 'PROVIDER_FAILED', 'The image provider failed.', {
      retryAfterMs,
    })
  }
  if (status === 409 || (status > 501 && status !== 505)) {
    const retryAfterMs = retryAfter(headers) ?? 5_000
    const message = 'The image provider did not say whether the picture was made.'
    const reason = status === 409 ? 'PROVIDER_STILL_WORKING' : 'PROVIDER_FAILED'
    return new ImageProviderError('unknown-outcome', reason, message, { retryAfterMs })
  }
  const message = `The image provider answered ${status}.${said && ` It said: "${said}"`}`
  return new ImageProviderError('permanent', 'PROVIDER_REJECTED', message)
}

/** Codes of Node.js and of undici, its fetch, for a connection that never stood: not a byte was sent. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** What a rejected `fetch`, or a body that broke off, means. */
export function failureOfConnection(error: unknown): ImageProviderError {
  if (neverConnected.has(causeCode(error))) {
    const message = 'The image provider cannot be reached.'
    return new ImageProviderError('retryable', 'PROVIDER_UNREACHABLE', message, {
      retryAfterMs: 500,
      cause: error,
    })
  }
  const message = 'The connection to the image provider broke off before its answer was complete.'
  return new ImageProviderError('unknown-outcome', 'PROVIDER_CUT_OFF', message, {
    retryAfterMs: 1_000,
    cause: error,
  })
}

function causeCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

/** Permanent, for whoever repeats the request may pay again for the same answer. */
export function unusable(what: string, options: { code?: string; cause?: unknown } = {}): ImageProviderError {
  const { code = 'PROVIDER_ANSWER_UNUSABLE', cause } = options
  return new ImageProviderError('permanent', code, `The image provider's answer ${what}.`, { cause })
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or OpenAI's `retry-after-ms`, up to an hour; in milliseconds. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')
  const exact = Number(headers.get('retry-after-ms') ?? Number.NaN)
  const seconds = Number(value ?? Number.NaN)
  const waitMs = Number.isFinite(exact)
    ? exact
    : Number.isFinite(seconds)
      ? seconds * 1000
      : Date.parse(value ?? '') - Date.now()
  return Number.isFinite(waitMs) ? Math.max(0, Math.min(3_600_000, waitMs)) : undefined
}

/** A short piece of the far end's text without control characters or anything that looks like a key. */
export function clean(text: string, secrets: string[]): string {
  const keyless = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text)
  return keyless
    .replaceAll(/\b(sk|pk|key)-[\w*.-]+|\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '[hidden]')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
