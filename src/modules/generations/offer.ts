import { invalidField } from '../../platform/errors.ts'
import { styleDescriptions } from './generations.schema.ts'
import { listModels, type OfferedModel } from './providers/onnx/model-files.ts'
import type { ImageProviderName, Style } from './providers/provider.ts'

export type OfferDeps = {
  provider: ImageProviderName
  /** Where provider `onnx` has its models. The folder is read at each question, so that a new model is offered at once. */
  modelsDir: string
}

type Wish = { style: Style; model?: string | undefined; hasPhoto: boolean }

/** The models that a request may name; no other provider than `onnx` has such. */
export const offeredModels = async ({ provider, modelsDir }: OfferDeps): Promise<OfferedModel[]> =>
  provider === 'onnx' ? listModels(modelsDir) : []

/** The styles that this installation can give a picture: with `onnx` those that a model is named after. */
export const offeredStyles = async (deps: OfferDeps) => {
  if (deps.provider !== 'onnx') return styleDescriptions
  const models = new Map((await offeredModels(deps)).map(({ name, description }) => [name, description]))
  return styleDescriptions
    .filter(({ name }) => models.has(name))
    .map(({ name, description }) => ({ name, description: models.get(name) ?? description }))
}

/** Whether nothing is made of words alone: ONNX models here turn a picture into another. */
export const needsPhoto = ({ provider }: OfferDeps): boolean => provider === 'onnx'

/** @throws 422 for a model or a style that is not offered, and for a picture out of nothing where photos are needed */
export const requireOffered = async (deps: OfferDeps, { style, model, hasPhoto }: Wish): Promise<void> => {
  if (deps.provider !== 'onnx') {
    if (model !== undefined)
      throw invalidField('model', 'unknown_model', 'No models are offered by name here.')
    return
  }
  const names = (await offeredModels(deps)).map(({ name }) => name)
  if (!names.includes(model ?? style)) {
    const field = model === undefined ? 'style' : 'model'
    throw invalidField(
      field,
      'unknown_model',
      'There is no such model. GET /v1/generations/models lists them.',
    )
  }
  if (!hasPhoto) throw invalidField('fileId', 'photo_needed', 'The models here work on photos: give one.')
}
