import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { AppError } from '../../../../platform/errors.ts'
import { decodePhoto } from '../../../../platform/images/decode-photo.ts'
import { longestSidePx } from '../provider.ts'
import { applyModel } from './apply-model.ts'
import { type ModelMessage, type ModelTask, RefusedTask } from './model-messages.ts'
import { type OpenModel, openModel } from './open-model.ts'
import { blend, encodePng, resize } from './raster.ts'

// The child of `model-child.ts`: runs models, one picture after another, until its parent lets go of it.

/** Models that are kept loaded; the one that was used longest ago makes room. */
const mostOpenModels = 3
/** A model that enlarges gets a smaller photo, so that what it makes has at most this longest side, in pixels. */
const longestResultPx = 4_096

const say = (message: ModelMessage): void => void process.send?.(message)

const open = new Map<string, OpenModel>()

/** Models in the order of their last use. Those of an older version of the same file are closed at once. */
async function openedModel(model: ModelTask['model']): Promise<OpenModel> {
  const key = `${model.file}\0${model.version}`
  const known = open.get(key)
  for (const [other, { close }] of open) {
    const isOutdated = other !== key && other.startsWith(`${model.file}\0`)
    const isTooMany = known === undefined && open.size >= mostOpenModels
    if (!isOutdated && !isTooMany) continue
    open.delete(other)
    await close()
  }
  open.delete(key)
  const opened = known ?? (await openModel(model))
  open.set(key, opened)
  return opened
}

async function run({ model, image, size, strength }: ModelTask): Promise<ModelMessage> {
  const opened = await openedModel(model)
  const { scale } = opened
  const smaller = (side: number) => Math.max(1, Math.ceil(side / scale))
  const wanted = size && { width: smaller(size.width), height: smaller(size.height) }
  const longest = Math.min(longestSidePx, Math.floor(longestResultPx / scale))
  const photo = await decodePhoto(image, wanted, longest)
  say({ kind: 'progress', fraction: 0.1 })
  const styled = await applyModel(opened, photo, model.settings, (done) =>
    say({ kind: 'progress', fraction: 0.1 + done * 0.8 }),
  )
  const fitted = size === undefined ? styled : await resize(styled, size)
  const blended = await blend(photo, fitted, strength)
  const { width, height } = blended
  return { kind: 'made', data: new Uint8Array(await encodePng(blended)), width, height }
}

const refusalOf = (error: unknown): ModelMessage => {
  if (error instanceof RefusedTask) {
    const { code, message, detail } = error
    return { kind: 'refused', code, message, ...(detail === undefined ? {} : { detail }) }
  }
  // Anything else is a fault of ours: it ends the process, and the parent logs what it wrote.
  if (!(error instanceof AppError)) throw error
  return { kind: 'refused', code: error.errors[0]?.code ?? error.code, message: error.message }
}

sharp.concurrency(1)
sharp.cache(false)
// A model runs on this thread, which hears nothing meanwhile: another one watches.
new Worker(new URL('./watch-process.ts', import.meta.url), {
  workerData: { parentPid: process.ppid, maxResidentBytes: Number(process.argv[2]) },
}).unref()
process.once('disconnect', () => process.exit(0))
process.on('message', async (task: ModelTask) => say(await run(task).catch(refusalOf)))
