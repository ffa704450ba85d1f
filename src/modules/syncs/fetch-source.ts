import { createWriteStream } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { pipeline } from 'node:stream/promises'
import { SpanKind } from '@opentelemetry/api'
import { PermanentFailure, TemporaryFailure } from '../../platform/jobs/job-failure.ts'
import { connectGuarded } from '../../platform/net/connect-guarded.ts'
import { inSpan } from '../../platform/observability/tracing.ts'

export type SourceRequest = {
  url: string
  /** Go to the origin of `url` alone, never to where it redirects to. */
  headers: Record<string, string>
  etag: string | null
  lastModified: string | null
  /** Where the answer's bytes go. */
  path: string
  /** Cuts out of the answer what is wanted of it. */
  cut: (bytes: AsyncIterable<Buffer>) => AsyncIterable<Buffer>
  limits: FetchLimits
  allowPrivate: boolean
  /** Makes the connections; else `connectGuarded`. */
  connect?: typeof connectGuarded
  signal: AbortSignal
}

/** `stallMs`: without a byte. `totalMs`: for all, redirects included. */
export type FetchLimits = { maxBytes: number; stallMs: number; totalMs: number }

export type FetchedSource =
  | { outcome: 'not-modified' }
  | { outcome: 'fetched'; bytes: number; etag: string | null; lastModified: string | null }

const mostRedirects = 5
const redirects = [301, 302, 303, 307, 308]
/** A request that was refused for what it is will be refused again; these say that another may be taken. */
const passing = [408, 425, 429]
const longestRetryAfterMs = 6 * 60 * 60_000
const longestValidator = 500

/**
 * Asks a source for what is new since it was last asked (RFC 9110, 13.1), and writes that to a file. All that it
 * redirects to is judged as its own address is.
 *
 * Errors are `PermanentFailure`s: PRIVATE_ADDRESS, SOURCE_REFUSED, TOO_MANY_REDIRECTS, SOURCE_TOO_LARGE, ENCODING_NOT_READ; and
 * `TemporaryFailure`s: SOURCE_FAILED, SOURCE_TIMED_OUT, SOURCE_CUT_OFF, SOURCE_NOT_REACHED.
 */
export const fetchSource = (request: SourceRequest): Promise<FetchedSource> =>
  inSpan('GET', spanOptions(request), async () => {
    const deadline = AbortSignal.timeout(request.limits.totalMs)
    const signal = AbortSignal.any([request.signal, deadline])
    try {
      return await take(request, await follow(request, signal), signal)
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason
      if (error instanceof PermanentFailure || error instanceof TemporaryFailure) throw error
      if (deadline.aborted) throw timedOut(`It took more than ${request.limits.totalMs / 1_000} s.`, error)
      throw explain(error)
    }
  })

/** The path may be a secret. */
const spanOptions = ({ url }: SourceRequest) => ({
  kind: SpanKind.CLIENT,
  attributes: { 'http.request.method': 'GET', 'server.address': new URL(url).hostname },
})

const follow = async (request: SourceRequest, signal: AbortSignal): Promise<http.IncomingMessage> => {
  const { origin } = new URL(request.url)
  let url = new URL(request.url)
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const isOwn = url.origin === origin
    const response = await send(
      request,
      url,
      { ...(isOwn ? request.headers : {}), ...conditions(request) },
      signal,
    )
    const { location } = response.headers
    if (!redirects.includes(response.statusCode ?? 0) || location === undefined) return response
    response.destroy()
    const next = URL.parse(location, url)
    if (next === null || !['http:', 'https:'].includes(next.protocol)) {
      throw new PermanentFailure(
        'SOURCE_REFUSED',
        'The source redirects to what is no http or https address.',
      )
    }
    url = next
  }
  throw new PermanentFailure('TOO_MANY_REDIRECTS', `The source redirects more than ${mostRedirects} times.`)
}

const conditions = ({ etag, lastModified }: SourceRequest): Record<string, string> => ({
  ...(etag === null ? {} : { 'if-none-match': etag }),
  ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
})

