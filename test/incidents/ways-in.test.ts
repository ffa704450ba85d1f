import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { permissions } from '../../src/modules/auth/permissions.ts'
import type { Wish } from '../api/access-wishes.ts'
import { newKeyOf } from '../harness/api-keys.ts'
import { askRoute } from '../harness/ask-route.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { connectRealtime } from '../harness/realtime-client.ts'
import { storedState, watchStoredState } from '../harness/stored-state.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { makeThings, type Things } from '../harness/things.ts'

/*
 * Ways in, and around, by which other backends were broken.
 *
 * | Class                                  | Advisory                                         | Test                          |
 * |----------------------------------------|--------------------------------------------------|-------------------------------|
 * | A second channel skips authorization   | Parse Server CVE-2026-30947                      | "a stranger gets nothing"     |
 * | A read-only key writes                 | Parse Server CVE-2026-30228                      | "a key that only reads"       |
 * | Sessions outlive a reset               | Strapi CVE-2026-22706, Directus GHSA-56p6-qw3c-fq2g | "a reset by mail"          |
 */

let backlot: TestApp
let owner: SignedIn
let things: Things

beforeAll(async () => {
  backlot = await startTestApp({ env: { TRUST_PROXY: 'loopback' } })
  await watchStoredState(backlot)
  await signInAs(backlot, 'admin')
  owner = await signInAs(backlot, 'user')
  things = await makeThings(backlot, owner.id)
})
afterAll(() => backlot.close())

const ask = (
  route: string,
  wish: Wish = {},
  token: string | undefined = undefined,
  headers?: Record<string, string>,
) => askRoute(backlot.url, route, wish, token, headers)

const batchOf = (...calls: object[]) => ({ body: { calls } })
const picture = { prompt: 'a hill', style: 'noir' }
const sync = {
  ...{ name: 'Stock', url: 'https://example.com/stock.csv', format: 'csv' },
  ...{ keyColumns: ['id'], timing: { everyMinutes: 60 } },
}
const june = { from: '2025-06-01', to: '2025-06-30' }

