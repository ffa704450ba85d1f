import { setTimeout as sleep } from 'node:timers/promises'
import { inspectImage } from '../../../../platform/images/inspect-image.ts'
import { type EngineServer, serverAt } from '../call-server.ts'
import { unusable } from '../failures.ts'
import { createGuardedProvider } from '../guarded-provider.ts'
import { preparePhoto, refusePhoto, sizeInEights } from '../prepare-photo.ts'
import {
  type GenerateOptions,
  type ImageProvider,
  ImageProviderError,
  type ImageRequest,
  type ImageResult,
  isUnwanted,
} from '../provider.ts'
import { promptInTraits } from '../style-words.ts'
import {
  fetchImage,
  findPrompt,
  forgetPrompt,
  type StoredImage,
  sendPrompt,
  stopPrompt,
  uploadPhoto,
} from './comfyui-api.ts'
import { watchProgress } from './watch-progress.ts'
import { fillWorkflow, readWorkflow, simpleWorkflow, type Workflow } from './workflow.ts'

export type ComfyUiProviderOptions = {
  /** A user and password in it are sent as Basic credentials. */
  url: string
  /** For the simple workflows; needed unless both files are given. */
  checkpoint: string | undefined
  workflowFile: string | undefined
  photoWorkflowFile: string | undefined
  /** From the queue to the picture. */
  timeoutMs?: number
  pollMs?: number
  maxConcurrent?: number
}

type Engine = {
  server: EngineServer
  model: string | undefined
  workflow: Workflow
  photoWorkflow: Workflow
  timeoutMs: number
  pollMs: number
}

/**
 * A ComfyUI server. The generation's id is the prompt's id there, and it is looked for in the history and the queue before it
 * is sent: an attempt that follows a cut connection or a dead worker finds the picture, or waits on for it.
 * @throws StartFault for a workflow file that cannot be used
 */
export function createComfyUiProvider(options: ComfyUiProviderOptions): ImageProvider {
  const { checkpoint = '', workflowFile, photoWorkflowFile, timeoutMs = 900_000 } = options
  const engine: Engine = {
    server: serverAt(options.url),
    model: options.checkpoint,
    workflow:
      workflowFile === undefined
        ? simpleWorkflow(checkpoint, 'prompt')
        : readWorkflow(workflowFile, 'COMFYUI_WORKFLOW_FILE', ['prompt']),
    photoWorkflow:
      photoWorkflowFile === undefined
        ? simpleWorkflow(checkpoint, 'photo')
        : readWorkflow(photoWorkflowFile, 'COMFYUI_PHOTO_WORKFLOW_FILE', ['image']),
    timeoutMs,
    pollMs: options.pollMs ?? 1_000,
  }
  return createGuardedProvider({
    name: 'comfyui',
    label: 'ComfyUI',
    isBilled: false,
    waitTimeoutMs: timeoutMs,
    maxConcurrent: options.maxConcurrent ?? 2,
    attempt: (request, how) => attempt(engine, request, how),
  })
}

async function attempt(engine: Engine, request: ImageRequest, how: GenerateOptions): Promise<ImageResult> {
  const { server, timeoutMs, model } = engine
  const id = request.idempotencyKey
  const late = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([how.signal, late])
  try {
    await ensureSent(engine, request, { ...how, signal })
    const images = await awaitImages(engine, id, { ...how, signal })
    how.progress(0.9, 'Receiving the picture')
    const picture = await receive(server, id, images, signal)
    return { ...picture, provider: 'comfyui', ...(model === undefined ? {} : { model }) }
  } catch (error) {
    if (isUnwanted(how.signal) || late.aborted) await stopPrompt(server, id)
    how.signal.throwIfAborted()
    if (!late.aborted) throw error
    const message = 'ComfyUI did not make the picture in time.'
    throw new ImageProviderError('retryable', 'PROVIDER_TIMEOUT', message, { retryAfterMs: 30_000 })
  }
}

/** Sends the workflow unless it is there already. How it failed before is forgotten, so that it can be made again. */
async function ensureSent(
  { server, workflow, photoWorkflow }: Engine,
  request: ImageRequest,
  { signal, progress }: GenerateOptions,
): Promise<void> {
  const id = request.idempotencyKey
  const { at } = await findPrompt(server, id, signal)
  if (at !== 'absent' && at !== 'failed') return
  if (at === 'failed') await forgetPrompt(server, id, signal)
  const photo = request.image && (await preparePhoto(request.image).catch(refusePhoto))
  const values = {
    prompt: promptInTraits(request),
    seed: request.seed,
    strength: request.strength,
    ...sizeInEights(request, photo),
  }
  progress(0.05, 'Asking ComfyUI')
  const filled = photo
    ? fillWorkflow(photoWorkflow, { ...values, image: await uploadPhoto(server, id, photo.png, signal) })
    : fillWorkflow(workflow, values)
  try {
    await sendPrompt(server, id, filled, signal)
  } catch (error) {
    if (!(error instanceof ImageProviderError && error.kind === 'unknown-outcome')) throw error
    // The connection broke, or something in between gave up: the prompt may have arrived all the same.
    if ((await findPrompt(server, id, signal)).at === 'absent') throw error
  }
}

/** Asks until the prompt has ended. The server's word that it has only makes the next question come at once. */
async function awaitImages(
  { server, pollMs }: Engine,
  id: string,
  { signal, progress }: GenerateOptions,
): Promise<StoredImage[]> {
  let ended = Promise.withResolvers<void>()
  using _watch = watchProgress(server, id, {
    onStep: (fraction) => progress(0.1 + fraction * 0.75, 'ComfyUI is painting'),
    onEnd: () => ended.resolve(),
  })
  for (;;) {
    const state = await findPrompt(server, id, signal)
    if (state.at === 'made') return state.images
    if (state.at === 'absent') throw lost()
    if (state.at === 'failed') throw failed(state.why)
    const nextAsking = new AbortController()
    await Promise.race([
      ended.promise,
      sleep(pollMs, undefined, { signal: AbortSignal.any([signal, nextAsking.signal]) }),
    ])
      .catch(() => signal.throwIfAborted())
      .finally(() => nextAsking.abort())
    ended = Promise.withResolvers<void>()
  }
}

const lost = () =>
  new ImageProviderError(
    'retryable',
    'PROVIDER_LOST_WORK',
    'ComfyUI has lost the picture, perhaps by a new start.',
    {
      retryAfterMs: 2_000,
    },
  )

/** Why is for who runs the server: it may name its files. */
const failed = (why: string) =>
  new ImageProviderError(
    'retryable',
    'PROVIDER_WORKFLOW_FAILED',
    'ComfyUI could not run its workflow to the end.',
    {
      retryAfterMs: 5_000,
      cause: new Error(why),
    },
  )

async function receive(server: EngineServer, id: string, [image]: StoredImage[], signal: AbortSignal) {
  try {
    if (image === undefined) throw unusable('holds no picture')
    const data = await fetchImage(server, image, signal)
    const { contentType, width, height } = await inspectImage(data).catch((cause: unknown) => {
      throw unusable('is not a picture that we take', { cause })
    })
    return { data, contentType, width, height }
  } catch (error) {
    // Whoever asks again wants another picture than this one.
    if (error instanceof ImageProviderError && error.kind === 'permanent') {
      await forgetPrompt(server, id, signal).catch(() => undefined)
    }
    throw error
  }
}
