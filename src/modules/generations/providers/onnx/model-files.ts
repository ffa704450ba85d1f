import fs from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { ImageProviderError } from '../provider.ts'

/** A model's name: its file's without `.onnx`. No separators and no leading dot, so it cannot leave the folder. */
export const modelName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    'Give the name of a model, as GET /v1/generations/models lists them.',
  )

const range = z.tuple([z.number(), z.number()]).refine(([from, to]) => from !== to)

/** What a model's file does not say. Stands beside it as `NAME.json`; every part may be left out. */
const settingsShape = z.strictObject({
  description: z.string().max(200).optional(),
  /** The values of black and of white. */
  inputRange: range.optional(),
  outputRange: range.optional(),
  layout: z.enum(['nchw', 'nhwc']).optional(),
  channelOrder: z.enum(['rgb', 'bgr']).default('rgb'),
  /** Of models that take any size: what the sides must be a multiple of, in pixels. */
  multipleOf: z.int().min(1).max(512).default(8),
  /** Of models that take any size: the longest side of what is worked on at once, in pixels. */
  tile: z.int().min(64).max(4_096).default(1_024),
  /** What becomes of a picture that is larger than the model's size. */
  oversize: z.enum(['tile', 'resize']).default('tile'),
})
export type ModelSettings = z.infer<typeof settingsShape>

const mostModels = 200
const maxSettingsBytes = 64 * 1024

export type OfferedModel = { name: string; description: string }

/** The models in the folder, by name. Reads no model. A folder that is not there holds none. */
export async function listModels(directory: string): Promise<OfferedModel[]> {
  const files = await fs.readdir(directory).catch(() => [])
  const names = files
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => file.slice(0, -'.onnx'.length))
    .filter((name) => modelName.safeParse(name).success)
    .toSorted()
    .slice(0, mostModels)
  return Promise.all(
    names.map(async (name) => {
      const settings = await readSettings(directory, name).catch(() => undefined)
      return { name, description: settings?.description ?? 'An ONNX model, run here.' }
    }),
  )
}

/** @throws ImageProviderError, permanent, for a model that is not there and for settings that cannot be used */
export async function findModel(directory: string, name: string) {
  const file = path.join(directory, `${name}.onnx`)
  const found = modelName.safeParse(name).success ? await fs.stat(file).catch(() => undefined) : undefined
  if (!found?.isFile()) {
    throw new ImageProviderError('permanent', 'MODEL_UNKNOWN', `There is no model "${name.slice(0, 100)}".`)
  }
  const settings = await readSettings(directory, name)
  // Another file of the same name is another model.
  return { file, settings, version: `${found.mtimeMs} ${found.size} ${JSON.stringify(settings)}` }
}

async function readSettings(directory: string, name: string): Promise<ModelSettings> {
  const file = path.join(directory, `${name}.json`)
  const size = (await fs.stat(file).catch(() => undefined))?.size
  if (size === undefined) return settingsShape.parse({})
  try {
    if (size > maxSettingsBytes) throw new Error('larger than 64 KiB')
    return settingsShape.parse(JSON.parse(await fs.readFile(file, 'utf8')))
  } catch (cause) {
    const message = `The settings of the model "${name}" cannot be used.`
    throw new ImageProviderError('permanent', 'MODEL_SETTINGS_INVALID', message, { cause })
  }
}
