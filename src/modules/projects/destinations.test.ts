import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { storedText } from '../../../test/harness/stored-text.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { deriveLiveKeys } from './live-keys.ts'
import { projectChannel, readRelayTargets, setDestinationState, setLiveStream } from './live-project.ts'
import { platformIngest } from './platforms.ts'
import { destinations } from './projects.table.ts'

const destinationsPerProject = 6
const streamKey = 'abcd-efgh-1234-wxyz'
const url = 'rtmp://live.example.com/app'
const custom = { name: 'Mine', platform: 'custom', url, streamKey }

let backlot: TestApp
let ada: Person

beforeAll(async () => {
  backlot = await startTestApp({
    env: { LIVE_DESTINATIONS_PER_PROJECT: String(destinationsPerProject), LIVE_PROJECTS_PER_USER: '1000' },
  })
  ada = await signUp(backlot)
})
afterAll(() => backlot.close())

const newProject = async (): Promise<string> =>
  (await call(backlot, ada, 'POST', '/v1/projects', { body: { name: 'Show' } })).data.id
const add = (projectId: string, body: object, headers = {}, who = ada) =>
  call(backlot, who, 'POST', `/v1/projects/${projectId}/destinations`, { body, headers })
const make = async (body: object = {}, projectId?: string) => {
  const answer = await add(projectId ?? (await newProject()), { ...custom, ...body })
  expect(answer.status, answer.text).toBe(201)
  return answer.data
}
const patch = (id: string, body: object) => call(backlot, ada, 'PATCH', `/v1/destinations/${id}`, { body })
const act = async (id: string, action: 'start' | 'stop') =>
  (await call(backlot, ada, 'POST', `/v1/destinations/${id}/${action}`)).data
const targets = (projectId: string) =>
  readRelayTargets(backlot.platform.db, deriveLiveKeys(backlot.config.secretKey), projectId)
const goLive = (projectId: string) =>
  backlot.platform.db.transaction((tx) => setLiveStream(tx, projectId, projectId))
const faultsOf = ({ status, error }: { status: number; error?: { errors: { path: string }[] } }) => ({
  status,
  paths: error?.errors.map(({ path }) => path),
})

