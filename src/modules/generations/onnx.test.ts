import fs from 'node:fs/promises'
import path from 'node:path'
import { eq } from 'drizzle-orm'
import OpenAI, { BadRequestError, toFile } from 'openai'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { isAlive, modelProcesses } from '../../../test/harness/model-processes.ts'
import { invertingModel, slowModel } from '../../../test/harness/onnx-model.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { jobs } from '../../platform/jobs/jobs.table.ts'

let backlot: TestApp
let ada: Person
let photo: Buffer

beforeAll(async () => {
  backlot = await startTestApp({ worker: true, env: { IMAGE_PROVIDER: 'onnx' } })
  ada = await signUp(backlot)
  const models = path.join(backlot.dataDir, 'models')
  await fs.mkdir(models)
  await fs.writeFile(path.join(models, 'noir.onnx'), invertingModel())
  await fs.writeFile(path.join(models, 'dream.onnx'), slowModel(250))
  await fs.writeFile(path.join(models, 'dream.json'), JSON.stringify({ description: 'Slow.' }))
  await fs.writeFile(path.join(models, 'broken.onnx'), 'no model')
  photo = await sharp({ create: { width: 96, height: 64, channels: 3, background: '#0a1432' } })
    .png()
    .toBuffer()
})
afterAll(() => backlot.close())

const answerShape = z.object({
  data: z.object({ generationId: z.string(), jobId: z.string() }).optional(),
  error: z.object({ errors: z.array(z.object({ path: z.string() })) }).optional(),
})

const send = async (fields: Record<string, string>) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('image', new Blob([new Uint8Array(photo)], { type: 'image/png' }), 'photo.png')
  const headers = { authorization: `Bearer ${ada.token}` }
  const response = await fetch(`${backlot.url}/v1/generations`, { method: 'POST', headers, body: form })
  return { status: response.status, body: answerShape.parse(await response.json()) }
}
const accepted = async (fields: Record<string, string>) => {
  const { status, body } = await send(fields)
  expect(status).toBe(202)
  return body.data ?? expect.fail('no data')
}
const ended = async (id: string) => {
  const read = async () => (await call(backlot, ada, 'GET', `/v1/generations/${id}`)).data
  await expect.poll(async () => (await read()).status, { timeout: 25_000 }).toMatch(/completed|failed/)
  return read()
}
const claimsOf = async (jobId: string) => {
  const [job] = await backlot.platform.db.select().from(jobs).where(eq(jobs.id, jobId))
  return job?.attempt
}

test('styles and models are those of the folder', async () => {
  const { data: styles } = await call(backlot, ada, 'GET', '/v1/generations/styles')
  expect(styles).toEqual([{ name: 'noir', description: 'An ONNX model, run here.' }])
  const { data: models } = await call(backlot, ada, 'GET', '/v1/generations/models')
  expect(models.map(({ name }: { name: string }) => name)).toEqual(['broken', 'dream', 'noir'])
  expect(models[1]).toEqual({ name: 'dream', description: 'Slow.' })
})

test("a photo's negative is stored, pixel by pixel", async () => {
  const { generationId, jobId } = await accepted({ prompt: 'x', style: 'noir' })
  const made = await ended(generationId)
  expect(made).toMatchObject({ status: 'completed', provider: 'onnx', model: 'noir' })
  const url = made.result.url.replace(/^https?:\/\/[^/]+/, backlot.url)
  const stored = Buffer.from(await (await fetch(url)).arrayBuffer())
  const { data, info } = await sharp(stored).raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height, ...data.subarray(0, 3)]).toEqual([96, 64, 0xf5, 0xeb, 0xcd])
  expect(await claimsOf(jobId)).toBe(1)
})

test('what is not offered is refused by field, and a broken model fails its own picture alone', async () => {
  expect((await send({ prompt: 'x', style: 'anime' })).body.error?.errors).toMatchObject([{ path: 'style' }])
  for (const model of ['nothing', '../noir', '/etc/passwd']) {
    const { status, body } = await send({ prompt: 'x', style: 'noir', model })
    expect([status, body.error?.errors[0]?.path]).toEqual([422, 'model'])
  }
  const photoless = await call(backlot, ada, 'POST', '/v1/generations', {
    body: { prompt: 'x', style: 'noir' },
  })
  expect(photoless.status).toBe(422)
  const { generationId, jobId } = await accepted({ prompt: 'x', style: 'noir', model: 'broken' })
  expect(await ended(generationId)).toMatchObject({
    status: 'failed',
    errorCode: 'MODEL_BROKEN',
    result: null,
  })
  expect(await claimsOf(jobId)).toBe(1)
})

test('a picture whose process is killed is made by another process', async () => {
  const { generationId, jobId } = await accepted({ prompt: 'x', style: 'noir', model: 'dream' })
  await expect
    .poll(async () => (await call(backlot, ada, 'GET', `/v1/jobs/${jobId}`)).data.progress)
    .toBeTruthy()
  const [pid = 0] = modelProcesses()
  process.kill(pid, 'SIGKILL')
  expect(await ended(generationId)).toMatchObject({ status: 'completed', model: 'dream' })
  expect(await claimsOf(jobId)).toBe(2)
  expect(isAlive(pid)).toBe(false)
  expect(modelProcesses()).not.toContain(pid)
})

test('an OpenAI client is told at once what these models do not do, and its edits are made by those there are', async () => {
  const scopes = ['generations:create', 'generations:read'] as const
  const apiKey = (await newKeyOf(backlot.platform.db, ada.id, [...scopes])).text
  const openai = new OpenAI({ apiKey, baseURL: `${backlot.url}/v1`, maxRetries: 0 })
  const ids = []
  for await (const { id } of openai.models.list()) ids.push(id)
  expect(ids).toEqual(['backlot', 'onnx', 'backlot-noir', 'broken', 'dream', 'noir'])
  const before = await backlot.platform.db.$count(jobs)
  const refused = await openai.images.generate({ prompt: 'x', model: 'noir' }).catch((error) => error)
  expect(refused).toBeInstanceOf(BadRequestError)
  expect(refused).toMatchObject({ param: 'image', type: 'invalid_request_error' })
  const image = () => toFile(photo, 'photo.png')
  const unknown = openai.images.edit({ prompt: 'x', model: 'backlot-anime', image: await image() })
  await expect(unknown).rejects.toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
  expect(await backlot.platform.db.$count(jobs)).toBe(before)
  for (const model of ['noir', 'backlot-noir']) {
    const { data } = await openai.images.edit({ prompt: 'x', model, image: await image() })
    const made = sharp(Buffer.from(data?.[0]?.b64_json ?? '', 'base64')).raw()
    expect([...(await made.toBuffer()).subarray(0, 3)]).toEqual([0xf5, 0xeb, 0xcd])
  }
})
