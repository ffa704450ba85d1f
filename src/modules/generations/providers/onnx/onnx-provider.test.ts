import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isAlive, modelProcesses } from '../../../../../test/harness/model-processes.ts'
import { invertingModel, slowModel } from '../../../../../test/harness/onnx-model.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../../test/harness/temporary-directory.ts'
import type { GenerateOptions, ImageProvider, ImageRequest } from '../provider.ts'
import { listModels } from './model-files.ts'
import { createOnnxProvider, type OnnxProviderOptions } from './onnx-provider.ts'

const [width, height] = [150, 100]
const pixels = Buffer.from(Array.from({ length: width * height * 3 }, (_, at) => (at * 7) % 256))
const calm = (): GenerateOptions => ({ signal: new AbortController().signal, progress: () => {} })

let modelsDir: string
let request: ImageRequest
let shared: ImageProvider
const providers: ImageProvider[] = []

const write = (name: string, content: Buffer | string) =>
  fs.writeFileSync(path.join(modelsDir, name), content)
const open = (options: Partial<OnnxProviderOptions> = {}) => {
  const provider = createOnnxProvider({ modelsDir, ...options })
  providers.push(provider)
  return provider
}
const make = (model: string, changes: Partial<ImageRequest> = {}) =>
  shared.generate({ ...request, model, ...changes }, calm())
const pixelsOf = async (made: Promise<{ data: Buffer }>) =>
  sharp((await made).data)
    .raw()
    .toBuffer()
/** The largest difference between the picture and the negative of the photo, in 255ths. */
const distanceFromNegative = async (made: Promise<{ data: Buffer }>) => {
  const found = await pixelsOf(made)
  expect(found).toHaveLength(pixels.length)
  return pixels.reduce((most, value, at) => Math.max(most, Math.abs(255 - value - (found[at] ?? 0))), 0)
}

beforeAll(async () => {
  modelsDir = makeTemporaryDirectory()
  const image = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
  request = { prompt: 'x', style: 'noir', seed: 1, strength: 1, size: undefined, image, idempotencyKey: 'g' }
  shared = createOnnxProvider({ modelsDir })
  write('noir.onnx', invertingModel())
  write('slow.onnx', slowModel(10_000))
})
afterEach(() => Promise.all(providers.splice(0).map((provider) => provider.close())))
afterAll(async () => {
  await shared.close()
  removeTemporaryDirectory(modelsDir)
})

