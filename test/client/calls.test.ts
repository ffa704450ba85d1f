import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  BacklotError,
  createBacklot,
  keepInMemory,
  type Post,
  type Settings,
} from '../../client/src/backlot.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const password = 'correct horse 42'
const newEmail = () => `${randomUUID()}@example.com`

const signedIn = async (settings: Partial<Settings> = {}) => {
  const backlot = createBacklot({ url: app.url, ...settings })
  await backlot.signUp({ email: newEmail(), password })
  return backlot
}

/** Tells of each request that goes out, and may stand in for what comes back. */
const watched = (instead: (url: URL, real: () => Promise<Response>) => Promise<Response>) => {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = (url, init) => {
    const to = new URL(String(url))
    asked.push(`${init?.method} ${to.pathname}`)
    return instead(to, () => globalThis.fetch(url, init))
  }
  return { asked, fetch }
}

const failure = async (call: Promise<unknown>): Promise<BacklotError> => {
  const error = await call.then(() => undefined).catch((reason: unknown) => reason)
  if (error instanceof BacklotError) return error
  throw error ?? new Error('It did not fail.')
}

test('things are made, read, changed and deleted by their names', async () => {
  const backlot = await signedIn()
  const post = await backlot.posts.create({ title: 'A hill', body: 'It is *green*.' })
  const typed: Post = await backlot.posts.update(post.id, { title: 'Two hills' })
  expect(typed).toMatchObject({ id: post.id, title: 'Two hills', version: 2 })
  expect(await backlot.posts.get(post.id, { render: 'html' })).toMatchObject({
    bodyHtml: '<p>It is <em>green</em>.</p>\n',
  })
  expect(await backlot.posts.delete(post.id)).toBeUndefined()
  expect(await failure(backlot.posts.get(post.id))).toMatchObject({ status: 404, code: 'POST_NOT_FOUND' })
  expect(await backlot.health.live()).toEqual({ status: 'ok' })
})

test('an id that would make another path is sent nowhere', async () => {
  const { asked, fetch } = watched((_url, real) => real())
  const backlot = await signedIn({ fetch })
  asked.length = 0
  for (const id of ['', '.', '..']) {
    await expect(backlot.auth.deleteSession(id)).rejects.toThrow('id must name one thing')
    await expect(backlot.posts.get(id)).rejects.toThrow('id must name one thing')
  }
  expect(asked).toEqual([])
  expect(await failure(backlot.posts.get('../x'))).toMatchObject({ status: 404, code: 'POST_NOT_FOUND' })
})

test('a list is read a page at a time, or walked to its end', async () => {
  const backlot = await signedIn()
  for (const title of ['one', 'two', 'three']) await backlot.posts.create({ title, body: title })
  const { data, page } = await backlot.posts.list({ limit: 2, status: 'draft', total: true })
  expect([data.map(({ title }) => title), page.total]).toEqual([['three', 'two'], 3])
  const titles: (string | undefined)[] = []
  for await (const { title } of backlot.posts.listAll({ limit: 2, status: 'draft' })) titles.push(title)
  expect(titles).toEqual(['three', 'two', 'one'])
})

test('a refusal says what was wrong, where, and under which id the server knows it', async () => {
  const backlot = await signedIn()
  const error = await failure(
    backlot.posts.create({ title: '', body: 'b' }, { headers: { 'x-request-id': 'request-12345' } }),
  )
  expect(error).toMatchObject({
    name: 'BacklotError',
    status: 422,
    code: 'VALIDATION_FAILED',
    requestId: 'request-12345',
    fields: [{ path: 'title', code: expect.any(String), message: expect.any(String) }],
  })
  const wrong = createBacklot({ url: app.url }).signIn({ email: newEmail(), password })
  expect(await failure(wrong)).toMatchObject({ status: 401, code: 'INVALID_CREDENTIALS' })
})

test('an API key calls within its scopes, and is never refreshed', async () => {
  const owner = await signedIn()
  const { apiKey } = await owner.apiKeys.create({ name: 'reads', scopes: ['posts:read'], expiresAt: null })
  const { asked, fetch } = watched((_, real) => real())
  const program = createBacklot({ url: app.url, apiKey, fetch })
  expect((await program.posts.list()).data).toEqual([])
  expect(await failure(program.posts.create({ title: 't', body: 'b' }))).toMatchObject({ status: 403 })
  await owner.apiKeys.delete((await owner.apiKeys.list()).data[0]?.id ?? '')
  expect(await failure(program.posts.list())).toMatchObject({ status: 401, code: 'API_KEY_INVALID' })
  expect(asked).toHaveLength(3)
})

test.for(['refused', 'expired'] as const)('twenty calls whose token is %s refresh it once', async (how) => {
  const store = keepInMemory()
  const { asked, fetch } = watched((_, real) => real())
  const backlot = await signedIn({ store, fetch })
  const session = await store.load()
  if (session === undefined) throw new Error('No session is kept.')
  const stale = how === 'refused' ? { accessToken: 'of.yester.day' } : { expiresAt: Date.now() }
  await store.save({ ...session, ...stale })
  const answers = await Promise.all(Array.from({ length: 20 }, () => backlot.auth.me()))
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
  expect(asked.filter((each) => each === 'POST /v1/auth/refresh')).toHaveLength(1)
  expect((await store.load())?.refreshToken).not.toBe(session.refreshToken)
  // The second client shares the store: it finds what the first one made.
  const other = createBacklot({ url: app.url, store })
  expect((await other.auth.me()).id).toBe(answers[0]?.id)
})

