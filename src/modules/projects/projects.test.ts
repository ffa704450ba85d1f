import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { storedText } from '../../../test/harness/stored-text.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { users } from '../users/users.table.ts'
import { deriveLiveKeys } from './live-keys.ts'
import { findProjectByStreamKey, projectChannel, setLiveStream } from './live-project.ts'
import { projects } from './projects.table.ts'

const projectsPerUser = 6
const keyForm = /^live_[\w-]{32}$/

let backlot: TestApp
let ada: Person

beforeAll(async () => {
  backlot = await startTestApp({
    env: {
      LIVE_PROJECTS_PER_USER: String(projectsPerUser),
      RTMP_PORT: '19350',
      RTMP_PUBLIC_HOST: 'ingest.example.com',
    },
  })
  ada = await signUp(backlot)
})
afterAll(() => backlot.close())

type Who = Pick<Person | SignedIn, 'id' | 'email' | 'token'>
const make = async (who: Who, body: object = {}, headers: Record<string, string> = {}) => {
  const answer = await call(backlot, who, 'POST', '/v1/projects', {
    body: { name: 'Show', ...body },
    headers,
  })
  expect(answer.status, answer.text).toBe(201)
  return answer
}
const find = (streamKey: string) => {
  const { platform, config } = backlot
  return findProjectByStreamKey(platform.db, deriveLiveKeys(config.secretKey), streamKey)
}
const patch = (id: string, body: object, who: Who = ada) =>
  call(backlot, who, 'PATCH', `/v1/projects/${id}`, { body })