describe('adding one', () => {
  test('shows the end of its key, and keeps the whole for the relay', async () => {
    const projectId = await newProject()
    const answer = await add(projectId, custom)
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
    expect(await targets(projectId)).toEqual([
      { id, name: 'Mine', url, streamKey, enabled: true, revision: 1, position: 0 },
    ])
  })

  test('a platform has an address of its own, which may be replaced', async () => {
    const { platform, url: preset } = await make({ platform: 'youtube', url: undefined })
    expect({ platform, preset }).toEqual({ platform: 'youtube', preset: platformIngest.youtube })
    expect((await make({ platform: 'twitch' })).url).toBe(url)
    const without = await add(await newProject(), { ...custom, url: undefined })
    expect(faultsOf(without)).toEqual({ status: 422, paths: ['url'] })
  })

  test('one that is not wanted is stopped from the start, and of a short key nothing is shown', async () => {
    expect(await make({ enabled: false, streamKey: 'short' })).toMatchObject({
      state: 'stopped',
      streamKey: '••••',
    })
  })

  test('a repetition gets the same answer and adds nothing', async () => {
    const projectId = await newProject()
    const headers = { 'idempotency-key': `add to ${projectId}`.replaceAll(' ', '-') }
    const [first, again] = [await add(projectId, custom, headers), await add(projectId, custom, headers)]
    expect(again.json).toEqual(first.json)
    expect(await targets(projectId)).toHaveLength(1)
    const otherKey = await add(projectId, { ...custom, streamKey: 'another-key-1' }, headers)
    expect(otherKey.error.code).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  test('no project gets more than its share, however many are asked for at once', async () => {
    const projectId = await newProject()
    const asked = Array.from({ length: destinationsPerProject * 3 }, () => add(projectId, custom))
    const answers = await Promise.all(asked)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(destinationsPerProject)
    expect(new Set(answers.map(({ error }) => error?.code))).toEqual(
      new Set([undefined, 'TOO_MANY_DESTINATIONS']),
    )
    const places = (await targets(projectId)).map(({ position }) => position)
    expect(places).toEqual([...places.keys()])
  })
})

test.each([
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '0', '10.0.0.1'],
  ...['169.254.169.254', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[fd00::1]', 'LOCALHOST'],
  ...['localhost', 'localhost.', 'a.localhost', 'redis', 'nas.local', '１２７.0.0.1', '%6c%6fcalhost'],
])('the host %s is refused in every place that takes an address', async (host) => {
  const { id, projectId } = await made()
  const privateUrl = `rtmp://${host}:1935/app`
  const refused = { status: 422, paths: ['url'] }
  expect(faultsOf(await add(projectId, { ...custom, url: privateUrl }))).toEqual(refused)
  expect(faultsOf(await add(projectId, { ...custom, url: privateUrl, platform: 'kick' }))).toEqual(refused)
  expect(faultsOf(await patch(id, { url: privateUrl, streamKey }))).toEqual(refused)
})

let known: { id: string; projectId: string } | undefined
const made = async () => {
  known ??= (await make()) as { id: string; projectId: string }
  return known
}

test.each([
  ...['http://a.example.com/app', 'rtmp://a.example.com', 'rtmp://a.example.com/', 'rtmp:///app', 'a'],
  ...['rtmp://a.example.com/app?x=1', 'rtmp://a.example.com/app#x', 'rtmp://u:p@a.example.com/app'],
  ...['rtmp://a.example.com:0/app', 'rtmp://a.example.com:70000/app', 'rtmp://a.example.com/a b'],
  ...['rtmp://a.example.com/a\nb', 'rtmp://a.example.com//app', `rtmp://a.example.com/${'a'.repeat(500)}`],
  ...['rtmpt://a.example.com/app', 'javascript:alert(1)', '', 'rtmp:a.example.com/app'],
])('the address %j is refused', async (wrong) => {
  const { projectId } = await made()
  expect(faultsOf(await add(projectId, { ...custom, url: wrong }))).toEqual({ status: 422, paths: ['url'] })
})

test.each([
  ['RTMPS://Live.Example.com:443/App/', 'rtmps://live.example.com:443/App'],
  ['rtmp://bücher.example/live/room', 'rtmp://xn--bcher-kva.example/live/room'],
  ['rtmp://8.8.8.8:19350/app', 'rtmp://8.8.8.8:19350/app'],
  ['rtmp://0x08.8.8.8/app', 'rtmp://8.8.8.8/app'],
  ['rtmp://[2606:4700:4700:0::1111]:1936/app', 'rtmp://[2606:4700:4700::1111]:1936/app'],
])('the address %s is kept as %s', async (given, kept) => {
  const { id } = await made()
  expect((await patch(id, { url: given, streamKey })).data.url).toBe(kept)
})

test('where the operator allows it, a private host is taken', async () => {
  const open = await startTestApp({ env: { LIVE_ALLOW_PRIVATE_DESTINATIONS: 'true' } })
  try {
    const bea = await signUp(open)
    const { data } = await call(open, bea, 'POST', '/v1/projects', { body: { name: 'Show' } })
    const body = { ...custom, url: 'rtmp://127.0.0.1:19350/live' }
    const answer = await call(open, bea, 'POST', `/v1/projects/${data.id}/destinations`, { body })
    expect(answer.status).toBe(201)
  } finally {
    await open.close()
  }
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
  expect(faultsOf(await patch((await made()).id, body))).toEqual({ status: 422, paths: [path] })
})

test('a stored key is not sent to another server: a new address there needs its own key', async () => {
  const { id, projectId } = await make()
  for (const elsewhere of [
    'rtmp://evil.example.net/app',
    'rtmp://live.example.com:1936/app',
    'rtmps://live.example.com/app',
  ]) {
    expect(faultsOf(await patch(id, { url: elsewhere }))).toEqual({ status: 422, paths: ['streamKey'] })
  }
  expect(await targets(projectId)).toMatchObject([{ url, streamKey, revision: 1 }])
  expect((await patch(id, { url: 'rtmp://LIVE.example.com:1935/other' })).status).toBe(200)
  expect(await targets(projectId)).toMatchObject([{ streamKey, revision: 2 }])
  const moved = await patch(id, { url: 'rtmp://new.example.net/app', streamKey: 'another-key-5678' })
  expect(moved.data).toMatchObject({ url: 'rtmp://new.example.net/app', streamKey: '••••5678' })
  expect(await targets(projectId)).toMatchObject([{ streamKey: 'another-key-5678', revision: 3 }])
  await patch(id, { name: 'Same way', position: 4 })
  expect(await targets(projectId)).toMatchObject([{ name: 'Same way', position: 4, revision: 3 }])
})

describe('start and stop', () => {
  test('while nothing is live, what is wanted is what is so', async () => {
    const { id } = await make()
    expect(await act(id, 'stop')).toMatchObject({ enabled: false, state: 'stopped' })
    expect(await act(id, 'stop')).toMatchObject({ enabled: false, state: 'stopped' })
    expect(await act(id, 'start')).toMatchObject({ enabled: true, state: 'idle' })
    expect((await patch(id, { enabled: false })).data).toMatchObject({ state: 'stopped' })
    expect((await patch(id, { enabled: true })).data).toMatchObject({ state: 'idle' })
  })

  test('while it is live, what is observed stays, and to start again what failed begins it anew', async () => {
    const { id, projectId } = await make()
    await goLive(projectId)
    const observe = (state: 'errored' | 'broadcasting') =>
      setDestinationState(backlot.platform.db, {
        ...{ destinationId: id, projectId, state, at: new Date() },
        ...(state === 'errored' ? { code: 'NetStream.Publish.BadName', message: 'Bad key' } : {}),
      })
    await observe('broadcasting')
    expect(await act(id, 'start')).toMatchObject({ enabled: true, state: 'broadcasting' })
    expect(await targets(projectId)).toMatchObject([{ revision: 1 }])
    expect(await act(id, 'stop')).toMatchObject({ enabled: false, state: 'broadcasting' })
    await act(id, 'start')
    await observe('errored')
    expect(await act(id, 'start')).toMatchObject({ state: 'errored', stateMessage: 'Bad key' })
    expect(await targets(projectId)).toMatchObject([{ enabled: true, revision: 2 }])
  })
})

test('others do not know of it; a manager reads it and no key; an admin may all', async () => {
  const { id, projectId } = await make()
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
  const projectId = await newProject()
  const ids: string[] = []
  for (const position of [5, 1, 5, 0]) ids.push((await make({ position }, projectId)).id)
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
  const { id, projectId } = await make()
  expect((await call(backlot, ada, 'DELETE', `/v1/projects/${projectId}`)).status).toBe(204)
  expect((await call(backlot, ada, 'GET', `/v1/destinations/${id}`)).status).toBe(404)
  expect(await backlot.platform.db.$count(destinations, sql`id = ${id}`)).toBe(0)
})

test('live processes hear of each change once it is committed', async () => {
  const projectId = await newProject()
  let heard = 0
  let seen: unknown
  const stopHearing = backlot.platform.notifications.subscribe(
    projectChannel,
    () => {
      void targets(projectId).then((found) => {
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
  const added = make({}, projectId)
  await heardOf(added, [{ name: 'Mine', enabled: true }])
  const { id } = await added
  await heardOf(patch(id, { name: 'Other' }), [{ name: 'Other', enabled: true }])
  await heardOf(act(id, 'stop'), [{ name: 'Other', enabled: false }])
  await heardOf(act(id, 'start'), [{ name: 'Other', enabled: true }])
  await heardOf(call(backlot, ada, 'DELETE', `/v1/destinations/${id}`), [])
  stopHearing()
})

test('no table has the key of a destination, in any spelling', async () => {
  const secret = 'never-seen-in-the-clear-0815'
  const headers = { 'idempotency-key': 'with-a-secret' }
  const { data } = await add(await newProject(), { ...custom, streamKey: secret }, headers)
  const changed = 'nor-is-this-one-ever-4711'
  expect((await patch(data.id, { streamKey: changed })).status).toBe(200)
  const stored = await storedText(backlot)
  expect(stored).toContain('with-a-secret')
  for (const key of [secret, changed]) {
    for (const spelling of [key, Buffer.from(key).toString('hex'), Buffer.from(key).toString('base64')]) {
      expect(stored.includes(spelling)).toBe(false)
    }
  }
})
