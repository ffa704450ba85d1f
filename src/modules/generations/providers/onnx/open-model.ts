import { availableParallelism } from 'node:os'
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import type { ImageSize } from '../provider.ts'
import { type ModelTask, RefusedTask } from './model-messages.ts'
import { imageInputOf, outputFormOf, sizeOf, type TensorForm, toTensor, unsupported } from './tensor-form.ts'

export type OpenModel = {
  run: (input: Tensor) => Promise<Tensor>
  input: TensorForm
  output: TensorForm
  /** The size that it takes; undefined: any. */
  fixed: ImageSize | undefined
  /** How much larger the picture is that it makes. */
  scale: number
  close: () => Promise<void>
}

/** Large enough for any usual network to have a pixel left in its middle. */
const trialSidePx = 64

/**
 * Loads a model and runs it once, on black, to learn what comes out: a file need not state the shape of its output.
 * @throws RefusedTask for a file that is no model, and for a model that makes no picture of a picture
 */
export async function openModel({ file, settings }: ModelTask['model']): Promise<OpenModel> {
  const session = await InferenceSession.create(file, {
    executionProviders: ['cpu'],
    // The rest of the machine is for the other roles.
    intraOpNumThreads: Math.max(1, Math.floor(availableParallelism() / 2)),
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  }).catch((error: unknown) => {
    throw new RefusedTask('MODEL_BROKEN', 'This model cannot be loaded.', error)
  })
  try {
    const { name, form: input, fixed } = imageInputOf(session, settings)
    const run = async (tensor: Tensor) => {
      const results = await session.run({ [name]: tensor }).catch((error: unknown) => {
        throw new RefusedTask('MODEL_FAILED', 'This model fails on this picture.', error)
      })
      const [output] = Object.values(results)
      if (output === undefined) throw unsupported('makes nothing')
      return output
    }
    const side = Math.ceil(trialSidePx / settings.multipleOf) * settings.multipleOf
    const size = fixed ?? { width: side, height: side }
    const black = { width: 1, height: 1, rgb: new Uint8Array(3) }
    const trial = await run(toTensor(black, 0, 0, size, input))
    const output = outputFormOf(trial, input, settings)
    const made = sizeOf(trial, output)
    const scale = made.width / size.width
    if (!Number.isInteger(scale) || scale < 1 || made.height !== size.height * scale) {
      throw unsupported('makes a picture whose sides are no whole multiple of its input')
    }
    return { run, input, output, fixed, scale, close: () => session.release() }
  } catch (error) {
    await session.release()
    throw error
  }
}
