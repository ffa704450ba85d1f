import http from 'node:http'
import https from 'node:https'
import { StringDecoder } from 'node:string_decoder'
import { SpanKind } from '@opentelemetry/api'
import { connectGuarded } from '../../platform/net/connect-guarded.ts'
import { inSpan } from '../../platform/observability/tracing.ts'

export type PostedEvent = {
  url: string
  headers: Record<string, string>
  body: string
  /** Lets receivers be in a private network. */
  allowPrivate: boolean
  /** For everything: DNS, connection, TLS, request and answer. */
  timeoutMs: number
  signal: AbortSignal
}

export type ReceiverAnswer = {
  status: number
  /** The first 2 KiB, as text. */
  body: string
}

/** No answer came. `code` is one for programs; `message` is for the webhook's owner. */
export class NoAnswer extends Error {
  readonly code: 'PRIVATE_ADDRESS' | 'TIMED_OUT' | 'CONNECTION_FAILED'
  constructor(code: NoAnswer['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NoAnswer'
    this.code = code
  }
}

const keptBytes = 2 * 1024
const readBytes = 64 * 1024

/**
 * Sends an event to its receiver. Redirects are answers like others, never followed: they would lead past the signature's
 * address and past its owner's choice.
 * @throws NoAnswer, and the signal's reason when it is aborted
 */
export const postEvent = (event: PostedEvent): Promise<ReceiverAnswer> =>
  inSpan('POST', spanOptions(event), () => postInTime(event))

/** Paths of receivers often are secrets; and a receiver is told of no trace, as it is another party. */
const spanOptions = ({ url }: PostedEvent) => ({
  kind: SpanKind.CLIENT,
  attributes: { 'http.request.method': 'POST', 'server.address': new URL(url).hostname },
})

const postInTime = async (event: PostedEvent): Promise<ReceiverAnswer> => {
  const deadline = AbortSignal.timeout(event.timeoutMs)
  try {
    const response = await send(event, AbortSignal.any([event.signal, deadline]))
    return { status: response.statusCode ?? 0, body: await readStart(response) }
  } catch (error) {
    if (event.signal.aborted) throw event.signal.reason
    if (deadline.aborted) {
      const seconds = event.timeoutMs / 1_000
      throw new NoAnswer('TIMED_OUT', `There was no answer within ${seconds} s.`, { cause: error })
    }
    throw noAnswer(error)
  }
}

const send = ({ url, headers, body, allowPrivate }: PostedEvent, signal: AbortSignal) =>
  new Promise<http.IncomingMessage>((resolve, reject) => {
    const { protocol, hostname: host, port } = new URL(url)
    const secure = protocol === 'https:'
    const target = { host, port: Number(port) || (secure ? 443 : 80), secure, allowPrivate }
    const request = (secure ? https : http).request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Backlot-Webhooks/1',
        ...headers,
      },
      signal,
      createConnection: () => connectGuarded(target),
    })
    request.once('response', resolve)
    request.on('error', reject)
    request.end(body)
  })

/** The status has told how it went: a body that is long, slow or cut off changes nothing, and is left where it is. */
const readStart = async (response: http.IncomingMessage): Promise<string> => {
  const kept: Buffer[] = []
  let read = 0
  try {
    for await (const chunk of response) {
      if (read < keptBytes) kept.push(chunk.subarray(0, keptBytes - read))
      read += chunk.length
      if (read >= readBytes) break
    }
  } catch {
    // What came until now is enough.
  } finally {
    response.destroy()
  }
  return new StringDecoder('utf8').write(Buffer.concat(kept)).replaceAll('\0', '')
}

const noAnswer = (error: unknown): NoAnswer => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (code === 'PRIVATE_ADDRESS') {
    const message = 'The address is not on the public internet, and events are not sent to such.'
    return new NoAnswer('PRIVATE_ADDRESS', message, { cause: error })
  }
  return new NoAnswer('CONNECTION_FAILED', `The connection failed (${code}).`, { cause: error })
}