const send = (
  { allowPrivate, limits, connect = connectGuarded }: SourceRequest,
  url: URL,
  headers: Record<string, string>,
  signal: AbortSignal,
) =>
  new Promise<http.IncomingMessage>((resolve, reject) => {
    const secure = url.protocol === 'https:'
    const target = { host: url.hostname, port: Number(url.port) || (secure ? 443 : 80), secure, allowPrivate }
    let answer: http.IncomingMessage | undefined
    const stop = () => (answer ?? request).destroy(timedOut(`Nothing came for ${limits.stallMs / 1_000} s.`))
    const request = (secure ? https : http).request(url, {
      method: 'GET',
      headers: { 'user-agent': 'Backlot-Sync/1', accept: '*/*', ...headers, 'accept-encoding': 'identity' },
      signal,
      // Of the connection, so that it counts while that is made and while the body comes, too. Node itself sets no time
      // limit on connections that it is given.
      createConnection: () => connect(target).setTimeout(limits.stallMs, stop),
    })
    request.once('response', (response) => {
      answer = response
      resolve(response)
    })
    request.on('error', reject)
    request.end()
  })

const take = async (
  { path, cut, limits }: SourceRequest,
  response: http.IncomingMessage,
  signal: AbortSignal,
): Promise<FetchedSource> => {
  try {
    if (response.statusCode === 304) return { outcome: 'not-modified' }
    checkStatus(response)
    const {
      'content-encoding': encoding = 'identity',
      etag = null,
      'last-modified': date = null,
    } = response.headers
    if (encoding.toLowerCase() !== 'identity') {
      throw new PermanentFailure(
        'ENCODING_NOT_READ',
        'The source answers compressed, though it was asked not to.',
      )
    }
    let bytes = 0
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const chunk of response) {
        bytes += chunk.length
        if (bytes > limits.maxBytes) {
          throw new PermanentFailure(
            'SOURCE_TOO_LARGE',
            `The source is larger than ${limits.maxBytes} bytes.`,
          )
        }
        yield chunk
      }
      // A body whose length is told by its end looks whole when the connection breaks.
      if (!response.complete) throw cutOff()
    }
    await pipeline(cut(counted()), createWriteStream(path), { signal })
    return { outcome: 'fetched', bytes, etag: validator(etag), lastModified: validator(date) }
  } finally {
    response.destroy()
  }
}

const validator = (text: string | null): string | null =>
  text !== null && text.length <= longestValidator && /^[\x20-\x7e]*$/.test(text) ? text : null

const checkStatus = ({ statusCode = 0, headers }: http.IncomingMessage): void => {
  if (statusCode === 200) return
  const message = `The source answered ${statusCode}.`
  if (statusCode < 500 && !passing.includes(statusCode)) throw new PermanentFailure('SOURCE_REFUSED', message)
  const retryAfterMs = readRetryAfter(headers['retry-after'])
  throw new TemporaryFailure('SOURCE_FAILED', message, {
    isOwners: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

/** Seconds or a date (RFC 9110, 10.2.3), in milliseconds from now, six hours at most. */
export const readRetryAfter = (text: string | undefined, now = Date.now()): number | undefined => {
  if (text === undefined) return undefined
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), longestRetryAfterMs) : undefined
}

const timedOut = (message: string, cause?: unknown) =>
  new TemporaryFailure('SOURCE_TIMED_OUT', message, { cause, isOwners: true })

const cutOff = (cause?: unknown) =>
  new TemporaryFailure('SOURCE_CUT_OFF', 'The answer of the source was cut off.', { cause, isOwners: true })

const explain = (error: unknown): Error => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (code === 'PRIVATE_ADDRESS') {
    const message = 'The address is not on the public internet, and sources are not read from such.'
    return new PermanentFailure('PRIVATE_ADDRESS', message, { cause: error })
  }
  if (code === 'ECONNRESET' || code.startsWith('HPE_')) return cutOff(error)
  if (code === 'ENOSPC' || code === 'EIO') return error instanceof Error ? error : new Error(code)
  return new TemporaryFailure('SOURCE_NOT_REACHED', `The source could not be reached (${code}).`, {
    cause: error,
    isOwners: true,
  })
}