test('a refresh whose answer is lost is had again, and the session lives on', async () => {
  let lost = 0
  const { fetch } = watched(async ({ pathname }, real) => {
    const response = await real()
    if (pathname !== '/v1/auth/refresh' || lost > 0) return response
    lost += 1
    throw new TypeError('fetch failed')
  })
  const store = keepInMemory()
  const backlot = await signedIn({ store, fetch })
  const session = await store.load()
  if (session === undefined) throw new Error('No session is kept.')
  await store.save({ ...session, expiresAt: 0 })
  await backlot.auth.me()
  expect(lost).toBe(1)
})

test('a session that was ended elsewhere is forgotten, and the call says so', async () => {
  const store = keepInMemory()
  const backlot = await signedIn({ store })
  const twin = createBacklot({ url: app.url, store: { ...store, save: () => undefined } })
  await twin.auth.logout()
  expect(await failure(backlot.auth.me())).toMatchObject({ status: 401, code: 'REFRESH_TOKEN_INVALID' })
  expect(await store.load()).toBeUndefined()
  expect(await failure(backlot.auth.me())).toMatchObject({ status: 401, code: 'UNAUTHORIZED' })
  await backlot.signOut()
})

test('a POST whose answer is lost is sent again, and done once', async () => {
  let lost = 0
  const { asked, fetch } = watched(async ({ pathname }, real) => {
    const response = await real()
    if (pathname !== '/v1/posts' || lost === 2) return response
    lost += 1
    throw new TypeError('fetch failed')
  })
  const backlot = await signedIn({ fetch })
  await backlot.posts.create({ title: 'Once', body: 'b' })
  expect(asked.filter((each) => each === 'POST /v1/posts')).toHaveLength(3)
  expect((await backlot.posts.list({ status: 'draft', total: true })).page.total).toBe(1)
})

test('what may not be repeated is not', async () => {
  const { asked, fetch } = watched(async ({ pathname }, real) => {
    if (pathname.startsWith('/v1/auth')) return real()
    throw new TypeError('fetch failed')
  })
  const backlot = await signedIn({ fetch })
  expect(await failure(backlot.posts.update(randomUUID(), { title: 't' }))).toMatchObject({
    code: 'CONNECTION_FAILED',
    status: undefined,
  })
  expect(asked.filter((each) => each.startsWith('PATCH'))).toHaveLength(1)
})

test('who is told when to come back comes back then; who is told too late a time is told so', async () => {
  const refusals = ['0', '3600']
  const instants: number[] = []
  const { fetch } = watched(async ({ pathname }, real) => {
    if (pathname !== '/v1/posts') return real()
    instants.push(performance.now())
    const after = refusals.shift()
    return after === undefined
      ? real()
      : new Response('{}', { status: 503, headers: { 'retry-after': after } })
  })
  const backlot = createBacklot({ url: app.url, fetch })
  expect(await failure(backlot.posts.list())).toMatchObject({
    code: 'HTTP_503',
    status: 503,
    retryAfterMs: 3_600_000,
  })
  expect(instants).toHaveLength(2)
  expect((instants[1] ?? 0) - (instants[0] ?? 0)).toBeLessThan(200)
  refusals.push('1')
  await backlot.posts.list()
  expect((instants[3] ?? 0) - (instants[2] ?? 0)).toBeGreaterThan(990)
})

test('a call ends with its signal, also while it waits to try again', async () => {
  const reason = new Error('I have seen enough.')
  const ended = AbortSignal.abort(reason)
  await expect(createBacklot({ url: app.url }).posts.list({}, { signal: ended })).rejects.toBe(reason)
  const leaving = new AbortController()
  const { fetch } = watched(async () => {
    setTimeout(() => leaving.abort(reason))
    throw new TypeError('fetch failed')
  })
  const waiting = createBacklot({ url: app.url, fetch }).posts.list({}, { signal: leaving.signal })
  await expect(waiting).rejects.toBe(reason)
})

test('a server that says nothing, one that is away, and one that is another', async () => {
  const proxy = await TcpProxy.start(app.url)
  proxy.silence()
  const backlot = createBacklot({ url: proxy.url, timeoutMs: 100, retries: 0 })
  expect(await failure(backlot.posts.list())).toMatchObject({ code: 'TIMED_OUT', status: undefined })
  await proxy.close()
  expect(await failure(backlot.posts.list())).toMatchObject({
    code: 'CONNECTION_FAILED',
    message: `${new URL(proxy.url).host} cannot be reached, or broke off.`,
  })
  const { fetch } = watched(
    async () => new Response('<h1>Welcome</h1>', { headers: { 'content-type': 'text/html' } }),
  )
  const elsewhere = createBacklot({ url: app.url, fetch })
  expect(await failure(elsewhere.posts.list())).toMatchObject({ code: 'NOT_BACKLOT' })
})
