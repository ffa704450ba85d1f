import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, formOf, type Person, signUp } from '../../../test/harness/client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { generations } from './generations.table.ts'

let backlot: TestApp
let ada: Person
let ben: Person

beforeAll(async () => {
  backlot = await startTestApp({ worker: true })
  ada = await signUp(backlot)
  ben = await signUp(backlot)
})
afterAll(() => backlot.close())

const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, '../../../test/fixtures', name))
const wish = { prompt: 'sunset over the sea', style: 'noir', size: '256x256' }

const create = (body: object, headers: Record<string, string> = {}, who = ada) =>
  call(backlot, who, 'POST', '/v1/generations', { body, headers })
const show = (id: string, who = ada) => call(backlot, who, 'GET', `/v1/generations/${id}`)
const made = async (body: object) => {
  const created = await create(body, { prefer: 'wait=20' })
  expect(created).toMatchObject({ status: 202, data: { status: 'completed' } })
  return (await show(created.data.generationId)).data
}
const picture = async (generation: { result: { url: string } }) =>
  Buffer.from(
    await (await fetch(generation.result.url.replace(/^https?:\/\/[^/]+/, backlot.url))).arrayBuffer(),
  )

test('the same wish and seed give the same picture, another seed another', async () => {
  const [first, second, other] = [
    await made({ ...wish, seed: 5 }),
    await made({ ...wish, seed: 5 }),
    await made({ ...wish, seed: 6 }),
  ]
  expect(first.result).toMatchObject({ width: 256, height: 256 })
  expect((await picture(first)).equals(await picture(second))).toBe(true)
  expect((await picture(first)).equals(await picture(other))).toBe(false)
})

test('a generation without a seed tells the one it chose, and can be made again with it', async () => {
  const first = await made(wish)
  const again = await made({ ...wish, seed: first.seed })
  expect((await picture(first)).equals(await picture(again))).toBe(true)
})

test('works on a photo of a form, which becomes a file', async () => {
  const form = await formOf({
    ...wish,
    strength: '0.5',
    image: { name: 'meadow.jpg', data: fixture('flowers.jpg') },
  })
  const created = await call(backlot, ada, 'POST', '/generations', {
    ...form,
    headers: { ...form.headers, prefer: 'wait=20' },
  })
  expect(created).toMatchObject({ status: 202, data: { status: 'completed' } })
  const { data } = await show(created.data.generationId)
  expect(data).toMatchObject({ strength: 0.5, status: 'completed' })
  expect((await call(backlot, ada, 'GET', `/v1/files/${data.inputFileId}`)).data).toMatchObject({
    name: 'meadow.jpg',
    contentType: 'image/jpeg',
  })
  const second = await made({ ...wish, fileId: data.inputFileId })
  expect(second.inputFileId).toBe(data.inputFileId)
})

const jpeg = () => fixture('flowers.jpg')
test.each([
  ['wrong bytes', () => Buffer.from('this is no picture'), /TYPE_MISMATCH|IMAGE_|VALIDATION/],
  ['SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /TYPE_MISMATCH|IMAGE_|VALIDATION/],
  ['a 256-megapixel bomb', () => fixture('bomb-65536-wide.png'), /VALIDATION/],
  ['a truncated photo', () => jpeg().subarray(0, jpeg().length / 2), /VALIDATION/],
])('refuses %s with a 422 that says so, and keeps nothing', async (_name, data, code) => {
  const form = await formOf({ ...wish, image: { name: 'photo.jpg', data: data() } })
  const refused = await call(backlot, ada, 'POST', '/v1/generations', form)
  expect(refused.status).toBe(422)
  expect(refused.error.code).toMatch(code)
  expect(refused.error.errors[0].path).toMatch(/image|file/)
  const { rows } = await backlot.platform.db.execute(
    `select storage_key from object_removals where storage_key like 'uploads/%' and due_at > now() + interval '3 hours'`,
  )
  expect(rows).toEqual([])
})

test('wrong fields are told before the photo is decoded, wherever they stand', async () => {
  const damaged = jpeg().subarray(0, jpeg().length / 2)
  const form = await formOf({ image: { name: 'photo.jpg', data: damaged }, ...wish, style: 'cubist' })
  const refused = await call(backlot, ada, 'POST', '/v1/generations', form)
  expect(refused.status).toBe(422)
  expect(refused.error.errors.map(({ path }: { path: string }) => path)).toEqual(['style'])
})

test('a user sends three forms at a time; few more wait, the rest come back later', async () => {
  const dora = await signUp(backlot)
  const form = await formOf({ image: { name: 'meadow.jpg', data: jpeg() }, ...wish })
  const headers = { ...form.headers, authorization: `Bearer ${dora.token}` }
  const sending = Array.from({ length: 24 }, () =>
    http.request(`${backlot.url}/v1/generations`, { method: 'POST', headers }),
  )
  const answered = sending.map(async (request) => {
    const [response] = await once(request, 'response')
    return [response.statusCode, response.headers['retry-after']]
  })
  for (const request of sending) request.write(form.payload.subarray(0, 20_000))
  expect(await Promise.any(answered)).toEqual([503, '5'])
  await expect.poll(() => readdirSync(path.join(backlot.dataDir, 'files/drafts')).length).toBe(3)
  for (const request of sending) request.end(form.payload.subarray(20_000))
  const others = (await Promise.all(answered)).filter(([status]) => status === 202)
  expect(others).toHaveLength(23)
})

test('names each wrong field', async () => {
  const refused = await create({
    prompt: '',
    style: 'cubist',
    seed: -1,
    strength: 2,
    size: '9999x1',
    admin: true,
  })
  expect(refused.status).toBe(422)
  expect(refused.error.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
    'admin',
    'prompt',
    'seed',
    'size',
    'strength',
    'style',
  ])
})

