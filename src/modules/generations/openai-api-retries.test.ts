import http from 'node:http'
import { eq, sql } from 'drizzle-orm'
import OpenAI, { BadRequestError, InternalServerError, toFile } from 'openai'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startOpenAiImagesServer } from '../../../test/fakes/openai-images-server.ts'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { generations } from './generations.table.ts'

let provider: Awaited<ReturnType<typeof startOpenAiImagesServer>>
let backlot: TestApp
let proxy: TcpProxy
let ada: Person
let apiKey: string

beforeAll(async () => {
  provider = await startOpenAiImagesServer()
  const env = { IMAGE_PROVIDER: 'openai', OPENAI_BASE_URL: provider.baseUrl, OPENAI_API_KEY: 'sk-test' }
  backlot = await startTestApp({ worker: true, env })
  proxy = await TcpProxy.start(backlot.url)
})
afterAll(async () => {
  await proxy.close()
  await backlot.close()
  await provider.close()
})
beforeEach(async () => {
  provider.requests.length = 0
  ada = await signUp(backlot)
  apiKey = await newKey()
})

const newKey = async () => (await newKeyOf(backlot.platform.db, ada.id, ['generations:create'])).text
const client = (options: { maxRetries?: number; defaultHeaders?: Record<string, string> } = {}) =>
  new OpenAI({ apiKey, baseURL: `${proxy.url}v1`, maxRetries: 2, ...options })
const made = () => backlot.platform.db.select().from(generations).where(eq(generations.ownerId, ada.id))
const wish = { prompt: 'a lighthouse', size: '1024x1024' } as const
const pictureOf = ({ data }: OpenAI.ImagesResponse) => data?.[0]?.b64_json

test('a connection that is cut after the request was taken costs one picture, and gives it', async () => {
  provider.next({ lateMs: 300 })
  const asked = client().images.generate(wish)
  await provider.received(1)
  await proxy.restore()
  expect(pictureOf(await asked)).toMatch(/^iVBOR/)
  expect(provider.requests).toHaveLength(1)
  expect(await made()).toHaveLength(1)
})

test('so does an edit, whose photo is kept once', async () => {
  provider.next({ lateMs: 300 })
  const photo = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#369' } })
    .png()
    .toBuffer()
  const asked = client().images.edit({ ...wish, image: await toFile(photo, 'photo.png') })
  await provider.received(1)
  await proxy.restore()
  expect(pictureOf(await asked)).toMatch(/^iVBOR/)
  expect(provider.requests).toHaveLength(1)
  expect((await call(backlot, ada, 'GET', '/v1/files?kind=image')).data).toHaveLength(1)
})

test('equal requests at once are two, and stay two when both are repeated', async () => {
  provider.next({ lateMs: 300 }, { lateMs: 300 })
  const ask = () => client().images.generate({ ...wish, response_format: 'url' })
  const asked = [ask(), ask()]
  await provider.received(2)
  await proxy.restore()
  const pictures = (await Promise.all(asked)).map(({ data }) => data?.[0]?.url)
  expect(new Set(pictures).size).toBe(2)
  expect(provider.requests).toHaveLength(2)
})

test('an equal request that is no repetition makes a picture of its own', async () => {
  const first = await client().images.generate(wish)
  const second = await client().images.generate(wish)
  expect(pictureOf(first)).not.toBe(pictureOf(second))
  expect(await made()).toHaveLength(2)
})

test("a repetition by another key gets nothing of the first one's", async () => {
  await client().images.generate(wish)
  apiKey = await newKey()
  await client({ defaultHeaders: { 'X-Stainless-Retry-Count': '1' } }).images.generate(wish)
  expect(await made()).toHaveLength(2)
})

test('what takes longer than a request may wait is waited for by the next one', async () => {
  provider.next({ lateMs: 1_500 })
  const defaultHeaders = { Prefer: 'wait=1' }
  expect(pictureOf(await client({ defaultHeaders }).images.generate(wish))).toMatch(/^iVBOR/)
  expect(provider.requests).toHaveLength(1)
  provider.next({ lateMs: 300 })
  const hasty = client({ maxRetries: 0, defaultHeaders: { Prefer: 'wait=0' } })
  const ended = await hasty.images.generate(wish).catch((error: unknown) => error)
  expect(ended).toBeInstanceOf(InternalServerError)
  expect(ended).toMatchObject({ status: 503, type: 'server_error', code: 'generation_in_progress' })
  await provider.received(2)
})

test('an Idempotency-Key makes one picture of many requests, of one key and of one wish', async () => {
  const headers = { 'Idempotency-Key': 'once-only' }
  const ask = (prompt: string = wish.prompt) => client().images.generate({ ...wish, prompt }, { headers })
  const pictures = [await ask(), await ask()].map(pictureOf)
  expect(new Set(pictures).size).toBe(1)
  expect(await made()).toHaveLength(1)
  const reused = { status: 400, code: 'idempotency_key_reused' }
  await expect(ask('another')).rejects.toMatchObject(reused)
  apiKey = await newKey()
  await expect(ask()).rejects.toMatchObject(reused)
  expect(provider.requests).toHaveLength(1)
})

test('what the provider refused, or may have billed, is told and not asked for again', async () => {
  provider.next('content-policy')
  const refused = await client()
    .images.generate(wish)
    .catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(BadRequestError)
  expect(refused).toMatchObject({ type: 'image_generation_user_error', code: 'moderation_blocked' })
  provider.next('cut-off')
  await expect(client().images.generate(wish)).rejects.toMatchObject({
    status: 503,
    code: 'provider_outcome_unknown',
  })
  expect(provider.requests).toHaveLength(2)
})

test('a first attempt whose client has left starts nothing, when the second overtakes it', async () => {
  const { db } = backlot.platform
  const waiting = async () =>
    (await db.execute(sql`select 1 from pg_locks where locktype = 'advisory' and not granted`)).rows.length
  const connections = () =>
    new Promise<number>((resolve) => backlot.app.server.getConnections((_error, count) => resolve(count)))
  const send = (repetition: string) => {
    const headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'x-stainless-retry-count': repetition,
    }
    const request = http.request(`${backlot.url}/v1/images/generations`, { method: 'POST', headers })
    request.on('error', () => undefined).end(JSON.stringify(wish))
    return request
  }
  let second: http.ClientRequest | undefined
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`generations of ${ada.id}`}, 0))`)
    const before = await connections()
    const first = send('0')
    await expect.poll(waiting).toBe(1)
    first.destroy()
    await expect.poll(connections).toBe(before)
    second = send('1')
    await expect.poll(waiting).toBe(2)
  })
  await new Promise((resolve) => second?.once('response', resolve))
  expect(await made()).toHaveLength(1)
})
