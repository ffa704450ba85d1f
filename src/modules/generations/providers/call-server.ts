import type { z } from 'zod'
import { clean, failureOfConnection, failureOfStatus, parseJson, type Refusal, unusable } from './failures.ts'
import { ImageProviderError } from './provider.ts'

/** Where an engine answers, what lets us in, and which texts of that must never be shown. */
export type EngineServer = { url: string; headers: Record<string, string>; secrets: string[] }

export type ServerCall = {
  method?: 'GET' | 'POST'
  /** Begins with a slash; appended to the server's URL. */
  path: string
  headers?: Record<string, string>
  body?: string | FormData
  /** From sending the request to the last byte of the answer; fetch gives up after 300 s of silence in any case. */
  timeoutMs: number
  maxBytes?: number
  signal: AbortSignal
  failureOf?: (answer: Refusal) => ImageProviderError
}

const maxAnswerBytes = 40_000_000
const maxErrorBytes = 64_000

/** The user and password of a URL, which fetch does not take there, become Basic credentials (RFC 7617). */
export function serverAt(url: string): EngineServer {
  const bare = new URL(url)
  const { username, password } = bare
  bare.username = ''
  bare.password = ''
  const server = { url: bare.href.replace(/\/+$/, ''), headers: {}, secrets: [] }
  if (username === '' && password === '') return server
  const [user, word] = [decodeURIComponent(username), decodeURIComponent(password)]
  const credentials = Buffer.from(`${user}:${word}`).toString('base64')
  const secrets = [credentials, word].filter((secret) => secret !== '')
  return { ...server, headers: { authorization: `Basic ${credentials}` }, secrets }
}

/** The body of a 2xx answer. Redirects are not followed. Throws an `ImageProviderError`, or the signal's reason. */
export async function callServer(server: EngineServer, call: ServerCall): Promise<Buffer> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), call.timeoutMs)
  try {
    const response = await fetch(server.url + call.path, {
      method: call.method ?? 'POST',
      headers: { accept: 'application/json', ...server.headers, ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
      redirect: 'manual',
      signal: AbortSignal.any([call.signal, late.signal]),
    })
    if (response.ok) return await readBody(response, call.maxBytes)
    const body = await readBody(response, maxErrorBytes).catch(() => Buffer.alloc(0))
    const { status, headers } = response
    throw (call.failureOf ?? failureByStatus)({
      status,
      headers,
      body: body.toString('utf8'),
      secrets: server.secrets,
    })
  } catch (error) {
    if (call.signal.aborted) throw stopped(call.signal.reason)
    if (error instanceof ImageProviderError) throw error
    if (!late.signal.aborted) throw failureOfConnection(error)
    const message = 'The image provider did not answer in time.'
    throw new ImageProviderError('unknown-outcome', 'PROVIDER_TIMEOUT', message, { retryAfterMs: 1_000 })
  } finally {
    clearTimeout(timer)
  }
}

/** The same with the answer as JSON of a known shape, which may have more than that. */
export async function callForJson<Shape extends z.ZodType>(
  server: EngineServer,
  call: ServerCall,
  shape: Shape,
): Promise<z.infer<Shape>> {
  const answer = await callServer(server, call)
  const parsed = shape.safeParse(parseJson(answer.toString('utf8')))
  if (!parsed.success) throw unusable('is not what its API documents', { cause: parsed.error })
  return parsed.data
}

const failureByStatus = (answer: Refusal) => failureOfStatus(answer, clean(answer.body, answer.secrets))

/** Our own shutdown, unlike the caller's cancelling, leaves a request behind whose picture is still wanted. */
function stopped(reason: unknown): unknown {
  if (!(reason instanceof ImageProviderError)) return reason
  return new ImageProviderError('unknown-outcome', reason.code, reason.message, { cause: reason })
}

/** At most `maxBytes` of a body, counted as they arrive; throws when there are more, or when it breaks off. */
export async function readBody(response: Response, maxBytes = maxAnswerBytes): Promise<Buffer> {
  if (!response.body) return Buffer.alloc(0)
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  // Leaving the loop early cancels the stream, and with it the connection.
  for await (const chunk of response.body) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > maxBytes) throw unusable('is larger than we take', { code: 'PROVIDER_ANSWER_TOO_LARGE' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, sizeBytes)
}
