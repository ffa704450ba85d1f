import { AppError } from '../../../platform/errors.ts'
import { type OfferDeps, offeredModels } from '../offer.ts'
import { type Style, styles } from '../providers/provider.ts'

/** What a model of this API stands for; `model` is one that the provider offers by name. */
export type Engine = { style: Style; model?: string | undefined }

const ownName = 'backlot'
const usualStyle: Style = 'photorealistic'
/** When this API began. Clients sort models by it, and ours have no dates of their own. */
const createdSeconds = Date.UTC(2026, 10, 1) / 1_000

const isStyle = (name: string): name is Style => styles.some((style) => style === name)

/**
 * `backlot` and the name of the provider are the same engine; each style is a model besides, such as `backlot-noir`. With `onnx` there is
 * what is in its folder, by the name there and by the style that it is named after.
 */
const offeredEngines = async (deps: OfferDeps): Promise<Map<string, Engine>> => {
  const isByName = deps.provider === 'onnx'
  const names = (await offeredModels(deps)).map(({ name }) => name)
  const made = isByName ? styles.filter((style) => names.includes(style)) : styles
  const byName = names.map((model): Engine => ({ style: isStyle(model) ? model : usualStyle, model }))
  const usual = made.includes(usualStyle) ? { style: usualStyle } : byName[0]
  return new Map([
    ...(usual === undefined ? [] : [ownName, deps.provider].map((name): [string, Engine] => [name, usual])),
    ...made.map((style): [string, Engine] => [`${ownName}-${style}`, { style }]),
    ...byName.map((engine): [string, Engine] => [engine.model ?? ownName, engine]),
  ])
}

/** @throws 404 `MODEL_NOT_FOUND` */
export const engineOfModel = async (deps: OfferDeps, model: string = ownName): Promise<Engine> => {
  const engines = await offeredEngines(deps)
  const engine = engines.get(model)
  if (engine === undefined) throw modelNotFound([...engines.keys()])
  return engine
}

const mostNamesTold = 50

const modelNotFound = (names: string[]) => {
  const there = names.length === 0 ? 'none' : names.slice(0, mostNamesTold).join(', ')
  const message = `This model does not exist here. There are: ${there}.`
  const errors = [{ path: 'model', code: 'model_not_found', message }]
  return new AppError(404, 'MODEL_NOT_FOUND', message, { errors })
}

const viewModel = (id: string) => ({
  id,
  object: 'model' as const,
  created: createdSeconds,
  owned_by: ownName,
})

export const listModels = async (deps: OfferDeps) => ({
  object: 'list' as const,
  data: [...(await offeredEngines(deps)).keys()].map(viewModel),
})

/** @throws 404 `MODEL_NOT_FOUND` */
export const getModel = async (deps: OfferDeps, id: string) => {
  await engineOfModel(deps, id)
  return viewModel(id)
}