describe('a stranger gets nothing of what is somebody’s', () => {
  let stranger: SignedIn
  beforeAll(async () => {
    stranger = await signInAs(backlot, 'user')
  })

  /** One thing for each way to it that is not the thing's own route. */
  const channels: [channel: string, route: string, wish: () => Wish][] = [
    ['batch', 'POST /v1/batch', () => batchOf({ method: 'GET', path: `/v1/posts/${things.draftId}` })],
    [
      'batch, writing',
      'POST /v1/batch',
      () => batchOf({ method: 'PATCH', path: `/v1/projects/${things.projectId}`, body: { name: 'Mine' } }),
    ],
    ['export', 'POST /v1/export', () => ({ body: { datasetId: things.dataset.datasetId, format: 'csv' } })],
    [
      'export of what was uploaded',
      'POST /v1/export',
      () => ({ body: { fileId: things.fileId, format: 'csv' } }),
    ],
    ['report of a project', 'POST /v1/reports', () => ({ body: { ...june, projectId: things.projectId } })],
    ['report of an account', 'POST /v1/reports', () => ({ body: { ...june, userId: things.userId } })],
    ['report’s job', 'GET /v1/jobs/:id', () => ({ id: things.report.jobId })],
    ['export’s job', 'GET /v1/jobs/:id', () => ({ id: things.written.jobId })],
    ['event stream of a job', 'GET /v1/jobs/:id/events', () => ({ id: things.pending.jobId })],
    ['event stream of a project', 'GET /v1/projects/:id/events', () => ({ id: things.live.projectId })],
    [
      'webhook of a project',
      'POST /v1/webhooks',
      () => ({
        body: { url: 'https://example.com/hook', events: ['*'], projectId: things.projectId },
      }),
    ],
    ['replay of a delivery', 'POST /v1/deliveries/:id/replay', () => ({ id: things.webhook.deliveryId })],
    [
      'sync of a dataset',
      'POST /v1/syncs',
      () => ({ body: { ...sync, datasetId: things.dataset.datasetId } }),
    ],
    ['rows that a sync changed', 'GET /v1/syncs/:id/runs', () => ({ id: things.syncId })],
    ['running a sync', 'POST /v1/syncs/:id/run', () => ({ id: things.syncId })],
    ['link to a picture', 'GET /v1/files/:id/image-url', () => ({ id: things.pictureId, query: '?w=100' })],
    [
      'photo of a generation',
      'POST /v1/generations',
      () => ({ body: { ...picture, fileId: things.pictureId } }),
    ],
    [
      'cover of a post',
      'POST /v1/posts',
      () => ({
        body: { title: 'A hill', body: 'It is green.', coverFileId: things.pictureId },
      }),
    ],
    ['cover of a draft', 'GET /v1/posts/:id/cover', () => ({ id: things.draftId })],
    ['confirming an upload', 'POST /v1/uploads/confirm', () => ({ body: { uploadId: things.uploadId } })],
    [
      'a signed link for another method',
      'PUT /v1/storage/*',
      () => ({
        id: things.downloadUrl.replace('/v1/storage/', ''),
        headers: { 'content-type': 'text/plain' },
        body: Buffer.from('x'),
      }),
    ],
    ['retrying a job', 'POST /v1/jobs/:id/retry', () => ({ id: things.failed.jobId })],
    [
      'board of queues',
      'GET /admin/queues/api/queues/:queueName/:jobId',
      () => ({
        id: `images/${things.failed.jobId}`,
      }),
    ],
  ]

  test.each(channels)('by %s', async (_channel, route, wish) => {
    const before = await storedState(backlot)
    const { status, text } = await ask(route, wish(), stranger.token)
    expect([403, 404, 422]).toContain(status)
    for (const secret of [things.email, 'A hill', 'Show', things.webhook.deliveryId])
      expect(text).not.toContain(`"${secret}"`)
    expect(await storedState(backlot)).toEqual(before)
  })

  test('by the socket', async () => {
    const client = await connectRealtime(backlot.url, { token: stranger.token })
    await client.until('authenticated')
    const topics = [
      `jobs/${things.pending.jobId}`,
      `generations/${things.pending.generationId}`,
      `projects/${things.live.projectId}`,
    ]
    for (const topic of topics) client.say({ type: 'subscribe', topic })
    await client.until('error', topics.length)
    expect(client.of('subscribed')).toEqual([])
    expect(client.of('event')).toEqual([])
    client.close()
  })

  test('by the answer that was kept for somebody’s repeated request', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const body = { title: 'A secret hill', body: 'Nobody is told.', status: 'draft' }
    const first = await ask('POST /v1/posts', { body }, owner.token, headers)
    expect((await ask('POST /v1/posts', { body }, owner.token, headers)).data.id).toBe(first.data.id)
    const again = await ask('POST /v1/posts', { body }, stranger.token, headers)
    expect([again.status, again.data.authorId]).toEqual([201, stranger.id])
    expect(again.data.id).not.toBe(first.data.id)
  })
})

