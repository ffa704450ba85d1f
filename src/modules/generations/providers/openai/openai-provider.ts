import { setTimeout as sleep } from 'node:timers/promises'
import CircuitBreaker from 'opossum'
import { AppError } from '../../../../platform/errors.ts'
import { inspectImage } from '../../../../platform/images/inspect-image.ts'
import {
  type GenerateOptions,
  type ImageProvider,
  ImageProviderError,
  type ImageRequest,
  type ImageResult,
} from '../provider.ts'
import { createSlots } from '../slots.ts'
import { failureOfAnswer, failureOfConnection, isOutage } from './failures.ts'
import { buildCall, type ImagesCall } from './images-request.ts'
import { readBody, readPicture, unusable } from './read-answer.ts'

export type OpenAiProviderOptions = {
  /** Up to and with the version: `https://api.openai.com/v1`. */
  baseUrl: string
  /** Undefined for a service that asks for none. */
  apiKey: string | undefined
  model: string
  /** From sending the request to the last byte of the answer; fetch gives up after 300 s of silence in any case. */
  timeoutMs?: number
  maxConcurrent?: number
}

const breakerResetMs = 30_000
const maxErrorBytes = 64_000
/** A failure that passes within this time is waited for here, once; any other goes back to the caller. */
const shortWaitMs = 2_000

/**
 * Any server that speaks the OpenAI Images API. Every request carries the caller's idempotency key, and only one that
 * surely made nothing is repeated here. A breaker that counts outages alone turns requests away for 30 s.
 */
export function createOpenAiProvider(options: OpenAiProviderOptions): ImageProvider {
  const { model, timeoutMs = 180_000, maxConcurrent = 4 } = options
  const api: Api = { url: options.baseUrl.replace(/\/+$/, ''), apiKey: options.apiKey, model, timeoutMs }
  const slots = createSlots({ slots: maxConcurrent, maxWaiting: 64, waitTimeoutMs: timeoutMs })
  const breaker = new CircuitBreaker(
    (request: ImageRequest, how: GenerateOptions) => attempt(api, request, how),
    {
      name: 'openai-images',
      timeout: false,
      volumeThreshold: 5,
      errorThresholdPercentage: 50,
      rollingCountTimeout: 60_000,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      resetTimeout: breakerResetMs,
      errorFilter: (error) => !isOutage(error),
    },
  )
  const closing = new AbortController()
  const running = new Set<Promise<ImageResult>>()

  return {
    name: 'openai',
    label: `AI model ${model}`,
    generate(request, { signal, progress }) {
      const stop = AbortSignal.any([signal, closing.signal])
      const result = slots.run(stop, () => attemptTwice(breaker, request, { signal: stop, progress }))
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

type Api = { url: string; apiKey: string | undefined; model: string; timeoutMs: number }

async function attemptTwice(
  breaker: CircuitBreaker<[ImageRequest, GenerateOptions], ImageResult>,
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
      error instanceof ImageProviderError && error.kind === 'retryable' ? error.retryAfterMs : undefined
    if (waitMs === undefined || waitMs > shortWaitMs) throw error
    how.progress(0.05, 'Waiting for the image provider')
    await sleep(waitMs, undefined, { signal: how.signal }).catch(() => how.signal.throwIfAborted())
    return await fire()
  }
}

/** The breaker's own refusal as a failure of the port. */
function whenOpen(error: unknown): unknown {
  if (!(error instanceof Error) || !CircuitBreaker.isOurError(error)) return error
  const message = 'The image provider is not available right now.'
  return new ImageProviderError('retryable', 'PROVIDER_UNAVAILABLE', message, {
    retryAfterMs: breakerResetMs,
  })
}

async function attempt(
  api: Api,
  request: ImageRequest,
  { signal, progress }: GenerateOptions,
): Promise<ImageResult> {
  const call = await buildCall(request, api.model).catch(refusePhoto)
  progress(0.1, `Asking ${api.model}`)
  const answer = await post(api, call, request.idempotencyKey, signal)
  progress(0.85, 'Receiving the picture')
  const data = await readPicture(answer, api.url, signal)
  const { contentType, width, height } = await inspectImage(data).catch((cause: unknown) => {
    throw unusable('is not a picture that we take', { cause })
  })
  return { data, contentType, width, height, provider: 'openai', model: api.model }
}

function refusePhoto(error: unknown): never {
  if (!(error instanceof AppError)) throw error
  throw new ImageProviderError('permanent', error.errors[0]?.code ?? error.code, error.message)
}

/** The body of a 2xx answer. */
async function post(
  api: Api,
  call: ImagesCall,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), api.timeoutMs)
  const headers: Record<string, string> = {
    ...(api.apiKey === undefined ? {} : { authorization: `Bearer ${api.apiKey}` }),
    accept: 'application/json',
    'idempotency-key': idempotencyKey,
  }
  if (call.contentType) headers['content-type'] = call.contentType
  try {
    const response = await fetch(api.url + call.path, {
      method: 'POST',
      headers,
      body: call.body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, late.signal]),
    })
    if (response.ok) return await readBody(response)
    const body = await readBody(response, maxErrorBytes).catch(() => Buffer.alloc(0))
    throw failureOfAnswer(response.status, response.headers, body.toString('utf8'), api.apiKey)
  } catch (error) {
    if (signal.aborted) throw stopped(signal.reason)
    if (error instanceof ImageProviderError) throw error
    if (!late.signal.aborted) throw failureOfConnection(error)
    const message = 'The image provider did not answer in time.'
    throw new ImageProviderError('unknown-outcome', 'PROVIDER_TIMEOUT', message, { retryAfterMs: 1_000 })
  } finally {
    clearTimeout(timer)
  }
}

/** Our own shutdown, unlike the caller's cancelling, leaves a request behind whose picture is still wanted. */
function stopped(reason: unknown): unknown {
  if (!(reason instanceof ImageProviderError)) return reason
  return new ImageProviderError('unknown-outcome', reason.code, reason.message, { cause: reason })
}
