import { readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, formOf, signUp } from '../../test/harness/client.ts'
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
  const ada = await signUp(backlot)
  const authorization = { authorization: `Bearer ${ada.token}` }

  const form = await formOf({
    image: { name: 'flowers.jpg', data: await readFile(photo) },
    prompt: 'a meadow',
    style: 'noir',
    seed: '7',
  })
  const created = await call(backlot, ada, 'POST', '/generations', form)
  expect(created.status).toBe(202)
  const { generationId, jobId, statusUrl, eventsUrl } = created.data
  expect(created.headers.location).toBe(statusUrl)

  const events = await fetch(backlot.url + eventsUrl, { headers: authorization })
  expect(events.headers.get('content-type')).toMatch('text/event-stream')
  const told = await events.text()
  const ids = [...told.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
  expect(ids).toEqual(ids.map((_, index) => index + 1))
  expect(told).toMatch(/"status":"pending"[\s\S]*"status":"in-progress"[\s\S]*"status":"completed"/)
  const resumed = await fetch(backlot.url + eventsUrl, {
    headers: { ...authorization, 'last-event-id': '2' },
  })
  expect(await resumed.text()).toMatch(/^retry: 1000\n\nid: 3\n/)
  const nothingLeft = { ...authorization, 'last-event-id': String(ids.length) }
  expect((await fetch(backlot.url + eventsUrl, { headers: nothingLeft })).status).toBe(204)

  const { data: generation } = await call(backlot, ada, 'GET', `/v1/generations/${generationId}`)
  expect(generation).toMatchObject({
    status: 'completed',
    seed: 7,
    style: 'noir',
    provider: 'local',
    ownerId: ada.id,
    jobId,
  })
  expect(generation.durationMs).toBeGreaterThan(0)

  const picture = await fetch(
    `${backlot.url}${new URL(generation.result.url).pathname}${new URL(generation.result.url).search}`,
  )
  expect(picture.status).toBe(200)
  expect(picture.headers.get('content-type')).toBe(generation.result.contentType)
  const bytes = Buffer.from(await picture.arrayBuffer())
  expect(bytes.length).toBe(generation.result.sizeBytes)
  const { channels } = await sharp(bytes).stats()
  const [red = 0, green = 255, blue = 0] = channels.map(({ mean }) => mean)
  expect(Math.abs(red - green) + Math.abs(green - blue)).toBeLessThan(6)

  const { data: status } = await call(backlot, ada, 'GET', `/status/${jobId}`)
  const resultUri = `/v1/files/${generationId}/content`
  expect(status).toEqual({ jobId, type: 'generation.render', status: 'completed', progress: 1, resultUri })
  const content = await fetch(backlot.url + resultUri, { headers: authorization })
  expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true)
})