describe('a key that only reads writes nothing', () => {
  let key: string
  const reads = permissions.filter((permission) => permission.endsWith(':read'))
  const post = { title: 'Written', body: 'By a key that only reads.' }
  beforeAll(async () => {
    key = (await newKeyOf(backlot.platform.db, owner.id, reads)).text
  })

  const writes: [channel: string, route: string, wish: () => Wish, headers?: Record<string, string>][] = [
    ['a route', 'POST /v1/posts', () => ({ body: post })],
    [
      'another method in a header',
      'GET /v1/posts/:id',
      () => ({ id: things.postId }),
      {
        'x-http-method-override': 'DELETE',
        'x-http-method': 'DELETE',
        'x-method-override': 'DELETE',
      },
    ],
    [
      'another method in the query',
      'GET /v1/posts/:id',
      () => ({ id: things.postId, query: '?_method=DELETE' }),
    ],
    ['a body of GET', 'GET /v1/posts/:id', () => ({ id: things.postId, body: { _method: 'DELETE' } })],
    ['batch', 'POST /v1/batch', () => batchOf({ method: 'POST', path: '/v1/posts', body: post })],
    [
      'batch, behind a call that it may make',
      'POST /v1/batch',
      () =>
        batchOf(
          { method: 'GET', path: '/v1/posts' },
          { method: 'DELETE', path: `/v1/posts/${things.postId}` },
        ),
    ],
    ['routes of OpenAI', 'POST /v1/images/generations', () => ({ body: { prompt: 'a hill' } })],
    [
      'a generation that is waited for',
      'POST /v1/generations',
      () => ({ body: picture }),
      { prefer: 'wait=1' },
    ],
    ['an export', 'POST /v1/export', () => ({ body: { resource: 'jobs', format: 'csv' } })],
    ['a report', 'POST /v1/reports', () => ({ body: june })],
    ['a webhook', 'POST /v1/webhooks', () => ({ body: { url: 'https://example.com/hook', events: ['*'] } })],
    [
      'a presigned upload',
      'POST /v1/uploads/presigned',
      () => ({
        body: { kind: 'document', name: 'a.txt', contentType: 'text/plain', sizeBytes: 3 },
      }),
    ],
    ['retrying a job', 'POST /v1/jobs/:id/retry', () => ({ id: things.failed.jobId })],
    [
      'the board of queues',
      'PUT /admin/queues/api/queues/:queueName/:jobId/retry',
      () => ({
        id: `images/${things.failed.jobId}`,
      }),
    ],
    ['a key of its own', 'POST /v1/api-keys', () => ({ body: { name: 'Mine', scopes: ['posts:create'] } })],
  ]

  test.each(writes)('by %s', async (_channel, route, wish, headers) => {
    const before = await storedState(backlot)
    const { status } = await ask(route, wish(), key, headers)
    if (route.startsWith('GET ')) expect(status).toBe(200)
    else expect(status).toBe(403)
    expect(await storedState(backlot)).toEqual(before)
  })

  test('by repeating what a key that writes has done', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const writer = (await newKeyOf(backlot.platform.db, owner.id, [...permissions])).text
    expect((await ask('POST /v1/posts', { body: post }, writer, headers)).status).toBe(201)
    expect((await ask('POST /v1/posts', { body: post }, key, headers)).status).toBe(403)
  })

  test('by the socket, which takes no writing message', async () => {
    const client = await connectRealtime(backlot.url, { token: key })
    await client.until('authenticated')
    const before = await storedState(backlot)
    client.say({ type: 'publish', topic: `projects/${things.live.projectId}`, data: {} })
    client.say({ type: 'cancel', topic: `jobs/${things.pending.jobId}` })
    await client.until('error', 2)
    expect(await storedState(backlot)).toEqual(before)
    client.close()
  })
})

test('a reset by mail ends every session at once: token, cookie, refresh, event stream and socket', async () => {
  const person = await signInAs(backlot, 'user')
  const own = await makeThings(backlot, person.id)
  const socket = await connectRealtime(backlot.url, { token: person.token })
  await socket.until('authenticated')
  const events = await fetch(`${backlot.url}/v1/jobs/${own.pending.jobId}/events`, {
    headers: { authorization: `Bearer ${person.token}` },
    signal: AbortSignal.timeout(15_000),
  })
  expect(events.status).toBe(200)
  const byCookie = () => ask('GET /v1/auth/me', {}, undefined, { cookie: person.cookie })
  expect((await byCookie()).status).toBe(200)
  const body = { token: own.resetToken, password: 'seven green bottles' }
  expect((await ask('POST /v1/auth/reset-password', { body })).status).toBe(200)
  expect((await ask('GET /v1/auth/me', {}, person.token)).status).toBe(401)
  expect((await byCookie()).status).toBe(401)
  for (const refreshToken of [person.refreshToken, own.refreshToken])
    expect((await ask('POST /v1/auth/refresh', { body: { refreshToken } })).status).toBe(401)
  expect(await socket.closed()).toMatchObject({ code: 4401 })
  await events.text()
  expect((await ask('POST /v1/auth/reset-password', { body })).status).toBe(422)
})