test("another's file and generation do not exist", async () => {
  const form = await formOf({ ...wish, image: { name: 'a.jpg', data: jpeg() } })
  const own = await call(backlot, ada, 'POST', '/v1/generations', form)
  const { inputFileId } = (await show(own.data.generationId)).data
  expect((await create({ ...wish, fileId: inputFileId }, {}, ben)).status).toBe(404)
  expect((await show(own.data.generationId, ben)).status).toBe(404)
  expect((await call(backlot, ben, 'DELETE', `/v1/generations/${own.data.generationId}`)).status).toBe(404)
  expect((await show(own.data.generationId)).status).toBe(200)
})

test('an Idempotency-Key makes one generation of many requests', async () => {
  const headers = { 'idempotency-key': 'once-and-only-once' }
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => create({ ...wish, seed: 1 }, headers, ben)),
  )
  expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true)
  const replay = await create({ ...wish, seed: 1 }, headers, ben)
  expect(replay.headers['idempotency-replayed']).toBe('true')
  const ids = new Set(
    [...answers.filter(({ status }) => status === 202), replay].map(({ data }) => data.generationId),
  )
  expect(ids.size).toBe(1)
  expect(await create({ ...wish, seed: 2 }, headers, ben)).toMatchObject({
    status: 422,
    error: { code: 'IDEMPOTENCY_KEY_REUSED' },
  })
  const stored = await backlot.platform.db.select().from(generations).where(eq(generations.ownerId, ben.id))
  expect(stored).toHaveLength(1)
})

test('lists newest first, by page and filter, only what is mine', async () => {
  const cora = await signUp(backlot)
  const ids: string[] = []
  for (const style of ['sketch', 'noir', 'sketch']) {
    ids.unshift((await create({ prompt: `a ${style} of 100% _all_`, style }, {}, cora)).data.generationId)
  }
  const list = async (query: string) => (await call(backlot, cora, 'GET', `/v1/generations?${query}`)).json
  const first = await list('limit=2&total=true')
  expect(first.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2))
  expect(first.page.total).toBe(3)
  const rest = await list(`limit=2&cursor=${first.page.nextCursor}`)
  expect(rest.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2))
  expect(rest.page.nextCursor).toBeNull()
  expect((await list('style=noir')).data).toHaveLength(1)
  expect((await list('q=100%25%20_all_')).data).toHaveLength(3)
  expect((await list('q=100%25x')).data).toHaveLength(0)
  expect((await call(backlot, cora, 'GET', `/v1/generations?ownerId=${ada.id}`)).status).toBe(403)
})

test('cancels, makes again, and deletes with its picture', async () => {
  const { data } = await create({ ...wish, style: 'oil-painting', size: '2048x2048' })
  const cancelled = await call(backlot, ada, 'POST', `/v1/generations/${data.generationId}/cancel`)
  expect(cancelled.status).toBe(202)
  await expect
    .poll(async () => (await show(data.generationId)).data.status, { timeout: 10_000 })
    .toBe('cancelled')
  expect((await call(backlot, ada, 'POST', `/v1/generations/${data.generationId}/cancel`)).error.code).toBe(
    'JOB_ENDED',
  )
  expect((await call(backlot, ada, 'POST', `/v1/generations/${data.generationId}/retry`)).status).toBe(202)
  await expect
    .poll(async () => (await show(data.generationId)).data.status, { timeout: 20_000 })
    .toBe('completed')
  expect((await call(backlot, ada, 'DELETE', `/v1/generations/${data.generationId}`)).status).toBe(204)
  expect((await show(data.generationId)).status).toBe(404)
  expect((await call(backlot, ada, 'GET', `/v1/files/${data.generationId}`)).status).toBe(404)
})

test('one that is deleted while it runs leaves nothing behind', async () => {
  const { data } = await create({ ...wish, style: 'oil-painting', size: '2048x2048' })
  expect((await call(backlot, ada, 'DELETE', `/v1/generations/${data.generationId}`)).status).toBe(204)
  await expect
    .poll(async () => (await call(backlot, ada, 'GET', `/v1/jobs/${data.jobId}`)).data.status, {
      timeout: 15_000,
    })
    .toMatch(/cancelled|failed/)
  expect((await call(backlot, ada, 'GET', `/v1/files/${data.generationId}`)).status).toBe(404)
})
