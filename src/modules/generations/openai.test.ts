import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startOpenAiImagesServer } from '../../../test/fakes/openai-images-server.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { releaseExpiredLeases } from '../../platform/jobs/transitions.ts'

let server: Awaited<ReturnType<typeof startOpenAiImagesServer>>
let backlot: TestApp
let ada: Person

beforeAll(async () => {
  server = await startOpenAiImagesServer()
  const env = { IMAGE_PROVIDER: 'openai', OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'sk-test' }
  backlot = await startTestApp({ worker: true, env })
  ada = await signUp(backlot)
})
afterAll(async () => {
  await backlot.close()
  await server.close()
})
beforeEach(() => {
  server.requests.length = 0
})

const generate = async () => {
  const body = { prompt: 'a lighthouse', style: 'noir' }
  const { data } = await call(backlot, ada, 'POST', '/v1/generations', { body })
  return data.generationId as string
}
const ended = async (id: string) => {
  const read = async () => (await call(backlot, ada, 'GET', `/v1/generations/${id}`)).data
  await expect.poll(async () => (await read()).status, { timeout: 15_000 }).toMatch(/completed|failed/)
  return read()
}

test('a picture of the provider becomes the result', async () => {
  server.next('base64')
  expect(await ended(await generate())).toMatchObject({
    status: 'completed',
    provider: 'openai',
    model: 'gpt-image-1',
  })
})

test('a busy provider is asked again, as late as it says', async () => {
  server.next({ rateLimited: { retryAfterSeconds: 1 } }, 'base64')
  const id = await generate()
  expect(await ended(id)).toMatchObject({ status: 'completed' })
  expect(server.requests).toHaveLength(2)
  expect(new Set(server.requests.map(({ idempotencyKey }) => idempotencyKey))).toEqual(new Set([id]))
})

test('a refusal is told in words, and not repeated', async () => {
  server.next('content-policy')
  const refused = await ended(await generate())
  expect(refused).toMatchObject({ status: 'failed', errorCode: 'CONTENT_REFUSED' })
  expect(refused.errorMessage).not.toContain('sk-test')
  expect(server.requests).toHaveLength(1)
})

test('an answer that is cut off is not paid for twice, unless the owner asks', async () => {
  server.next('cut-off')
  const id = await generate()
  expect(await ended(id)).toMatchObject({ status: 'failed', errorCode: 'PROVIDER_OUTCOME_UNKNOWN' })
  expect(server.requests).toHaveLength(1)
  server.next('base64')
  expect((await call(backlot, ada, 'POST', `/v1/generations/${id}/retry`)).status).toBe(202)
  expect(await ended(id)).toMatchObject({ status: 'completed' })
  expect(server.requests).toHaveLength(2)
})

test('a request that was on its way when its worker died is not sent again', async () => {
  server.next('stall')
  const id = await generate()
  await server.received(1)
  // As the sweep does after the worker has died: the claim is void, and the job runs anew.
  await backlot.platform.db.transaction(async (tx) => {
    await tx.execute(
      sql`update jobs set lease_expires_at = now() - interval '1 second' where params ->> 'generationId' = ${id}`,
    )
    await releaseExpiredLeases(tx)
  })
  await expect
    .poll(async () => (await call(backlot, ada, 'GET', `/v1/generations/${id}`)).data, { timeout: 15_000 })
    .toMatchObject({ status: 'failed', errorCode: 'PROVIDER_OUTCOME_UNKNOWN' })
  expect(server.requests).toHaveLength(1)
})
