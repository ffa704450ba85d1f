import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type OpenAiImagesServer,
  startOpenAiImagesServer,
} from '../../../../../test/fakes/openai-images-server.ts'
import type { GenerateOptions, ImageProvider, ImageRequest } from '../provider.ts'
import { createOpenAiProvider, type OpenAiProviderOptions } from './openai-provider.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../../../../test/fixtures/${name}`, import.meta.url))
const apiKey = 'sk-test-0123456789'
const request: ImageRequest = {
  prompt: 'a lighthouse',
  style: 'watercolor',
  seed: 1,
  strength: 0.5,
  size: { width: 1200, height: 800 },
  idempotencyKey: 'generation-1',
}
const calm = (): GenerateOptions => ({ signal: new AbortController().signal, progress: () => {} })

let server: OpenAiImagesServer
const providers: ImageProvider[] = []

function open(options: Partial<OpenAiProviderOptions> = {}): ImageProvider {
  const provider = createOpenAiProvider({ baseUrl: server.baseUrl, apiKey, model: 'gpt-image-1', ...options })
  providers.push(provider)
  return provider
}

beforeEach(async () => {
  server = await startOpenAiImagesServer()
})

afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()))
  await server.close()
})

describe('what is sent', () => {
  it('is a generation in JSON, with the style in words, the key and the idempotency key', async () => {
    const result = await open().generate(request, calm())
    expect(result).toMatchObject({
      contentType: 'image/png',
      width: 1536,
      height: 1024,
      model: 'gpt-image-1',
    })
    expect(server.requests).toHaveLength(1)
    expect(server.requests[0]).toMatchObject({
      path: '/v1/images/generations',
      authorization: `Bearer ${apiKey}`,
      idempotencyKey: 'generation-1',
      fields: { model: 'gpt-image-1', n: 1, size: '1536x1024' },
    })
    expect(server.requests[0]?.fields).not.toHaveProperty('response_format')
    expect(server.requests[0]?.fields.prompt).toMatch(/^a lighthouse\n\nStyle: a watercolor/)
  })

  it('is an edit in multipart with a photo, upright and without what the camera noted', async () => {
    await open().generate(
      { ...request, size: undefined, image: fixture('portrait-exif-orientation-6.jpg') },
      calm(),
    )
    const sent = server.requests[0]
    expect(sent).toMatchObject({ path: '/v1/images/edits', fields: { size: '1024x1536', n: '1' } })
    expect(sent?.fields.prompt).toMatch(/Restyle the photo as a watercolor/)
    const metadata = await sharp(sent?.image).metadata()
    expect(metadata).toMatchObject({ format: 'png', width: 450, height: 600 })
    expect([metadata.exif, metadata.orientation]).toEqual([undefined, undefined])
  })

  it('is a mask too, as large as the photo that is sent', async () => {
    const mask = await sharp({ create: { width: 450, height: 600, channels: 4, background: '#0000' } })
      .png()
      .toBuffer()
    const image = await sharp(fixture('portrait-exif-orientation-6.jpg')).resize(2000, 3000).toBuffer()
    await open().generate({ ...request, size: undefined, image, mask }, calm())
    const [sent] = server.requests
    const size = { width: 1024, height: 1536 }
    expect(await sharp(sent?.image).metadata()).toMatchObject(size)
    expect(await sharp(sent?.mask).metadata()).toMatchObject({ ...size, format: 'png', hasAlpha: true })
  })

  it.each([
    ['dall-e-3', '1792x1024'],
    ['dall-e-2', '1024x1024'],
    ['gpt-image-1-mini', '1536x1024'],
    ['stable-diffusion', '1200x800'],
  ])('asks %s for a size that it offers, and for base64 where that is a choice', async (model, size) => {
    await open({ model, baseUrl: `${server.baseUrl}/` }).generate(request, calm())
    const format = model.startsWith('gpt') ? undefined : 'b64_json'
    expect(server.requests[0]).toMatchObject({ path: '/v1/images/generations', fields: { size } })
    expect(server.requests[0]?.fields.response_format).toBe(format)
  })

  it('is nothing when the photo is none', async () => {
    const image = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
    const failure = { kind: 'permanent', code: 'IMAGE_TYPE_UNSUPPORTED' }
    await expect(open().generate({ ...request, image }, calm())).rejects.toMatchObject(failure)
    expect(server.requests).toHaveLength(0)
  })
})

describe('an answer by URL', () => {
  it('is fetched from the API itself, without credentials, and again when that breaks off', async () => {
    server.next('url', 'url-fails-once')
    expect(await open().generate(request, calm())).toMatchObject({ width: 1536, height: 1024 })
    server.downloads.length = 0
    await open().generate({ ...request, idempotencyKey: 'generation-2' }, calm())
    expect(server.downloads).toHaveLength(2)
    expect(server.downloads.map((download) => download.authorization)).toEqual([undefined, undefined])
    expect(server.requests).toHaveLength(2)
  })

  it('is not fetched from elsewhere, nor through a redirect', async () => {
    server.next('url-foreign', 'url-redirects')
    await expect(open().generate(request, calm())).rejects.toMatchObject({ kind: 'permanent' })
    expect(server.downloads).toHaveLength(0)
    await expect(open().generate(request, calm())).rejects.toMatchObject({
      kind: 'unknown-outcome',
      code: 'PROVIDER_DOWNLOAD_FAILED',
    })
    expect(server.downloads.every(({ path }) => path.startsWith('/pictures/'))).toBe(true)
  })
})

