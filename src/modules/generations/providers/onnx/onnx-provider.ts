import os from 'node:os'
import { readImageHeader } from '../../../../platform/images/inspect-image.ts'
import { type ImageProvider, ImageProviderError, type ImageRequest, type ImageResult } from '../provider.ts'
import { createSlots } from '../slots.ts'
import { ModelChild } from './model-child.ts'
import { findModel } from './model-files.ts'

export type OnnxProviderOptions = {
  /** Where `NAME.onnx` are. What is added or changed there is used by the next picture. */
  modelsDir: string
  /** How long one picture may take once its turn has come. */
  timeoutMs?: number
  /** Of the process that runs the models; by default half of what the machine or the container has, and 4 GiB at most. */
  maxResidentBytes?: number
}

const waitTimeoutMs = 300_000

const usualResidentBytes = () =>
  Math.floor(Math.min(4 * 1024 ** 3, os.totalmem() / 2, (process.constrainedMemory() || os.totalmem()) / 2))

/**
 * Image-to-image models on this machine's processor, one picture at a time. The model is the request's, or the one that is named
 * as its style. The prompt has no effect.
 */
export function createOnnxProvider(options: OnnxProviderOptions): ImageProvider {
  const { modelsDir, timeoutMs = 120_000, maxResidentBytes = usualResidentBytes() } = options
  const slots = createSlots({ slots: 1, maxWaiting: 64, waitTimeoutMs })
  const child = new ModelChild(maxResidentBytes)
  const closing = new AbortController()
  const running = new Set<Promise<ImageResult>>()

  const apply = async (
    { image, model, style, size, strength }: ImageRequest,
    signal: AbortSignal,
    progress: (fraction: number, message: string) => void,
  ): Promise<ImageResult> => {
    if (image === undefined) throw photoNeeded()
    const name = model ?? style
    const task = { model: await findModel(modelsDir, name), image, size, strength }
    const onStep = (fraction: number) => progress(fraction, `Running ${name}`)
    const made = await child.run(task, { signal, timeoutMs, progress: onStep })
    const data = Buffer.from(made.data.buffer, made.data.byteOffset, made.data.byteLength)
    const { contentType, width, height } = await readImageHeader(data)
    return { data, contentType, width, height, provider: 'onnx', model: name }
  }

  return {
    name: 'onnx',
    label: 'ONNX models',
    isBilled: false,
    generate(request, { signal, progress }) {
      const stop = AbortSignal.any([signal, closing.signal])
      const result = slots.run(stop, () => apply(request, stop, progress))
      running.add(result)
      return result.finally(() => running.delete(result))
    },
    async close() {
      closing.abort(
        new ImageProviderError('retryable', 'PROVIDER_CLOSED', 'The image engine is shutting down.'),
      )
      await Promise.allSettled(running)
      await child.close()
    },
  }
}

const photoNeeded = () =>
  new ImageProviderError('permanent', 'PHOTO_NEEDED', 'Models of this kind work on photos: send one.')
