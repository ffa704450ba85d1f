import { inspectImage } from '../../../../platform/images/inspect-image.ts'
import { callServer, type EngineServer } from '../call-server.ts'
import { unusable } from '../failures.ts'
import { createGuardedProvider } from '../guarded-provider.ts'
import { refusePhoto } from '../prepare-photo.ts'
import type { GenerateOptions, ImageProvider, ImageRequest, ImageResult } from '../provider.ts'
import { failureOfAnswer } from './failures.ts'
import { buildCall } from './images-request.ts'
import { readPicture } from './read-answer.ts'

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

/** Any server that speaks the OpenAI Images API. Every request carries the caller's idempotency key. */
export function createOpenAiProvider(options: OpenAiProviderOptions): ImageProvider {
  const { model, apiKey, timeoutMs = 180_000, maxConcurrent = 4 } = options
  const api: Api = {
    url: options.baseUrl.replace(/\/+$/, ''),
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    secrets: apiKey === undefined ? [] : [apiKey],
    model,
    timeoutMs,
  }
  return createGuardedProvider({
    name: 'openai',
    label: `AI model ${model}`,
    isBilled: true,
    waitTimeoutMs: timeoutMs,
    maxConcurrent,
    attempt: (request, how) => attempt(api, request, how),
  })
}

type Api = EngineServer & { model: string; timeoutMs: number }

async function attempt(
  api: Api,
  request: ImageRequest,
  { signal, progress }: GenerateOptions,
): Promise<ImageResult> {
  const { path, contentType: sentType, body } = await buildCall(request, api.model).catch(refusePhoto)
  progress(0.1, `Asking ${api.model}`)
  const answer = await callServer(api, {
    path,
    headers: {
      'idempotency-key': request.idempotencyKey,
      ...(sentType === undefined ? {} : { 'content-type': sentType }),
    },
    body,
    timeoutMs: api.timeoutMs,
    signal,
    failureOf: failureOfAnswer,
  })
  progress(0.85, 'Receiving the picture')
  const data = await readPicture(answer, api.url, signal)
  const { contentType, width, height } = await inspectImage(data).catch((cause: unknown) => {
    throw unusable('is not a picture that we take', { cause })
  })
  return { data, contentType, width, height, provider: 'openai', model: api.model }
}