describe('a failure', () => {
  it('is waited for once when it is short', async () => {
    server.next({ rateLimited: { retryAfterSeconds: 1 } })
    const startedAt = performance.now()
    expect(await open().generate(request, calm())).toMatchObject({ width: 1536 })
    expect(performance.now() - startedAt).toBeGreaterThan(950)
    expect(server.requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
      'generation-1',
      'generation-1',
    ])
  })

  it.each([
    [{ rateLimited: { retryAfterSeconds: 30 } }, 'retryable', 'PROVIDER_RATE_LIMITED', 30_000],
    ['error-500', 'retryable', 'PROVIDER_FAILED', 5_000],
    ['error-502', 'unknown-outcome', 'PROVIDER_FAILED', 5_000],
    ['cut-off', 'unknown-outcome', 'PROVIDER_CUT_OFF', 1_000],
    ['not-json', 'unknown-outcome', 'PROVIDER_CUT_OFF', 1_000],
    ['redirect', 'permanent', 'PROVIDER_REJECTED', undefined],
    ['content-policy', 'permanent', 'CONTENT_REFUSED', undefined],
    ['not-an-image', 'permanent', 'PROVIDER_ANSWER_UNUSABLE', undefined],
    ['endless', 'permanent', 'PROVIDER_ANSWER_TOO_LARGE', undefined],
  ] as const)('of %j is %s, and not repeated here', async (behaviour, kind, code, retryAfterMs) => {
    server.next(behaviour)
    await expect(open().generate(request, calm())).rejects.toMatchObject({ kind, code, retryAfterMs })
    expect(server.requests).toHaveLength(1)
  })

  it('shows a short clean piece of what the far end said, without the key', async () => {
    server.next('content-policy')
    const failure = await open()
      .generate(request, calm())
      .catch((error: unknown) => error)
    expect(String(failure)).toBe(
      'ImageProviderError: The image provider refused this content. ' +
        'It said: "Your request was rejected by our safety system (Bearer [hidden])."',
    )
  })

  it('to connect is tried twice and made nothing', async () => {
    const provider = open()
    await server.close()
    await expect(provider.generate(request, calm())).rejects.toMatchObject({
      kind: 'retryable',
      code: 'PROVIDER_UNREACHABLE',
    })
    server = await startOpenAiImagesServer()
  })

  it('to answer in time may have been paid for, and the same key does not pay again', async () => {
    server.next('stall')
    const provider = open({ timeoutMs: 300 })
    await expect(provider.generate(request, calm())).rejects.toMatchObject({
      kind: 'unknown-outcome',
      code: 'PROVIDER_TIMEOUT',
    })
    server.next({ lateMs: 20 })
    expect(await provider.generate(request, calm())).toMatchObject({ width: 1536 })
    expect(server.requests).toHaveLength(2)
    expect(server.picturesMade).toBe(1)
  })
})

describe('the breaker', () => {
  it('opens after outages and asks no more', async () => {
    server.always('error-500')
    const provider = open()
    for (let n = 0; n < 5; n++) {
      await expect(provider.generate(request, calm())).rejects.toMatchObject({ code: 'PROVIDER_FAILED' })
    }
    await expect(provider.generate(request, calm())).rejects.toMatchObject({
      kind: 'retryable',
      code: 'PROVIDER_UNAVAILABLE',
      retryAfterMs: 30_000,
    })
    expect(server.requests).toHaveLength(5)
  })

  it('stays closed when content is refused', async () => {
    server.always('content-policy')
    const provider = open()
    for (let n = 0; n < 8; n++) {
      await expect(provider.generate(request, calm())).rejects.toMatchObject({ code: 'CONTENT_REFUSED' })
    }
    server.always('base64')
    expect(await provider.generate(request, calm())).toMatchObject({ width: 1536 })
  })
})

describe('the provider', () => {
  it('asks for no more pictures at a time than it may', async () => {
    server.always('stall')
    const provider = open({ maxConcurrent: 2 })
    const stop = new AbortController()
    const all = Promise.allSettled(
      [1, 2, 3].map(() => provider.generate(request, { ...calm(), signal: stop.signal })),
    )
    await server.received(2)
    await new Promise((resolve) => setImmediate(resolve))
    stop.abort(new Error('enough'))
    expect((await all).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(server.requests).toHaveLength(2)
  })

  it('rejects a cancelled request with the reason', async () => {
    server.next('stall')
    const cancel = new AbortController()
    const cancelled = open().generate(request, { ...calm(), signal: cancel.signal })
    cancelled.catch(() => {})
    await server.received(1)
    cancel.abort(new Error('cancelled by its owner'))
    await expect(cancelled).rejects.toThrow('cancelled by its owner')
  })

  it('leaves an unknown outcome behind when it closes during a request', async () => {
    server.next('stall')
    const provider = open()
    const left = provider.generate(request, calm())
    left.catch(() => {})
    await server.received(1)
    await provider.close()
    await expect(left).rejects.toMatchObject({ kind: 'unknown-outcome', code: 'PROVIDER_CLOSED' })
    await expect(provider.generate(request, calm())).rejects.toMatchObject({
      kind: 'retryable',
      code: 'PROVIDER_CLOSED',
    })
  })
})
