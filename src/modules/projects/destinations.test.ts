import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import {
  custom,
  type DestinationsClient,
  destinationsClient,
  faultsOf,
  streamKey,
  url,
} from '../../../test/harness/destinations-client.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { storedText } from '../../../test/harness/stored-text.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { projectChannel, setDestinationState, setLiveStream } from './live-project.ts'
import { platformIngest } from './platforms.ts'
import { destinations } from './projects.table.ts'

const destinationsPerProject = 6

let backlot: TestApp
let ada: Person
let client: DestinationsClient

beforeAll(async () => {
  backlot = await startTestApp({
    env: { LIVE_DESTINATIONS_PER_PROJECT: String(destinationsPerProject), LIVE_PROJECTS_PER_USER: '1000' },
  })
  ada = await signUp(backlot)
  client = destinationsClient(backlot, ada)
})
afterAll(() => backlot.close())

const goLive = (projectId: string) =>
  backlot.platform.db.transaction((tx) => setLiveStream(tx, projectId, projectId))

describe('adding one', () => {
  test('shows the end of its key, and keeps the whole for the relay', async () => {
    const projectId = await client.newProject()
    const answer = await client.add(projectId, custom)
    expect(answer.headers.location).toBe(`/v1/destinations/${answer.data.id}`)
    expect(answer.data).toEqual({
      ...{ id: expect.any(String), projectId, name: 'Mine', platform: 'custom', url },
      ...{ streamKey: '••••wxyz', enabled: true, position: 0 },
      ...{ state: 'idle', stateCode: null, stateMessage: null, stateChangedAt: expect.any(String) },
      ...{ bytesSent: 0, bitrate: 0, droppedMessages: 0 },
      ...{ createdAt: expect.any(String), updatedAt: expect.any(String) },
    })
    const { id } = answer.data
    expect((await call(backlot, ada, 'GET', `/v1/destinations/${id}`)).data).toEqual(answer.data)
    expect(await client.targets(projectId)).toEqual([
      { id, name: 'Mine', url, streamKey, enabled: true, revision: 1, position: 0 },
    ])
  })

  test('a platform has an address of its own, which may be replaced', async () => {
    const { platform, url: preset } = await client.make({ platform: 'youtube', url: undefined })
    expect({ platform, preset }).toEqual({ platform: 'youtube', preset: platformIngest.youtube })
    expect((await client.make({ platform: 'twitch' })).url).toBe(url)
    const without = await client.add(await client.newProject(), { ...custom, url: undefined })
    expect(faultsOf(without)).toEqual({ status: 422, paths: ['url'] })
  })

  test('one that is not wanted is stopped from the start, and of a short key nothing is shown', async () => {
    expect(await client.make({ enabled: false, streamKey: 'short' })).toMatchObject({
      state: 'stopped',
      streamKey: '••••',
    })
  })

  test('a repetition gets the same answer and adds nothing', async () => {
    const projectId = await client.newProject()
    const headers = { 'idempotency-key': `add to ${projectId}`.replaceAll(' ', '-') }
    const [first, again] = [
      await client.add(projectId, custom, headers),
      await client.add(projectId, custom, headers),
    ]
    expect(again.json).toEqual(first.json)
    expect(await client.targets(projectId)).toHaveLength(1)
    const otherKey = await client.add(projectId, { ...custom, streamKey: 'another-key-1' }, headers)
    expect(otherKey.error.code).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  test('no project gets more than its share, however many are asked for at once', async () => {
    const projectId = await client.newProject()
    const asked = Array.from({ length: destinationsPerProject * 3 }, () => client.add(projectId, custom))
    const answers = await Promise.all(asked)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(destinationsPerProject)
    expect(new Set(answers.map(({ error }) => error?.code))).toEqual(
      new Set([undefined, 'TOO_MANY_DESTINATIONS']),
    )
    const places = (await client.targets(projectId)).map(({ position }) => position)
    expect(places).toEqual([...places.keys()])
  })
})

test.each([
  ['name', { name: null }],
  ['url', { url: null }],
  ['streamKey', { streamKey: null }],
  ['streamKey', { streamKey: 'two words' }],
  ['streamKey', { streamKey: 'x'.repeat(513) }],
  ['enabled', { enabled: null }],
  ['position', { position: -1 }],
  ['platform', { name: 'Fine', platform: 'twitch' }],
  ['projectId', { name: 'Fine', projectId: '0190a000-0000-7000-8000-000000000000' }],
  ['state', { name: 'Fine', state: 'broadcasting' }],
  ['body', {}],
])('a change of %s to something wrong is refused by name: %j', async (path, body) => {
  expect(faultsOf(await client.patch((await client.make()).id, body))).toEqual({ status: 422, paths: [path] })
})

describe('start and stop', () => {
  test('while nothing is live, what is wanted is what is so', async () => {
    const { id } = await client.make()
    expect(await client.act(id, 'stop')).toMatchObject({ enabled: false, state: 'stopped' })
    expect(await client.act(id, 'stop')).toMatchObject({ enabled: false, state: 'stopped' })
    expect(await client.act(id, 'start')).toMatchObject({ enabled: true, state: 'idle' })
    expect((await client.patch(id, { enabled: false })).data).toMatchObject({ state: 'stopped' })
    expect((await client.patch(id, { enabled: true })).data).toMatchObject({ state: 'idle' })
  })

  test('while it is live, what is observed stays, and to start again what failed begins it anew', async () => {
    const { id, projectId } = await client.make()
    await goLive(projectId)
    const observe = (state: 'errored' | 'broadcasting') =>
      setDestinationState(backlot.platform.db, {
        ...{ destinationId: id, projectId, state, at: new Date() },
        ...(state === 'errored' ? { code: 'NetStream.Publish.BadName', message: 'Bad key' } : {}),
      })
    await observe('broadcasting')
    expect(await client.act(id, 'start')).toMatchObject({ enabled: true, state: 'broadcasting' })
    expect(await client.targets(projectId)).toMatchObject([{ revision: 1 }])
    expect(await client.act(id, 'stop')).toMatchObject({ enabled: false, state: 'broadcasting' })
    await client.act(id, 'start')
    await observe('errored')
    expect(await client.act(id, 'start')).toMatchObject({ state: 'errored', stateMessage: 'Bad key' })
    expect(await client.targets(projectId)).toMatchObject([{ enabled: true, revision: 2 }])
  })
})

test('others do not know of it; a manager reads it and no key; an admin may all', async () => {
  const { id, projectId } = await client.make()
  const outcomes = {
    user: [404, 404, 404, 404, 404, 404, 404, 404],
    viewer: [404, 404, 403, 403, 403, 403, 403, 403],
    manager: [200, 200, 403, 403, 403, 403, 403, 403],
    admin: [200, 200, 200, 200, 200, 201, 204, 404],
  }
  for (const role of ['user', 'viewer', 'manager', 'admin'] as const) {
    const who = await signInAs(backlot, role)
    const ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
      call(backlot, who, method, `/v1/${path}`, body === undefined ? {} : { body })
    const answers = [
      await ask('GET', `destinations/${id}`),
      await ask('GET', `projects/${projectId}/destinations`),
      await ask('PATCH', `destinations/${id}`, { name: 'Taken' }),
      await ask('POST', `destinations/${id}/stop`),
      await ask('POST', `destinations/${id}/start`),
      await ask('POST', `projects/${projectId}/destinations`, custom),
      await ask('DELETE', `destinations/${id}`),
      await ask('DELETE', `destinations/${id}`),
    ]
    expect(
      answers.map(({ status }) => status),
      role,
    ).toEqual(outcomes[role])
    for (const { text } of answers) expect(text.includes(streamKey)).toBe(false)
  }
})

test('a list follows the order of positions, page by page', async () => {
  const projectId = await client.newProject()
  const ids: string[] = []
  for (const position of [5, 1, 5, 0]) ids.push((await client.make({ position }, projectId)).id)
  const inOrder = [ids[3], ids[1], ids[0], ids[2]]
  const list = (query: string) => call(backlot, ada, 'GET', `/v1/projects/${projectId}/destinations?${query}`)
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { json } = await list(`limit=1&total=true${cursor === '' ? '' : `&cursor=${cursor}`}`)
    expect(json.page).toMatchObject({ limit: 1, total: 4 })
    seen.push(...json.data.map(({ id }: { id: string }) => id))
    cursor = json.page.nextCursor
  }
  expect(seen).toEqual(inOrder)
  expect(faultsOf(await list('cursor=nonsense'))).toEqual({ status: 422, paths: ['cursor'] })
})

test('a project takes its destinations with it', async () => {
  const { id, projectId } = await client.make()
  expect((await call(backlot, ada, 'DELETE', `/v1/projects/${projectId}`)).status).toBe(204)
  expect((await call(backlot, ada, 'GET', `/v1/destinations/${id}`)).status).toBe(404)
  expect(await backlot.platform.db.$count(destinations, sql`id = ${id}`)).toBe(0)
})

test('live processes hear of each change once it is committed', async () => {
  const projectId = await client.newProject()
  let heard = 0
  let seen: unknown
  const stopHearing = backlot.platform.notifications.subscribe(
    projectChannel,
    () => {
      void client.targets(projectId).then((found) => {
        heard += 1
        seen = found.map(({ name, enabled }) => ({ name, enabled }))
      })
    },
    projectId,
  )
  const heardOf = async (change: Promise<unknown>, expected: unknown) => {
    const before = heard
    await change
    await expect.poll(() => heard).toBe(before + 1)
    expect(seen).toEqual(expected)
  }
  const added = client.make({}, projectId)
  await heardOf(added, [{ name: 'Mine', enabled: true }])
  const { id } = await added
  await heardOf(client.patch(id, { name: 'Other' }), [{ name: 'Other', enabled: true }])
  await heardOf(client.act(id, 'stop'), [{ name: 'Other', enabled: false }])
  await heardOf(client.act(id, 'start'), [{ name: 'Other', enabled: true }])
  await heardOf(call(backlot, ada, 'DELETE', `/v1/destinations/${id}`), [])
  stopHearing()
})

test('no table has the key of a destination, in any spelling', async () => {
  const secret = 'never-seen-in-the-clear-0815'
  const headers = { 'idempotency-key': 'with-a-secret' }
  const { data } = await client.add(await client.newProject(), { ...custom, streamKey: secret }, headers)
  const changed = 'nor-is-this-one-ever-4711'
  expect((await client.patch(data.id, { streamKey: changed })).status).toBe(200)
  const stored = await storedText(backlot)
  expect(stored).toContain('with-a-secret')
  for (const key of [secret, changed]) {
    for (const spelling of [key, Buffer.from(key).toString('hex'), Buffer.from(key).toString('base64')]) {
      expect(stored.includes(spelling)).toBe(false)
    }
  }
})
