import { AppError } from '../../../platform/errors.ts'
import { type ImageProviderName, type Style, styles } from '../providers/provider.ts'

const ownName = 'backlot'
const usualStyle: Style = 'photorealistic'
/** When this API began. Clients sort models by it, and ours have no dates of their own. */
const createdSeconds = Date.UTC(2026, 10, 1) / 1_000

/** `backlot` and the name of the provider are the same engine; each style is a model besides, such as `backlot-noir`. */
const styleByModel = (provider: ImageProviderName): Map<string, Style> =>
  new Map([
    [ownName, usualStyle],
    [provider, usualStyle],
    ...styles.map((style): [string, Style] => [`${ownName}-${style}`, style]),
  ])

/** @throws 404 `MODEL_NOT_FOUND` */
export const styleOfModel = (provider: ImageProviderName, model: string = ownName): Style => {
  const style = styleByModel(provider).get(model)
  if (style === undefined) throw modelNotFound(provider)
  return style
}

const modelNotFound = (provider: ImageProviderName) => {
  const message = `This model does not exist here. There are: ${[...styleByModel(provider).keys()].join(', ')}.`
  const errors = [{ path: 'model', code: 'model_not_found', message }]
  return new AppError(404, 'MODEL_NOT_FOUND', message, { errors })
}

const viewModel = (id: string) => ({
  id,
  object: 'model' as const,
  created: createdSeconds,
  owned_by: ownName,
})

export const listModels = (provider: ImageProviderName) => ({
  object: 'list' as const,
  data: [...styleByModel(provider).keys()].map(viewModel),
})

/** @throws 404 `MODEL_NOT_FOUND` */
export const getModel = (provider: ImageProviderName, id: string) => {
  styleOfModel(provider, id)
  return viewModel(id)
}
