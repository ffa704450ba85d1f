import { z } from 'zod'
import { callForJson, callServer, type EngineServer } from '../call-server.ts'
import { clean, failureOfStatus, parseJson, type Refusal } from '../failures.ts'
import { ImageProviderError } from '../provider.ts'
import type { Workflow } from './workflow.ts'

/** Calls that only ask or take note. Making the picture is none of them: it is waited for by asking again and again. */
const callTimeoutMs = 30_000
const stopTimeoutMs = 5_000

const imageShape = z.object({ filename: z.string(), subfolder: z.string(), type: z.string() })
export type StoredImage = z.infer<typeof imageShape>

const historyShape = z.record(
  z.string(),
  z.object({
    outputs: z.record(z.string(), z.looseObject({ images: z.array(imageShape).optional() })),
    status: z.object({ status_str: z.string(), messages: z.array(z.unknown()).optional() }).nullish(),
  }),
)
/** An entry is [number, prompt id, workflow, extra data, output nodes]. */
const queueEntry = z.tuple([z.unknown(), z.string()], z.unknown())
const queueShape = z.object({ queue_running: z.array(queueEntry), queue_pending: z.array(queueEntry) })
const uploadShape = z.object({ name: z.string(), subfolder: z.string().optional() })
const refusalShape = z.object({ error: z.object({ message: z.string() }) })

/** What became of a prompt. `absent`: never received, or forgotten since. */
export type PromptState =
  | { at: 'absent' | 'waiting' | 'running' }
  | { at: 'made'; images: StoredImage[] }
  | { at: 'failed'; why: string }

/** The state of a prompt by its id, by GET /history/{id} and GET /queue (docs.comfy.org, "Server Routes"). */
export async function findPrompt(
  server: EngineServer,
  id: string,
  signal: AbortSignal,
): Promise<PromptState> {
  const ended = await findEnded(server, id, signal)
  if (ended !== undefined) return ended
  const call = { method: 'GET', path: '/queue', timeoutMs: callTimeoutMs, signal } as const
  const { queue_running: running, queue_pending: pending } = await callForJson(server, call, queueShape)
  if (running.some(([, other]) => other === id)) return { at: 'running' }
  if (pending.some(([, other]) => other === id)) return { at: 'waiting' }
  // It may have ended between the two questions.
  return (await findEnded(server, id, signal)) ?? { at: 'absent' }
}

async function findEnded(
  server: EngineServer,
  id: string,
  signal: AbortSignal,
): Promise<PromptState | undefined> {
  const path = `/history/${encodeURIComponent(id)}`
  const call = { method: 'GET', path, timeoutMs: callTimeoutMs, signal } as const
  const entry = (await callForJson(server, call, historyShape))[id]
  if (entry === undefined) return undefined
  if (entry.status?.status_str === 'error') {
    return { at: 'failed', why: clean(JSON.stringify(entry.status.messages ?? []), server.secrets) }
  }
  const images = Object.values(entry.outputs).flatMap((output) => output.images ?? [])
  return { at: 'made', images: images.toSorted((a, b) => rank(a) - rank(b)) }
}

/** What a workflow saves is meant more than what it previews. */
const rank = ({ type }: StoredImage) => (type === 'output' ? 0 : 1)

/** Puts a workflow into the queue under an id of ours, which is also the client that is told of its progress. */
export async function sendPrompt(
  server: EngineServer,
  id: string,
  prompt: Workflow,
  signal: AbortSignal,
): Promise<void> {
  await callServer(server, {
    path: '/prompt',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt, prompt_id: id, client_id: id }),
    timeoutMs: callTimeoutMs,
    signal,
    failureOf: failureOfWorkflow,
  })
}

/** A workflow that does not fit this ComfyUI is told in its words; details, which name the server's files, are for the log. */
function failureOfWorkflow(answer: Refusal): ImageProviderError {
  const said = refusalShape.safeParse(parseJson(answer.body)).data?.error.message ?? ''
  const failure = failureOfStatus(answer, clean(said, answer.secrets))
  const { kind, code, message } = failure
  if (code !== 'PROVIDER_REJECTED') return failure
  return new ImageProviderError(kind, code, message, { cause: new Error(clean(answer.body, answer.secrets)) })
}

/** Stores a photo among ComfyUI's temporary files, which it removes when it starts anew. Returns how `LoadImage` names it. */
export async function uploadPhoto(
  server: EngineServer,
  id: string,
  png: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<string> {
  const body = new FormData()
  body.set('image', new Blob([png], { type: 'image/png' }), `backlot-${id}.png`)
  body.set('type', 'temp')
  body.set('overwrite', 'true')
  const call = { path: '/upload/image', body, timeoutMs: callTimeoutMs, signal }
  const { name, subfolder } = await callForJson(server, call, uploadShape)
  return `${subfolder ? `${subfolder}/` : ''}${name} [temp]`
}

export function fetchImage(server: EngineServer, image: StoredImage, signal: AbortSignal): Promise<Buffer> {
  const path = `/view?${new URLSearchParams(image)}`
  return callServer(server, {
    method: 'GET',
    path,
    headers: { accept: 'image/*' },
    timeoutMs: callTimeoutMs,
    signal,
  })
}

/** Makes ComfyUI forget how a prompt ended, so that the same id can be sent once more. */
export const forgetPrompt = (server: EngineServer, id: string, signal: AbortSignal) =>
  post(server, '/history', { delete: [id] }, callTimeoutMs, signal)

/**
 * Takes a prompt out of the queue, or interrupts it. An older ComfyUI interrupts whatever runs, so it is told to only
 * when that is ours. What cannot be reached is left alone.
 */
export async function stopPrompt(server: EngineServer, id: string): Promise<void> {
  const signal = AbortSignal.timeout(stopTimeoutMs)
  try {
    await post(server, '/queue', { delete: [id] }, stopTimeoutMs, signal)
    const { at } = await findPrompt(server, id, signal)
    if (at === 'running') await post(server, '/interrupt', { prompt_id: id }, stopTimeoutMs, signal)
  } catch {
    // The picture is of no use to anybody; at worst it is made in vain.
  }
}

const post = (server: EngineServer, path: string, body: unknown, timeoutMs: number, signal: AbortSignal) =>
  callServer(server, {
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs,
    signal,
  })
