import { readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/harness/test-app.ts'

let backlot: TestApp

beforeAll(async () => {
  backlot = await startTestApp({ worker: true })
})
afterAll(() => backlot.close())

const photo = path.join(import.meta.dirname, '../../test/fixtures/flowers.jpg')

test('sign up, upload a photo, generate a picture, follow it live, download it', {
  timeout: 60_000,
}, async () => {
  const json = (body: unknown) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const signup = await fetch(
    `${backlot.url}/v1/auth/signup`,
    json({ email: 'ada@example.com', password: 'correct horse 42' }),
  )
  expect(signup.status).toBe(201)
  const { accessToken, user } = (await signup.json()).data
  const authorization = { authorization: `Bearer ${accessToken}` }

  const form = new FormData()
  form.set('image', new Blob([await readFile(photo)]), 'flowers.jpg')
  form.set('prompt', 'a meadow')
  form.set('style', 'noir')
  form.set('seed', '7')
  const created = await fetch(`${backlot.url}/generations`, {
    method: 'POST',
    headers: authorization,
    body: form,
  })
  expect(created.status).toBe(202)
  const { generationId, jobId, statusUrl, eventsUrl } = (await created.json()).data
  expect(created.headers.get('location')).toBe(statusUrl)

  const events = await fetch(backlot.url + eventsUrl, { headers: authorization })
  expect(events.headers.get('content-type')).toMatch('text/event-stream')
  const told = await events.text()
  const ids = [...told.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
  expect(ids).toEqual(ids.map((_, index) => index + 1))
  expect(told).toMatch(/"status":"pending"[\s\S]*"status":"in-progress"[\s\S]*"status":"completed"/)

  const generation = (
    await (await fetch(`${backlot.url}/v1/generations/${generationId}`, { headers: authorization })).json()
  ).data
  expect(generation).toMatchObject({
    status: 'completed',
    seed: 7,
    style: 'noir',
    provider: 'local',
    ownerId: user.id,
    jobId,
  })
  expect(generation.durationMs).toBeGreaterThan(0)

  const picture = await fetch(generation.result.url)
  expect(picture.status).toBe(200)
  expect(picture.headers.get('content-type')).toBe(generation.result.contentType)
  const bytes = Buffer.from(await picture.arrayBuffer())
  expect(bytes.length).toBe(generation.result.sizeBytes)
  const { channels } = await sharp(bytes).stats()
  const [red, green, blue] = channels.map(({ mean }) => mean)
  expect(Math.abs((red ?? 0) - (green ?? 99))).toBeLessThan(3)
  expect(Math.abs((green ?? 0) - (blue ?? 99))).toBeLessThan(3)

  const status = (await (await fetch(`${backlot.url}/status/${jobId}`, { headers: authorization })).json())
    .data
  expect(status).toEqual({
    jobId,
    type: 'generation.render',
    status: 'completed',
    progress: 1,
    resultUri: `/v1/files/${generationId}/content`,
  })
  const content = await fetch(backlot.url + status.resultUri, { headers: authorization })
  expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true)
})
