import { createReadStream } from 'node:fs'
import path from 'node:path'
import { eq } from 'drizzle-orm'
import OpenAI, {
  AuthenticationError,
  BadRequestError,
  ConflictError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  toFile,
} from 'openai'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import type { Permission } from '../auth/permissions.ts'
import { generations } from './generations.table.ts'

let backlot: TestApp
let ada: Person
let openai: OpenAI

beforeAll(async () => {
  backlot = await startTestApp({ worker: true, env: { RATE_LIMIT_IDENTITY_PER_MINUTE: '60' } })
  ada = await signUp(backlot)
  openai = await clientOf(ada, ['generations:create', 'generations:read'])
})
afterAll(() => backlot.close())

const clientFor = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${backlot.url}/v1`, maxRetries: 0 })
const clientOf = async (who: Person, scopes: Permission[]) =>
  clientFor((await newKeyOf(backlot.platform.db, who.id, scopes)).text)
const made = (who: Person) =>
  backlot.platform.db.select().from(generations).where(eq(generations.ownerId, who.id))

const prompt = 'a lighthouse at dusk'
const size = '256x256'
const flowers = path.join(import.meta.dirname, '../../../test/fixtures/flowers.jpg')
const photo = () => createReadStream(flowers)

test('makes a PNG by default, in the answer', async () => {
  const { created, data, output_format, size: told } = await openai.images.generate({ prompt, size })
  expect(Math.abs(created - Date.now() / 1_000)).toBeLessThan(60)
  expect([output_format, told, data?.length]).toEqual(['png', size, 1])
  const picture = Buffer.from(data?.[0]?.b64_json ?? '', 'base64')
  expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width: 256, height: 256 })
})

test('makes several, different ones, of another format, as links that work without a key', async () => {
  const wish = { prompt, size, n: 2, output_format: 'webp', response_format: 'url' } as const
  const { data } = await openai.images.generate({ ...wish, model: 'backlot-noir', output_compression: 50 })
  const pictures = await Promise.all(
    (data ?? []).map(async ({ url = '' }) => Buffer.from(await (await fetch(url)).arrayBuffer())),
  )
  expect(pictures).toHaveLength(2)
  expect(pictures[0]?.equals(pictures[1] ?? Buffer.alloc(0))).toBe(false)
  for (const picture of pictures) expect((await sharp(picture).metadata()).format).toBe('webp')
  const stored = (await made(ada)).filter(({ style }) => style === 'noir')
  expect(stored).toHaveLength(2)
  expect(stored.every(({ status }) => status === 'completed')).toBe(true)
})

test('what it makes are generations and files like any other', async () => {
  const [newest] = (await call(backlot, ada, 'GET', '/v1/generations')).data
  expect(newest).toMatchObject({ prompt, status: 'completed', result: { contentType: 'image/webp' } })
})

test.each([
  ['n', { n: 11 }],
  ['n', { n: 0 }],
  ['size', { size: '32x32' }],
  ['size', { size: '4096x4096' }],
  ['size', { size: 'large' }],
  ['output_format', { output_format: 'gif' }],
  ['background', { background: 'transparent' }],
  ['stream', { stream: true }],
  ['prompt', { prompt: '' }],
  ['prompt', { prompt: undefined }],
  ['frame_count', { frame_count: 3 }],
])('refuses %s: %j', async (param, wrong) => {
  const before = await made(ada)
  const refused = await openai.images.generate({ prompt, ...wrong } as never).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(BadRequestError)
  expect(refused).toMatchObject({ status: 400, type: 'invalid_request_error', param })
  expect(await made(ada)).toHaveLength(before.length)
})

test('null is as good as nothing, and what changes nothing is taken', async () => {
  const { data } = await openai.images.generate({
    ...{ prompt, size, n: null, model: null, output_format: null, response_format: null, stream: null },
    ...{ quality: 'high', style: 'vivid', background: 'auto', moderation: 'low', user: 'user-1' },
  })
  expect(data).toHaveLength(1)
})

test('lists its models, and knows no other', async () => {
  const ids = (await openai.models.list()).data.map(({ id }) => id)
  expect(ids.slice(0, 3)).toEqual(['backlot', 'local', 'backlot-photorealistic'])
  expect(await openai.models.retrieve('local')).toMatchObject({ id: 'local', object: 'model' })
  const unknown = { code: 'model_not_found', param: 'model' }
  await expect(openai.models.retrieve('gpt-4')).rejects.toMatchObject(unknown)
  const refused = openai.images.generate({ prompt, model: 'dall-e-9' })
  await expect(refused).rejects.toBeInstanceOf(NotFoundError)
  await expect(refused).rejects.toMatchObject(unknown)
  const edit = openai.images.edit({ prompt, model: 'dall-e-9', image: photo() })
  await expect(edit).rejects.toMatchObject(unknown)
})

test('no key, a wrong one and one of too small a scope make nothing', async () => {
  const eve = await signUp(backlot)
  const wrong = clientFor(`bk_${'a'.repeat(40)}`)
  for (const ask of [
    () => wrong.images.generate({ prompt }),
    () => wrong.images.edit({ prompt, image: photo() }),
    () => wrong.models.list(),
  ]) {
    const refused = await ask().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(AuthenticationError)
    expect(refused).toMatchObject({ code: 'invalid_api_key', requestID: expect.any(String) })
  }
  for (const key of [`bk_${'a'.repeat(40)}`, 'sk-of-another-service', 'sk.with.dots']) {
    const refused = await clientFor(key)
      .models.list()
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'invalid_api_key', type: 'invalid_request_error', param: null })
    expect(refused).toHaveProperty('error.message', expect.stringMatching(/^Incorrect API key provided/))
  }
  const keyless = await fetch(`${backlot.url}/v1/models`)
  expect(await keyless.json()).toMatchObject({
    error: { code: 'invalid_api_key', message: expect.stringMatching(/did not provide an API key/) },
  })
  const reader = await clientOf(eve, ['generations:read', 'files:read', 'jobs:read'])
  for (const ask of [reader.images.generate({ prompt }), reader.images.edit({ prompt, image: photo() })]) {
    await expect(ask).rejects.toBeInstanceOf(PermissionDeniedError)
  }
  expect((await reader.models.list()).data.length).toBeGreaterThan(2)
  expect(await made(eve)).toEqual([])
})

test('a body that cannot be read is told in the same shape', async () => {
  const send = (body: string, type: Record<string, string>) =>
    fetch(`${backlot.url}/v1/images/generations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${openai.apiKey}`, ...type },
      body,
    })
  const json = { 'content-type': 'application/json' }
  const problem = { ...json, accept: 'application/problem+json' }
  for (const [answer, status] of [
    [await send('{', json), 400],
    [await send('{', problem), 400],
    [await send('prompt', { 'content-type': 'text/plain' }), 415],
    [await send(JSON.stringify({ prompt: 'a'.repeat(11 * 1024 * 1024) }), json), 413],
  ] as const) {
    expect(answer.status).toBe(status)
    const told: object = JSON.parse(await answer.text())
    expect(Object.keys(told)).toEqual(['error'])
  }
})

test('too many unfinished ones are a rate limit that says when to come back', async () => {
  const gus = await signUp(backlot)
  const client = await clientOf(gus, ['generations:create'])
  const wish = { ownerId: gus.id, jobId: gus.id, prompt, style: 'noir', seed: 1, strength: 1 } as const
  const waiting = Array.from({ length: 199 }, () => ({ ...wish, provider: 'local' as const }))
  await backlot.platform.db.insert(generations).values(waiting)
  const refused = await client.images.generate({ prompt, n: 2 }).catch((error: unknown) => error)
  if (!(refused instanceof RateLimitError)) throw refused
  expect(refused).toMatchObject({ type: 'rate_limit_error', code: 'too_many_generations' })
  expect(Number(refused.headers?.get('retry-after'))).toBeGreaterThan(0)
})

test('so is a limit by key', async () => {
  const ben = await signUp(backlot)
  const client = await clientOf(ben, ['generations:read'])
  for (let count = 0; count < 60; count++) await client.models.list()
  const refused = await client.models.list().catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(RateLimitError)
  expect(refused).toMatchObject({ type: 'rate_limit_error', code: 'rate_limit_exceeded' })
})

test('one that its owner cancels ends the request, which is not repeated', async () => {
  const cora = await signUp(backlot)
  const key = await newKeyOf(backlot.platform.db, cora.id, ['generations:create'])
  const client = new OpenAI({ apiKey: key.text, baseURL: `${backlot.url}/v1`, maxRetries: 2 })
  const asked = client.images
    .generate({ prompt, size: '2048x2048', model: 'backlot-oil-painting' })
    .catch((error: unknown) => error)
  await expect.poll(() => made(cora)).toHaveLength(1)
  const [{ id } = { id: '' }] = await made(cora)
  expect((await call(backlot, cora, 'POST', `/v1/generations/${id}/cancel`)).status).toBe(202)
  const ended = await asked
  expect(ended).toBeInstanceOf(ConflictError)
  expect(ended).toMatchObject({ code: 'generation_cancelled' })
  expect(await made(cora)).toHaveLength(1)
})

test('a photo that is too large or none at all is refused, and not kept', async () => {
  const noPicture = await toFile(Buffer.from('no picture'), 'photo.png')
  const bad = await openai.images.edit({ prompt, image: noPicture }).catch((error: unknown) => error)
  expect(bad).toBeInstanceOf(BadRequestError)
  expect(bad).toMatchObject({ param: 'image' })
  const large = await toFile(Buffer.alloc(26 * 1024 * 1024), 'photo.png')
  await expect(openai.images.edit({ prompt, image: large })).rejects.toMatchObject({
    status: 413,
    type: 'invalid_request_error',
  })
  expect((await call(backlot, ada, 'GET', '/v1/files?kind=image')).data).toEqual([])
})
