import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { batchClient, type Call, newPost } from '../../../test/harness/batch-client.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

let backlot: TestApp
let ada: Person
let observer: pg.Client

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signUp(backlot)
  observer = new pg.Client(backlot.databaseUrl)
  await observer.connect()
})
afterAll(async () => {
  await observer.end()
  await backlot.close()
})

const { batch, storedPosts } = batchClient(() => ({ backlot, observer }))

describe('a batch smuggles nothing', () => {
  const refused = async (who: { token: string }, wrong: Call, status: number, code?: string) => {
    const before = await storedPosts()
    const answer = await batch(who, [newPost('smuggled'), wrong])
    expect([answer.status, code ?? answer.error.code], answer.text).toEqual([status, answer.error.code])
    expect(await storedPosts()).toBe(before)
  }

  test('no thing of others', async () => {
    const eve = await signUp(backlot)
    const { data } = await call(backlot, eve, 'POST', '/v1/posts', {
      body: { title: 'hers', body: 'x', status: 'draft' },
    })
    await refused(ada, { method: 'PATCH', path: `/v1/posts/${data.id}`, body: { title: 'mine' } }, 404)
    const { data: open } = await call(backlot, eve, 'POST', '/v1/posts', { body: newPost('open').body ?? {} })
    await refused(ada, { method: 'DELETE', path: `/v1/posts/${open.id}` }, 403)
  })

  test('no scope that a key does not have, no right that a role does not', async () => {
    const key = await newKeyOf(backlot.platform.db, ada.id, ['posts:create', 'posts:read'])
    const project = { method: 'POST', path: '/v1/projects', body: { name: 'No' } }
    await refused({ token: key.text }, project, 403, 'INSUFFICIENT_SCOPE')
    const viewer = await signInAs(backlot, 'viewer')
    expect((await batch(viewer, [project])).status).toBe(403)
    expect((await call(backlot, undefined, 'POST', '/v1/batch', { body: { calls: [project] } })).status).toBe(
      401,
    )
  })

  test.each([
    ['POST', '/v1/auth/logout'],
    ['POST', '/v1/auth/login'],
    ['POST', '/v1/api-keys'],
    ['POST', '/v1/batch'],
    ['POST', '/batch'],
    ['GET', '/v1/jobs/01890000-0000-7000-8000-000000000000/events'],
    ['GET', '/v1/realtime'],
    ['GET', '/admin/queues'],
    ['GET', '/health'],
    ['GET', '/metrics'],
    ['POST', '/v1/uploads/presigned'],
    ['POST', '/v1/upload'],
    ['GET', '/docs'],
  ])('no %s %s', async (method, path) => {
    await refused(ada, { method, path, body: {} }, 422, 'NOT_BATCHABLE')
  })

  test.each([
    'http://evil.example/v1/posts',
    '//evil.example/v1/posts',
    '/\\evil.example/v1/posts',
    '/v1/../admin/queues',
    '/v1/posts/../../admin/queues',
    '/v1/posts/%2e%2e/%2e%2e/admin/queues',
    '/v1/posts#/admin',
    '/v1/posts\r\nx: y',
    'v1/posts',
  ])('no path %j', (path) => refused(ada, { method: 'GET', path }, 422, 'VALIDATION_FAILED'))

  test('no path that a reference makes', async () => {
    const steps = [
      { ...newPost('../../admin/queues'), id: 'one' },
      { method: 'GET', path: '/v1/posts/{{one.title}}' },
    ]
    expect((await batch(ada, steps)).status).toBeGreaterThanOrEqual(400)
  })

  test.each([
    'authorization',
    'cookie',
    'x-forwarded-for',
    'host',
    'x-http-method-override',
    'idempotency-key',
    'prefer',
    'x-request-id',
    'content-type',
  ])('no header %s', (name) =>
    refused(ada, { method: 'GET', path: '/v1/posts', headers: { [name]: 'x' } }, 422, 'VALIDATION_FAILED'),
  )

  test.each(['CONNECT', 'OPTIONS', 'HEAD', 'TRACE', 'get'])('no method %s', (method) =>
    refused(ada, { method, path: '/v1/posts' }, 422, 'VALIDATION_FAILED'),
  )

  test('no more than 50 calls, no body beyond 1 MiB', async () => {
    const calls = Array.from({ length: 51 }, () => ({ method: 'GET', path: '/v1/posts' }))
    expect((await batch(ada, calls)).status).toBe(422)
    expect((await batch(ada, [])).status).toBe(422)
    expect((await batch(ada, [newPost('x', { filler: 'x'.repeat(1_100_000) })])).status).toBe(413)
  })
})

test('references do not multiply what was sent', async () => {
  const text = { title: 'growing', body: 'x'.repeat(200_000) }
  const before = await storedPosts()
  const { status, error } = await batch(ada, [
    { ...newPost('grows', text), id: 'first' },
    newPost('grown', { body: '{{first.body}}'.repeat(2_000) }),
  ])
  expect(status).toBe(422)
  expect(error.errors).toMatchObject([{ path: 'calls.1', code: 'too_large' }])
  expect(await storedPosts()).toBe(before)
})

test('answers do not come to more than a process bears', async () => {
  const body = 'x'.repeat(200_000)
  const { data } = await call(backlot, ada, 'POST', '/v1/posts', { body: { title: 'long', body } })
  const read = { method: 'GET', path: `/v1/posts/${data.id}` }
  expect((await batch(ada, Array(5).fill(read))).status).toBe(200)
  const { status, error } = await batch(ada, Array(50).fill(read))
  expect(status).toBe(422)
  expect(error.errors).toMatchObject([{ path: 'calls.20', code: 'answers_too_large' }])
})
