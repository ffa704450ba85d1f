import { z } from 'zod'
import { callForJson, callServer, type EngineServer } from '../call-server.ts'
import { clean, failureOfStatus, parseJson, type Refusal, unusable } from '../failures.ts'
import { type PreparedPhoto, sizeInEights } from '../prepare-photo.ts'
import { ImageProviderError, type ImageRequest } from '../provider.ts'
import { promptInTraits } from '../style-words.ts'

const callTimeoutMs = 10_000

const progressShape = z.object({ progress: z.number(), current_task: z.string().nullish() })
const answerShape = z.object({ images: z.array(z.string()).max(20) })
const refusalShape = z.object({ error: z.string().nullish(), detail: z.unknown() })

/**
 * Makes a picture by POST /sdapi/v1/txt2img, or img2img with a photo, and returns it when it is made; it is not saved there.
 * `force_task_id` names the work, for `findProgress`. The API is documented by the server itself, at /docs.
 */
export async function makePicture(
  server: EngineServer,
  taskId: string,
  body: Record<string, unknown>,
  how: { timeoutMs: number; signal: AbortSignal },
): Promise<Buffer> {
  const { images } = await callForJson(
    server,
    {
      path: 'init_images' in body ? '/sdapi/v1/img2img' : '/sdapi/v1/txt2img',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, force_task_id: taskId, send_images: true, save_images: false }),
      ...how,
      failureOf,
    },
    answerShape,
  )
  const [picture] = images
  if (picture === undefined) throw unusable('holds no picture')
  return Buffer.from(picture.replace(/^data:[^,]*,/, ''), 'base64')
}

/** What the API is asked for; its scale of strength is ours. */
export function pictureFields(
  request: ImageRequest,
  photo: PreparedPhoto | undefined,
  checkpoint: string | undefined,
): Record<string, unknown> {
  return {
    prompt: promptInTraits(request),
    seed: request.seed,
    steps: 25,
    ...sizeInEights(request, photo),
    ...(checkpoint === undefined ? {} : { override_settings: { sd_model_checkpoint: checkpoint } }),
    ...(photo === undefined
      ? {}
      : {
          init_images: [Buffer.from(photo.png).toString('base64')],
          denoising_strength: request.strength,
          // Crop what does not fit the size.
          resize_mode: 1,
        }),
  }
}

/** How far the work of this name is, from 0 to 1; undefined when other work or none is under way. */
export async function findProgress(
  server: EngineServer,
  taskId: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const path = '/sdapi/v1/progress?skip_current_image=true'
  const call = { method: 'GET', path, timeoutMs: callTimeoutMs, signal, failureOf } as const
  const { progress, current_task: current } = await callForJson(server, call, progressShape)
  return current === taskId ? Math.min(1, Math.max(0, progress)) : undefined
}

/** Interrupts what runs, if it is the work of this name. */
export async function stopTask(server: EngineServer, taskId: string, signal: AbortSignal): Promise<void> {
  if ((await findProgress(server, taskId, signal)) === undefined) return
  await callServer(server, { path: '/sdapi/v1/interrupt', timeoutMs: callTimeoutMs, signal, failureOf })
}

function failureOf(answer: Refusal): ImageProviderError {
  if (answer.status === 404) {
    const message = 'The image provider has no API at this address, or not the checkpoint that is asked for.'
    return new ImageProviderError('permanent', 'PROVIDER_REJECTED', message)
  }
  const parsed = refusalShape.safeParse(parseJson(answer.body)).data
  const detail = typeof parsed?.detail === 'string' ? parsed.detail : ''
  return failureOfStatus(answer, clean(detail || (parsed?.error ?? ''), answer.secrets))
}