describe('a model', () => {
  it('that is named as the style is run, in a process of its own', async () => {
    const told: number[] = []
    const made = await shared.generate(request, { ...calm(), progress: (fraction) => told.push(fraction) })
    expect(made).toMatchObject({ contentType: 'image/png', width, height, provider: 'onnx', model: 'noir' })
    expect(await distanceFromNegative(Promise.resolve(made))).toBe(0)
    expect(told).toContain(0.9)
    expect(modelProcesses()).toHaveLength(1)
    const report = process.report.getReport()
    const { sharedObjects } = Object(report)
    expect(JSON.stringify(sharedObjects)).not.toContain('onnxruntime')
  })

  it.each([
    ['of half precision, with channels last', { element: 'float16', dims: [1, 'h', 'w', 3] }, {}],
    ['of bytes, without a batch', { element: 'uint8', dims: ['h', 'w', 3] }, {}],
    ['of one size, in tiles that overlap', { dims: [1, 3, 64, 48] }, {}],
    ['of any size, in tiles that are asked for', {}, { tile: 64, multipleOf: 16 }],
    ['of values from -1 to 1', { minuend: 0 }, { inputRange: [-1, 1] }],
    ['of values from 0 to 255', { minuend: 255 }, { inputRange: [0, 255], outputRange: [0, 255] }],
    ['of blue before red', {}, { channelOrder: 'bgr' }],
  ] as const)('%s makes exactly what it is for', async (what, model, settings) => {
    const name = what.replaceAll(/\W/g, '-')
    write(
      `${name}.onnx`,
      invertingModel({ ...model, dims: [...('dims' in model ? model.dims : [1, 3, 'h', 'w'])] }),
    )
    write(`${name}.json`, JSON.stringify(settings))
    // Half of the numbers has 11 bits.
    expect(await distanceFromNegative(make(name))).toBeLessThanOrEqual(what.includes('half') ? 1 : 0)
  })

  it('of one size can have the picture resized to it instead', async () => {
    write('resized.onnx', invertingModel({ dims: [1, 3, 64, 48] }))
    write('resized.json', JSON.stringify({ oversize: 'resize' }))
    const made = await make('resized')
    expect([made.width, made.height]).toEqual([width, height])
    expect(await distanceFromNegative(Promise.resolve(made))).toBeGreaterThan(10)
  })

  it('that enlarges gives the size that is asked for, or its own', async () => {
    write('larger.onnx', invertingModel({ enlarge: 2 }))
    expect(await make('larger')).toMatchObject({ width: 300, height: 200 })
    expect(await make('larger', { size: { width: 101, height: 67 } })).toMatchObject({
      width: 101,
      height: 67,
    })
  })

  it('of grey reads and makes grey', async () => {
    write('grey.onnx', invertingModel({ dims: [1, 1, 'h', 'w'] }))
    const [r, g, b] = await pixelsOf(make('grey'))
    const luma = 0.299 * (pixels[0] ?? 0) + 0.587 * (pixels[1] ?? 0) + 0.114 * (pixels[2] ?? 0)
    expect([r, g, b]).toEqual(Array(3).fill(Math.round(255 - luma)))
  })

  it('shows through the photo as strongly as is asked for', async () => {
    expect((await pixelsOf(make('noir', { strength: 0 }))).equals(pixels)).toBe(true)
    const half = await pixelsOf(make('noir', { strength: 0.5 }))
    expect(half.every((value) => value === 127 || value === 128)).toBe(true)
  })

  it('that is replaced is another one at once, and more than are kept loaded take turns', async () => {
    write('changing.onnx', invertingModel())
    expect(await distanceFromNegative(make('changing'))).toBe(0)
    for (let n = 0; n < 4; n++) write(`turn-${n}.onnx`, invertingModel())
    for (let n = 0; n < 4; n++) expect(await distanceFromNegative(make(`turn-${n}`))).toBe(0)
    write('changing.onnx', invertingModel({ dims: [1, 1, 'h', 'w'] }))
    expect(await distanceFromNegative(make('changing'))).toBeGreaterThan(0)
  })
})