describe('making one', () => {
  test('answers the key once, and says nothing of it later', async () => {
    const ben = await signUp(backlot)
    const { data, headers } = await make(ben, { description: 'Every Friday', record: true })
    const { streamKey, ...project } = data
    expect(streamKey).toMatch(keyForm)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', location: `/v1/projects/${data.id}` })
    expect(project).toEqual({
      id: expect.any(String),
      ownerId: ben.id,
      name: 'Show',
      description: 'Every Friday',
      ingest: {
        url: 'rtmp://ingest.example.com:19350/live',
        urls: ['rtmp://ingest.example.com:19350/live'],
      },
      streamKeyHint: streamKey.slice(-4),
      reconnectWindowSeconds: 60,
      record: true,
      preview: true,
      status: 'idle',
      liveStreamId: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    expect((await call(backlot, ben, 'GET', `/v1/projects/${data.id}`)).data).toEqual(project)
    expect((await call(backlot, ben, 'GET', '/v1/projects')).data).toEqual([project])
    expect(await find(streamKey)).toMatchObject({ id: data.id, ownerId: ben.id, record: true })
  })

  test('a repetition gets the same answer with the same key, and makes nothing', async () => {
    const cleo = await signUp(backlot)
    const headers = { 'idempotency-key': 'the-show' }
    const first = await make(cleo, {}, headers)
    const again = await make(cleo, {}, headers)
    expect(again.json).toEqual(first.json)
    expect(await backlot.platform.db.$count(projects, sql`owner_id = ${cleo.id}`)).toBe(1)
    const other = { body: { name: 'Other' }, headers }
    expect((await call(backlot, cleo, 'POST', '/v1/projects', other)).error.code).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
  })

  test('nobody gets more than his share, however many he asks for at once', async () => {
    const dora = await signUp(backlot)
    const asked = Array.from({ length: projectsPerUser * 3 }, () =>
      call(backlot, dora, 'POST', '/v1/projects', { body: { name: 'One of many' } }),
    )
    const answers = await Promise.all(asked)
    const made = answers.filter(({ status }) => status === 201)
    expect(made).toHaveLength(projectsPerUser)
    expect(new Set(made.map(({ data }) => data.streamKey)).size).toBe(projectsPerUser)
    expect(new Set(answers.map(({ error }) => error?.code))).toEqual(
      new Set([undefined, 'TOO_MANY_PROJECTS']),
    )
    expect(await backlot.platform.db.$count(projects, sql`owner_id = ${dora.id}`)).toBe(projectsPerUser)
  })
})

test.each([
  ['name', { name: null }],
  ['name', { name: ' ' }],
  ['name', { name: 'a\u0007b' }],
  ['description', { description: null }],
  ['description', { description: 'a'.repeat(1_001) }],
  ['reconnectWindowSeconds', { reconnectWindowSeconds: 601 }],
  ['reconnectWindowSeconds', { reconnectWindowSeconds: -1 }],
  ['record', { record: 'yes' }],
  ['preview', { preview: null }],
  ['ownerId', { name: 'Fine', ownerId: '0190a000-0000-7000-8000-000000000000' }],
  ['streamKey', { name: 'Fine', streamKey: `live_${'a'.repeat(32)}` }],
  ['liveStreamId', { name: 'Fine', liveStreamId: null }],
  ['colour', { name: 'Fine', colour: 'red' }],
  ['body', {}],
])('a change of %s to something wrong is refused by name: %j', async (path, body) => {
  const { status, error } = await patch((await projectOfAda()).id, body)
  expect(status).toBe(422)
  expect(error.errors.map((fault: { path: string }) => fault.path)).toEqual([path])
})

let ofAda: { id: string; streamKey: string } | undefined
const projectOfAda = async () => {
  ofAda ??= (await make(ada)).data as { id: string; streamKey: string }
  return ofAda
}

test('changes what is named and nothing else', async () => {
  const { data: before } = await make(ada, { name: 'Before', description: 'Text' })
  const { streamKey: _, updatedAt: __, ...same } = before
  const changes = { name: 'After', description: '', reconnectWindowSeconds: 0, preview: false }
  const { status, data } = await patch(before.id, changes)
  expect(status).toBe(200)
  expect(data).toEqual({ ...same, ...changes, description: null, updatedAt: expect.any(String) })
  expect(Date.parse(data.updatedAt)).toBeGreaterThan(Date.parse(before.updatedAt))
})

test('after a rotation the new key leads to the project, and the old one nowhere', async () => {
  const { id, streamKey: old } = (await make(ada)).data
  const { status, data, headers } = await call(backlot, ada, 'POST', `/v1/projects/${id}/stream-key`)
  expect({ status, control: headers['cache-control'] }).toEqual({ status: 200, control: 'no-store' })
  expect(data.streamKey).toMatch(keyForm)
  expect(data).toMatchObject({ id, streamKeyHint: data.streamKey.slice(-4) })
  expect(await find(old)).toBeUndefined()
  expect(await find(data.streamKey)).toMatchObject({ id })
})

test('a key of a disabled owner leads nowhere', async () => {
  const eve = await signUp(backlot)
  const { streamKey } = (await make(eve)).data
  expect(await find(streamKey)).toBeDefined()
  await backlot.platform.db.update(users).set({ disabledAt: new Date() }).where(sql`id = ${eve.id}`)
  expect(await find(streamKey)).toBeUndefined()
})

test('others do not know of it; managers read it; admins may all', async () => {
  const { id } = await projectOfAda()
  const outcomes = { user: [404, 404, 404, 404], viewer: [404, 403, 403, 403], manager: [200, 403, 403, 403] }
  for (const role of ['user', 'viewer', 'manager', 'admin'] as const) {
    const who = await signInAs(backlot, role)
    const answers = [
      await call(backlot, who, 'GET', `/v1/projects/${id}`),
      await patch(id, { name: 'Taken' }, who),
      await call(backlot, who, 'POST', `/v1/projects/${id}/stream-key`),
      await call(backlot, who, 'DELETE', `/v1/projects/${id}`),
    ]
    const expected = role === 'admin' ? [200, 200, 200, 204] : outcomes[role]
    expect(
      answers.map(({ status }) => status),
      role,
    ).toEqual(expected)
  }
  ofAda = undefined
})

test("a list has its pages, filters and total, and only what is its reader's own", async () => {
  const fay = await signUp(backlot)
  const ids: string[] = []
  for (const name of ['Morning 100%', 'Noon', 'Night']) ids.unshift((await make(fay, { name })).data.id)
  const list = async (query: string, who: Who = fay) => {
    const { status, json } = await call(backlot, who, 'GET', `/v1/projects?${query}`)
    expect(status).toBe(200)
    return { ids: json.data.map(({ id }: { id: string }) => id), page: json.page }
  }
  const first = await list('limit=2&total=true')
  expect(first).toMatchObject({ ids: ids.slice(0, 2), page: { total: 3 } })
  expect(await list(`limit=2&cursor=${first.page.nextCursor}`)).toMatchObject({
    ids: ids.slice(2),
    page: { nextCursor: null },
  })
  expect((await list('q=100%25')).ids).toEqual(ids.slice(2))
  const [newest = ''] = ids
  await backlot.platform.db.transaction((tx) => setLiveStream(tx, newest, newest))
  expect((await list('status=live')).ids).toEqual([newest])
  expect((await list('status=idle')).ids).toEqual(ids.slice(1))
  expect((await list(`ownerId=${fay.id}`, await signInAs(backlot, 'manager'))).ids).toEqual(ids)
  expect((await call(backlot, ada, 'GET', `/v1/projects?ownerId=${fay.id}`)).status).toBe(403)
})

test('live processes hear of each change once it is committed', async () => {
  const { id } = (await make(await signInAs(backlot, 'user'))).data
  const { notifications, db } = backlot.platform
  const admin = await signInAs(backlot, 'admin')
  const heard: unknown[] = []
  const stop = notifications.subscribe(
    projectChannel,
    () => {
      const name = db.select({ name: projects.name }).from(projects).where(sql`id = ${id}`)
      void name.then(([row]) => heard.push(row?.name))
    },
    id,
  )
  await patch(id, { name: 'Renamed' }, admin)
  await expect.poll(() => heard).toEqual(['Renamed'])
  await call(backlot, admin, 'POST', `/v1/projects/${id}/stream-key`)
  await expect.poll(() => heard).toEqual(['Renamed', 'Renamed'])
  await call(backlot, admin, 'DELETE', `/v1/projects/${id}`)
  await expect.poll(() => heard).toEqual(['Renamed', 'Renamed', undefined])
  stop()
})

test('no table has a stream key, in any spelling', async () => {
  const gil = await signUp(backlot)
  const { data } = await make(gil, {}, { 'idempotency-key': 'kept-for-a-day' })
  const rotated = await call(backlot, gil, 'POST', `/v1/projects/${data.id}/stream-key`)
  const stored = await storedText(backlot)
  expect(stored).toContain('kept-for-a-day')
  for (const key of [data.streamKey, rotated.data.streamKey]) {
    for (const spelling of [key, Buffer.from(key).toString('hex'), Buffer.from(key).toString('base64')]) {
      expect(stored.includes(spelling)).toBe(false)
    }
  }
})
