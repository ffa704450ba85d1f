import { eq, sql } from 'drizzle-orm'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startComfyUiServer } from '../../../test/fakes/comfyui-server.ts'
import { colourOf } from '../../../test/fakes/painted-picture.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { jobs } from '../../platform/jobs/jobs.table.ts'
import { releaseExpiredLeases } from '../../platform/jobs/transitions.ts'

let server: Awaited<ReturnType<typeof startComfyUiServer>>
let backlot: TestApp
let ada: Person

beforeAll(async () => {
  server = await startComfyUiServer()
  const env = { IMAGE_PROVIDER: 'comfyui', COMFYUI_URL: server.url, COMFYUI_CHECKPOINT: 'sd.safetensors' }
  backlot = await startTestApp({ worker: true, env })
  ada = await signUp(backlot)
})
afterAll(async () => {
  await backlot.close()
  await server.close()
})
beforeEach(() => {
  server.prompts.length = 0
})

const generate = async () => {
  const body = { prompt: 'a lighthouse', style: 'noir', seed: 9, size: '128x64' }
  const { data } = await call(backlot, ada, 'POST', '/v1/generations', { body })
  return data as { generationId: string; jobId: string }
}
const ended = async (id: string) => {
  const read = async () => (await call(backlot, ada, 'GET', `/v1/generations/${id}`)).data
  await expect
    .poll(async () => (await read()).status, { timeout: 15_000 })
    .toMatch(/completed|failed|cancelled/)
  return read()
}
const claimsOf = async (jobId: string) => {
  const [job] = await backlot.platform.db.select().from(jobs).where(eq(jobs.id, jobId))
  return job?.attempt
}

test('a picture of the provider becomes the result, byte by byte', async () => {
  const { generationId, jobId } = await generate()
  const made = await ended(generationId)
  expect(made).toMatchObject({ status: 'completed', provider: 'comfyui', model: 'sd.safetensors' })
  const stored = Buffer.from(
    await (await fetch(made.result.url.replace(/^https?:\/\/[^/]+/, backlot.url))).arrayBuffer(),
  )
  const { data, info } = await sharp(stored).raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height, ...data.subarray(0, 3)]).toEqual([128, 64, ...Object.values(colourOf(9))])
  expect(await claimsOf(jobId)).toBe(1)
})

test('a connection that is cut, twice, makes no second picture and needs no word of the owner', async () => {
  server.next('cut-off-taken', 'view-cut-off')
  expect(await ended((await generate()).generationId)).toMatchObject({ status: 'completed' })
  expect(await ended((await generate()).generationId)).toMatchObject({ status: 'completed' })
  expect(server.prompts).toHaveLength(2)
})

test('garbage fails the generation once, and nothing of it is stored', async () => {
  server.next('garbage')
  const { generationId, jobId } = await generate()
  expect(await ended(generationId)).toMatchObject({
    status: 'failed',
    errorCode: 'PROVIDER_ANSWER_UNUSABLE',
    result: null,
  })
  expect(await claimsOf(jobId)).toBe(1)
})

test('a picture that was under way when its worker died is taken over by the next', async () => {
  server.next('stall')
  const { generationId, jobId } = await generate()
  await expect.poll(() => server.runningId()).toBe(generationId)
  // As the sweep does after the worker has died: the claim is void, and the job runs anew.
  await backlot.platform.db.transaction(async (tx) => {
    await tx.execute(
      sql`update jobs set lease_expires_at = now() - interval '1 second' where id = ${jobId}::uuid`,
    )
    await releaseExpiredLeases(tx)
  })
  await expect.poll(() => claimsOf(jobId), { timeout: 10_000 }).toBe(2)
  await server.finish()
  expect(await ended(generationId)).toMatchObject({ status: 'completed' })
  expect(server.prompts).toHaveLength(1)
})

test('a cancel reaches the picture that is being painted', async () => {
  server.next('stall')
  const { generationId } = await generate()
  await expect.poll(() => server.runningId()).toBe(generationId)
  expect((await call(backlot, ada, 'POST', `/v1/generations/${generationId}/cancel`)).status).toBe(202)
  expect(await ended(generationId)).toMatchObject({ status: 'cancelled', result: null })
  await expect.poll(() => server.interrupted).toContain(generationId)
})
