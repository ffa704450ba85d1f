import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type Automatic1111Server,
  startAutomatic1111Server,
} from '../../../../../test/fakes/automatic1111-server.ts'
import { colourOf } from '../../../../../test/fakes/painted-picture.ts'
import type { GenerateOptions, ImageProvider, ImageRequest } from '../provider.ts'
import { type Automatic1111ProviderOptions, createAutomatic1111Provider } from './automatic1111-provider.ts'

const photo = readFileSync(
  new URL('../../../../../test/fixtures/portrait-exif-orientation-6.jpg', import.meta.url),
)
const request: ImageRequest = {
  prompt: 'a lighthouse',
  style: 'sketch',
  seed: 77,
  strength: 0.6,
  size: { width: 203, height: 130 },
  idempotencyKey: 'generation-1',
}
const calm = (): GenerateOptions => ({ signal: new AbortController().signal, progress: () => {} })

let server: Automatic1111Server
const providers: ImageProvider[] = []

function open(options: Partial<Automatic1111ProviderOptions> = {}): ImageProvider {
  const provider = createAutomatic1111Provider({
    url: server.url,
    checkpoint: undefined,
    pollMs: 20,
    ...options,
  })
  providers.push(provider)
  return provider
}

beforeEach(async () => {
  server = await startAutomatic1111Server()
})

afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()))
  await server.close()
})

describe('what is sent', () => {
  it('is a prompt in traits, under our name for the work and with the credentials of the address', async () => {
    const url = `http://ada:p%40ss@${server.host}`
    const result = await open({ url, checkpoint: 'sdxl' }).generate(request, calm())
    expect(result).toMatchObject({ contentType: 'image/png', width: 200, height: 128, model: 'sdxl' })
    expect((await sharp(result.data).raw().toBuffer()).subarray(0, 3)).toEqual(
      Buffer.from(Object.values(colourOf(77))),
    )
    expect(server.works).toMatchObject([
      {
        path: '/sdapi/v1/txt2img',
        authorization: `Basic ${btoa('ada:p@ss')}`,
        body: {
          prompt: 'a lighthouse, a graphite pencil sketch with hatching',
          seed: 77,
          force_task_id: 'generation-1',
          save_images: false,
          override_settings: { sd_model_checkpoint: 'sdxl' },
        },
      },
    ])
  })

  it('is a photo upright and without metadata, and how strongly it changes', async () => {
    const result = await open().generate({ ...request, size: undefined, image: photo }, calm())
    expect(result).toMatchObject({ width: 448, height: 600 })
    const [{ path, body }] = [...server.works, { path: '', body: { init_images: [] } }]
    expect([path, 'override_settings' in body]).toEqual(['/sdapi/v1/img2img', false])
    expect(body).toMatchObject({ denoising_strength: 0.6 })
    const sent = await sharp(Buffer.from(body.init_images?.[0] ?? '', 'base64')).metadata()
    expect([sent.width, sent.height, sent.exif]).toEqual([450, 600, undefined])
  })
})

describe('a failure', () => {
  it.each([
    ['out-of-memory', 'retryable', 'PROVIDER_FAILED'],
    ['invalid', 'permanent', 'PROVIDER_REJECTED'],
    ['unauthorized', 'permanent', 'PROVIDER_CREDENTIALS'],
    ['no-api', 'permanent', 'PROVIDER_REJECTED'],
    ['bad-gateway', 'unknown-outcome', 'PROVIDER_FAILED'],
    ['not-json', 'permanent', 'PROVIDER_ANSWER_UNUSABLE'],
    ['garbage', 'permanent', 'PROVIDER_ANSWER_UNUSABLE'],
    ['oversized', 'permanent', 'PROVIDER_ANSWER_UNUSABLE'],
    ['endless', 'permanent', 'PROVIDER_ANSWER_TOO_LARGE'],
  ] as const)('by %s is %s', async (behaviour, kind, code) => {
    server.next(behaviour)
    const failure = await open()
      .generate(request, calm())
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ kind, code })
    expect(String(failure)).not.toContain('CUDA')
    expect(server.works).toHaveLength(1)
  })

  it('that passes soon is waited for', async () => {
    server.next('rate-limited')
    expect(await open().generate(request, calm())).toMatchObject({ width: 200 })
    expect(server.works).toHaveLength(2)
  })

  it('of the connection ends the work that it left behind before it asks again', async () => {
    server.next('cut-off')
    expect(await open().generate(request, calm())).toMatchObject({ width: 200 })
    expect(server.interrupted).toEqual(['generation-1'])
    expect(server.overlaps()).toBe(0)
  })

  it('to be done in time ends the work over there', async () => {
    server.next('stall', 'stall')
    await expect(open({ timeoutMs: 200 }).generate(request, calm())).rejects.toMatchObject({
      code: 'PROVIDER_TIMEOUT',
    })
    expect(new Set(server.interrupted)).toEqual(new Set(['generation-1']))
    expect(server.currentTask()).toBeUndefined()
  })
})

describe('the provider', () => {
  it('tells how far its own picture is, and interrupts it when it is cancelled', async () => {
    server.next('stall')
    const cancel = new AbortController()
    const told: number[] = []
    const result = open().generate(request, { signal: cancel.signal, progress: (f) => told.push(f) })
    result.catch(() => {})
    await expect.poll(() => told, { interval: 5 }).toContain(0.5)
    cancel.abort('cancelled')
    await expect(result).rejects.toBe('cancelled')
    expect(server.interrupted).toEqual(['generation-1'])
  })

  it("leaves another's work alone", async () => {
    server.next('stall', 'stall')
    const [ours, others] = [new AbortController(), new AbortController()]
    const left = open().generate(
      { ...request, idempotencyKey: 'other' },
      { ...calm(), signal: others.signal },
    )
    left.catch(() => {})
    await expect.poll(() => server.currentTask(), { interval: 5 }).toBe('other')
    const provider = open()
    server.next()
    const second = provider.generate(request, { ...calm(), signal: ours.signal })
    second.catch(() => {})
    ours.abort('cancelled')
    await expect(second).rejects.toBe('cancelled')
    expect(server.interrupted).toEqual([])
    server.finish()
    expect(await left).toMatchObject({ width: 200 })
  })

  it('ends what a worker that died has left', async () => {
    server.next('stall')
    const first = open()
    const cut = new AbortController()
    const left = first.generate(request, { ...calm(), signal: cut.signal })
    left.catch(() => {})
    await expect.poll(() => server.currentTask(), { interval: 5 }).toBe('generation-1')
    cut.abort('lease-lost')
    await expect(left).rejects.toBe('lease-lost')
    expect(server.currentTask()).toBe('generation-1')
    expect(await open().generate(request, calm())).toMatchObject({ width: 200 })
    expect(server.interrupted).toEqual(['generation-1'])
    expect(server.overlaps()).toBe(0)
  })
})
