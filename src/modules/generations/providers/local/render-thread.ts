import { parentPort } from 'node:worker_threads'
import sharp from 'sharp'
import { AppError } from '../../../../platform/errors.ts'
import { type Rendered, type RenderTask, render } from './render.ts'

export type ThreadTask = RenderTask & { taskId: number }
export type ThreadProgress = { taskId: number; fraction: number; message: string }
/** Errors lose their class on their way between threads, so a refused input travels as a value. */
export type ThreadOutcome = { rendered: Rendered } | { refused: { code: string; message: string } }

// One picture is one thread's work, and no two have an input in common: libvips needs neither threads nor a cache.
sharp.concurrency(1)
sharp.cache(false)

export default async function renderOnThisThread(task: ThreadTask): Promise<ThreadOutcome> {
  const report = (fraction: number, message: string) => {
    const progress: ThreadProgress = { taskId: task.taskId, fraction, message }
    parentPort?.postMessage(progress)
  }
  try {
    return { rendered: await render(task, report) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { refused: { code: error.errors[0]?.code ?? error.code, message: error.message } }
  }
}