describe('a failure', () => {
  it.each([
    ['broken', () => write('broken.onnx', 'this is no model'), 'MODEL_BROKEN'],
    ['cut', () => write('cut.onnx', invertingModel().subarray(0, 60)), 'MODEL_BROKEN'],
    [
      'two-inputs',
      () => write('two-inputs.onnx', invertingModel({ secondInput: true })),
      'MODEL_UNSUPPORTED',
    ],
    ['words', () => write('words.onnx', invertingModel({ dims: [1, 300] })), 'MODEL_UNSUPPORTED'],
    ['nonsense', () => write('nonsense.onnx', invertingModel()), 'MODEL_SETTINGS_INVALID'],
    ['missing', () => undefined, 'MODEL_UNKNOWN'],
    ['../secret', () => write('../secret.onnx', invertingModel()), 'MODEL_UNKNOWN'],
  ])('of the model %s is clear and permanent, and harms no other', async (name, prepare, code) => {
    if (name === 'nonsense') write('nonsense.json', '{"tile":"large"}')
    prepare()
    const failure = await make(name).catch((error: unknown) => error)
    fs.rmSync(path.join(modelsDir, '../secret.onnx'), { force: true })
    expect(failure).toMatchObject({ kind: 'permanent', code })
    expect(String(failure)).not.toContain(modelsDir)
    expect(await make('noir')).toMatchObject({ width })
  })

  it('of the photo is the photo’s, and without one there is nothing to do', async () => {
    const image = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
    await expect(make('noir', { image })).rejects.toMatchObject({ code: 'IMAGE_TYPE_UNSUPPORTED' })
    const { image: _, ...photoless } = request
    await expect(shared.generate(photoless, calm())).rejects.toMatchObject({ code: 'PHOTO_NEEDED' })
  })

  it('to be done in time, or for want of memory, ends the process; the next picture has a new one', async () => {
    const impatient = open({ timeoutMs: 4_000 })
    const late = impatient.generate({ ...request, model: 'slow' }, calm())
    await expect(late).rejects.toMatchObject({ kind: 'retryable', code: 'MODEL_TIMEOUT' })
    expect(await impatient.generate(request, calm())).toMatchObject({ width })
    write('huge.onnx', invertingModel({ enlarge: 4, dims: [1, 3, 1024, 1024] }))
    const small = open({ maxResidentBytes: 300_000_000 })
    const greedy = small.generate({ ...request, model: 'huge' }, calm())
    await expect(greedy).rejects.toMatchObject({ kind: 'permanent', code: 'MODEL_OUT_OF_MEMORY' })
    expect(await small.generate(request, calm())).toMatchObject({ width })
  })
})

describe('the process', () => {
  const newProcess = (others: number[]) => modelProcesses().find((pid) => !others.includes(pid)) ?? 0

  it('is ended by a cancel while a model runs, and by closing', async () => {
    const provider = open()
    const others = modelProcesses()
    const cancel = new AbortController()
    const cancelled = provider.generate({ ...request, model: 'slow' }, { ...calm(), signal: cancel.signal })
    cancelled.catch(() => {})
    await expect.poll(() => newProcess(others)).toBeGreaterThan(0)
    const mine = newProcess(others)
    cancel.abort('cancelled')
    await expect(cancelled).rejects.toBe('cancelled')
    expect(isAlive(mine)).toBe(false)
    await provider.generate(request, calm())
    const next = newProcess(others)
    await provider.close()
    expect([next > 0, next === mine, isAlive(next)]).toEqual([true, false, false])
  })

  it('does not outlive a worker that was killed, not even while a model runs', async () => {
    const script = `
      const { createOnnxProvider } = await import(${JSON.stringify(new URL('onnx-provider.ts', import.meta.url))})
      const image = Buffer.from(${JSON.stringify(request.image?.toString('base64'))}, 'base64')
      const request = { ...${JSON.stringify({ ...request, image: undefined })}, model: 'slow', image }
      const how = { signal: new AbortController().signal, progress: (fraction) => console.log(fraction) }
      await createOnnxProvider({ modelsDir: ${JSON.stringify(modelsDir)} }).generate(request, how)`
    const worker = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await expect.poll(() => modelProcesses(worker.pid).length, { timeout: 10_000 }).toBe(1)
    const [orphan = 0] = modelProcesses(worker.pid)
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    await expect.poll(() => isAlive(orphan), { timeout: 5_000 }).toBe(false)
  })
})

it('models are listed by name and description, and nothing else is', async () => {
  write('anime.json', JSON.stringify({ description: 'Big eyes.' }))
  write('anime.onnx', invertingModel())
  write('.hidden.onnx', '')
  write('with space.onnx', '')
  const models = await listModels(modelsDir)
  expect(models).toContainEqual({ name: 'anime', description: 'Big eyes.' })
  expect(models).toContainEqual({ name: 'nonsense', description: 'An ONNX model, run here.' })
  expect(models.map(({ name }) => name)).not.toContain('.hidden')
  expect(models.map(({ name }) => name)).not.toContain('with space')
  expect(await listModels('/nowhere')).toEqual([])
})
