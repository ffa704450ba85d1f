import { setTimeout as sleep } from 'node:timers/promises'
import { inspectImage } from '../../../../platform/images/inspect-image.ts'
import { type EngineServer, serverAt } from '../call-server.ts'
import { unusable } from '../failures.ts'
import { createGuardedProvider } from '../guarded-provider.ts'
import { preparePhoto, refusePhoto } from '../prepare-photo.ts'
import {
  type GenerateOptions,
  type ImageProvider,
  ImageProviderError,
  type ImageRequest,
  type ImageResult,
  isUnwanted,
} from '../provider.ts'
import { findProgress, makePicture, pictureFields, stopTask } from './webui-api.ts'

export type Automatic1111ProviderOptions = {
  /** A user and password in it are sent as Basic credentials: those of `--api-auth`. */
  url: string
  /** Undefined: the one that is chosen there. */
  checkpoint: string | undefined
  /** From sending the request to the last byte of the picture; fetch gives up after 300 s of silence in any case. */
  timeoutMs?: number
  pollMs?: number
  maxConcurrent?: number
}

type Engine = {
  server: EngineServer
  checkpoint: string | undefined
  timeoutMs: number
  pollMs: number
}

const stopTimeoutMs = 5_000

/**
 * AUTOMATIC1111's web UI, or another server with its API. A picture is only in the answer to its request: what an attempt has
 * left behind is interrupted before the next one asks again, so that no picture is made twice at a time.
 */
export function createAutomatic1111Provider(options: Automatic1111ProviderOptions): ImageProvider {
  const { url, checkpoint, timeoutMs = 280_000, pollMs = 1_000, maxConcurrent = 1 } = options
  const engine: Engine = { server: serverAt(url), checkpoint, timeoutMs, pollMs }
  return createGuardedProvider({
    name: 'automatic1111',
    label: 'AUTOMATIC1111',
    isBilled: false,
    waitTimeoutMs: timeoutMs,
    maxConcurrent,
    attempt: (request, how) => attempt(engine, request, how),
  })
}

async function attempt(
  { server, checkpoint, timeoutMs, pollMs }: Engine,
  request: ImageRequest,
  { signal, progress }: GenerateOptions,
): Promise<ImageResult> {
  const taskId = request.idempotencyKey
  const photo = request.image && (await preparePhoto(request.image).catch(refusePhoto))
  await stopTask(server, taskId, signal)
  progress(0.05, 'Asking AUTOMATIC1111')
  const ended = new AbortController()
  const watching = watch(server, taskId, {
    pollMs,
    signal: AbortSignal.any([signal, ended.signal]),
    progress,
  })
  try {
    const body = pictureFields(request, photo, checkpoint)
    const data = await makePicture(server, taskId, body, { timeoutMs, signal })
    const { contentType, width, height } = await inspectImage(data).catch((cause: unknown) => {
      throw unusable('is not a picture that we take', { cause })
    })
    const model = checkpoint === undefined ? {} : { model: checkpoint }
    return { data, contentType, width, height, provider: 'automatic1111', ...model }
  } catch (error) {
    // Closing the connection stops nothing over there.
    const isLeft = error instanceof ImageProviderError && error.kind === 'unknown-outcome'
    if (isUnwanted(signal) || isLeft) {
      await stopTask(server, taskId, AbortSignal.timeout(stopTimeoutMs)).catch(() => undefined)
    }
    throw error
  } finally {
    ended.abort()
    await watching
  }
}

/** Tells how far the picture is until the signal aborts. An answer that fails is left out. */
async function watch(
  server: EngineServer,
  taskId: string,
  { pollMs, signal, progress }: GenerateOptions & { pollMs: number },
): Promise<void> {
  while (!signal.aborted) {
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
    const fraction = await findProgress(server, taskId, signal).catch(() => undefined)
    if (fraction !== undefined && !signal.aborted) progress(0.1 + fraction * 0.8, 'AUTOMATIC1111 is painting')
  }
}
