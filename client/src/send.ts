import { BacklotError, errorOf } from './backlot-error.ts'
import type { Input, Options, Route } from './calls.ts'
import { withRetries } from './retry.ts'
import type { Credentials } from './session.ts'

export type Sender = ReturnType<typeof createSender>

export type SenderSettings = {
  url: string
  fetch: typeof globalThis.fetch
  timeoutMs: number
  retries: number
  credentials: Pick<Credentials, 'token' | 'tokenAfter'>
}

const repeatableMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

/**
 * Sends one call, and again where that is safe: what only reads, overwrites or deletes, and what has an `Idempotency-Key`.
 * `read` gets every answer that is no refusal; a connection that breaks while it reads counts as one that broke before.
 */
export const createSender = (settings: SenderSettings) => {
  const { credentials } = settings
  return async <Result>(
    route: Route,
    input: Input,
    options: Options,
    read: (response: Response) => Promise<Result>,
  ): Promise<Result> => {
    const request = buildRequest(settings.url, route, input, options)
    const isRepeatable = route.takesKey === true || repeatableMethods.has(route.method)
    const timeoutMs = (options.timeoutMs ?? settings.timeoutMs) + (options.waitSeconds ?? 0) * 1_000
    const { signal } = options
    const attempt = async () => {
      const send = (token: string | undefined) =>
        exchange(settings.fetch, request, { token, timeoutMs, signal }, read)
      const token = route.isPublic ? undefined : await unlessAborted(credentials.token(), signal)
      try {
        return await send(token)
      } catch (error) {
        if (token === undefined || !(error instanceof BacklotError) || error.status !== 401) throw error
        const next = await unlessAborted(credentials.tokenAfter(token), signal)
        if (next === undefined || next === token) throw error
        return await send(next)
      }
    }
    return withRetries({ retries: isRepeatable ? settings.retries : 0, signal }, attempt)
  }
}

type Built = { url: string; method: string; headers: Record<string, string>; body: string | FormData | null }

const buildRequest = (base: string, route: Route, input: Input, options: Options): Built => {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
  if (route.takesKey) headers['idempotency-key'] = options.idempotencyKey ?? newKey()
  if (options.waitSeconds !== undefined) headers.prefer = `wait=${options.waitSeconds}`
  const url = urlOf(base, route.path, input)
  const { method } = route
  if (input.body === undefined) return { url, method, headers, body: null }
  const form = route.takesForm ? formOf(Object(input.body)) : undefined
  if (form !== undefined) return { url, method, headers, body: form }
  headers['content-type'] = 'application/json'
  return { url, method, headers, body: JSON.stringify(input.body) }
}

const urlOf = (base: string, path: string, { path: values = {}, query = {} }: Input): string => {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segmentOf(name, values[name]))
  const url = new URL(base.replace(/\/+$/, '') + filled)
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) if (each !== undefined) url.searchParams.append(name, String(each))
  }
  return url.href
}

/** Of what stands in a path: nothing, `.` and `..` would be another path, such as that of all things of a kind. */
const segmentOf = (name: string, value = ''): string => {
  if (/^\.{0,2}$/.test(value))
    throw new TypeError(`${name} must name one thing, and is ${JSON.stringify(value)}.`)
  return encodeURIComponent(value)
}

/** A form carries files; without one the same fields go as JSON. */
const formOf = (fields: Record<string, unknown>): FormData | undefined => {
  const all = Object.entries(fields).filter(([, value]) => value !== undefined)
  if (!all.some(([, value]) => value instanceof Blob)) return undefined
  const form = new FormData()
  // Fields first: the server reads the file when it knows what it is for.
  for (const [name, value] of all) if (!(value instanceof Blob)) form.append(name, String(value))
  for (const [name, value] of all) if (value instanceof Blob) form.append(name, value)
  return form
}

/** 128 random bits. `crypto.randomUUID` is not there on pages without TLS. */
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

const exchange = async <Result>(
  fetch: typeof globalThis.fetch,
  { url, headers, ...request }: Built,
  {
    token,
    timeoutMs,
    signal,
  }: { token: string | undefined; timeoutMs: number; signal: AbortSignal | undefined },
  read: (response: Response) => Promise<Result>,
): Promise<Result> => {
  signal?.throwIfAborted()
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  try {
    const response = await fetch(url, {
      ...request,
      headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
      signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
    })
    if (!response.ok) throw await errorOf(response)
    return await read(response)
  } catch (error) {
    if (error instanceof BacklotError) throw error
    signal?.throwIfAborted()
    const { host } = new URL(url)
    throw late.signal.aborted
      ? new BacklotError('TIMED_OUT', `${host} did not answer within ${timeoutMs} ms.`, { cause: error })
      : new BacklotError('CONNECTION_FAILED', `${host} cannot be reached, or broke off.`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** Others go on with what they share when one of them no longer waits. */
const unlessAborted = async <Value>(
  shared: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> => {
  if (signal === undefined) return shared
  signal.throwIfAborted()
  const left = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: left.signal })
  })
  try {
    return await Promise.race([shared, aborted])
  } finally {
    left.abort()
  }
}
