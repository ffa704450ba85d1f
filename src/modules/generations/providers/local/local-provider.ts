import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
// On Linux with glibc, sharp must be loaded by the main thread first: its libraries then outlive every render thread.
import 'sharp'
import {
  type GenerateOptions,
  type ImageProvider,
  ImageProviderError,
  type ImageRequest,
  type ImageResult,
} from '../provider.ts'
import { createSlots } from '../slots.ts'
import type { ThreadOutcome, ThreadProgress, ThreadTask } from './render-thread.ts'

export type LocalProviderOptions = {
  /** Pictures rendered at a time, one thread each; by default 2, or 1 on a single core. */
  threads?: number
  /** How long one picture may take once its turn has come. */
  renderTimeoutMs?: number
  /** How many callers may wait for a thread, and for how long. */
  maxWaiting?: number
  waitTimeoutMs?: number
}

/**
 * Filters and drawing code of our own, on threads, so that the caller's event loop stays free. With a photo the prompt
 * has no effect. A thread that is cancelled or late is ended, and `generate` rejects only when it is gone.
 */
export function createLocalProvider(options: LocalProviderOptions = {}): ImageProvider {
  const threads = options.threads ?? Math.min(2, availableParallelism())
  const { renderTimeoutMs = 30_000, maxWaiting = 64, waitTimeoutMs = 60_000 } = options
  const slots = createSlots({ slots: threads, maxWaiting, waitTimeoutMs })
  const pool: Pool = new Piscina({
    filename: new URL('./render-thread.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 60_000,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  const listeners = new Map<number, GenerateOptions['progress']>()
  pool.on('message', ({ taskId, fraction, message }: ThreadProgress) =>
    listeners.get(taskId)?.(fraction, message),
  )
  // A thread that dies with a picture rejects that picture; one that dies without must not take the process along.
  pool.on('error', () => {})
  const closing = new AbortController()
  const running = new Set<Promise<ImageResult>>()
  let lastTaskId = 0

  return {
    name: 'local',
    label: 'Filters, not AI',
    isBilled: false,
    generate(request, { signal, progress }) {
      const stop = AbortSignal.any([signal, closing.signal])
      const taskId = ++lastTaskId
      const result = slots.run(stop, async () => {
        listeners.set(taskId, progress)
        try {
          return await renderOnThread(pool, toTask(request, taskId), stop, renderTimeoutMs)
        } finally {
          listeners.delete(taskId)
        }
      })
      running.add(result)
      return result.finally(() => running.delete(result))
    },
    async close() {
      closing.abort(
        new ImageProviderError('retryable', 'PROVIDER_CLOSED', 'The image engine is shutting down.'),
      )
      await Promise.allSettled(running)
      await pool.destroy()
    },
  }
}

type Pool = Piscina<ThreadTask, ThreadOutcome>

function toTask({ prompt, style, seed, strength, size, image }: ImageRequest, taskId: number): ThreadTask {
  // A copy of its own, for a small Buffer shares its memory with others and would take them along to the thread.
  return { taskId, prompt, style, seed, strength, size, image: image && new Uint8Array(image) }
}

async function renderOnThread(
  pool: Pool,
  task: ThreadTask,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<ImageResult> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  const stop = AbortSignal.any([signal, late.signal])
  let threadsAtStop: Worker[] = []
  // Added before the pool's own listener, and so called before the pool forgets the thread.
  stop.addEventListener('abort', () => {
    threadsAtStop = pool.threads
  })
  try {
    return toResult(await pool.run(task, { signal: stop }))
  } catch (error) {
    await Promise.all(threadsAtStop.filter((thread) => !pool.threads.includes(thread)).map(hasExited))
    signal.throwIfAborted()
    if (error instanceof ImageProviderError) throw error
    const [code, message] = late.signal.aborted
      ? ['RENDER_TIMEOUT', 'The picture took too long to render.']
      : ['RENDER_FAILED', 'The picture could not be rendered.']
    throw new ImageProviderError('retryable', code, message, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

function toResult(outcome: ThreadOutcome): ImageResult {
  if ('refused' in outcome) {
    throw new ImageProviderError('permanent', outcome.refused.code, outcome.refused.message)
  }
  const { data, contentType, width, height } = outcome.rendered
  return {
    data: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    contentType,
    width,
    height,
    provider: 'local',
  }
}

async function hasExited(thread: Worker): Promise<void> {
  // A thread that has exited has the id -1 and no longer tells.
  if (thread.threadId !== -1) await once(thread, 'exit')
}
