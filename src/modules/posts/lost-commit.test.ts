import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { password, type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { postsClient } from '../../../test/harness/posts-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

let backlot: TestApp
let ada: Person
let admin: SignedIn

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signUp(backlot)
  admin = await signInAs(backlot, 'admin')
})
afterAll(() => backlot?.close())
afterEach(() => vi.restoreAllMocks())

const { query } = pg.Client.prototype

/** The next commit is carried out, and the connection breaks before its answer. */
const loseNextCommit = () => {
  let isDue = true
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(async function (
    this: pg.Client,
    ...given: unknown[]
  ) {
    const result = await Reflect.apply(query, this, given)
    if (!isDue || !textOf(given[0]).startsWith('commit')) return result
    isDue = false
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  })
}
const textOf = (statement: unknown): string =>
  typeof statement === 'object' && statement !== null && 'text' in statement
    ? String(statement.text)
    : String(statement)

const own = () => postsClient(backlot, ada)
const write = async (fields: object) => (await own().write({ status: 'published', ...fields })).data
const ask = async (url: string) => {
  const { status, text } = await call(backlot, undefined, 'GET', url)
  return { status, text }
}
const stateOf = async (who: Person) => (await call(backlot, who, 'GET', '/v1/auth/me')).status

test.each([
  ['withdrawn', (id: string) => own().change(id, { status: 'draft' })],
  ['deleted', (id: string) => own().remove(id)],
])(
  'a post that is %s is served from no cache, though the answer of the commit was lost',
  async (how, change) => {
    const { id, slug } = await write({ tags: [how] })
    const urls = [`/v1/posts/${id}`, `/v1/posts/${slug}`, `/v1/posts?tag=${how}`]
    for (const url of urls) expect((await ask(url)).text).toContain(id)
    loseNextCommit()
    expect((await change(id)).status).toBe(503)
    for (const url of urls) expect((await ask(url)).text).not.toContain(id)
  },
)

test('so is a list from before a post was written or restored', async () => {
  const url = '/v1/posts?tag=new'
  expect((await ask(url)).text).not.toContain('A new post')
  loseNextCommit()
  const status = { status: 'published', tags: ['new'] }
  expect((await own().write({ title: 'A new post', ...status })).status).toBe(503)
  const { text } = await ask(url)
  expect(text).toContain('A new post')
  const { id } = JSON.parse(text).data[0]
  await own().remove(id)
  expect((await ask(url)).text).not.toContain(id)
  loseNextCommit()
  expect((await own().restore(id)).status).toBe(503)
  expect((await ask(url)).text).toContain(id)
})

const byAdmin = (ben: Person, method: 'PATCH' | 'DELETE', body?: object) =>
  call(backlot, admin, method, `/v1/users/${ben.id}`, body === undefined ? {} : { body })

test.each([
  ['disabled', (ben: Person) => byAdmin(ben, 'PATCH', { disabled: true })],
  ['deleted', (ben: Person) => byAdmin(ben, 'DELETE')],
])('a user who is %s is refused, though the answer of the commit was lost', async (_, change) => {
  const ben = await signInAs(backlot, 'user')
  expect(await stateOf(ben)).toBe(200)
  loseNextCommit()
  expect((await change(ben)).status).toBe(503)
  expect(await stateOf(ben)).toBe(401)
})

/** Two sessions of one user. */
const signInTwice = async () => {
  const first = await signInAs(backlot, 'user')
  const { data } = await call(backlot, undefined, 'POST', '/v1/auth/login', {
    body: { email: first.email, password },
  })
  const second = { id: first.id, email: first.email, token: data.accessToken }
  for (const one of [first, second]) expect(await stateOf(one)).toBe(200)
  return { first, second }
}

test('a new password ends the other sessions', async () => {
  const { first, second } = await signInTwice()
  loseNextCommit()
  const body = { currentPassword: password, newPassword: 'eleven blue kettles' }
  expect((await call(backlot, second, 'POST', '/v1/auth/change-password', { body })).status).toBe(503)
  expect(await stateOf(first)).toBe(401)
  expect(await stateOf(second)).toBe(200)
})

test('a refresh token that is used again ends its session', async () => {
  const { refreshToken, ...ben } = await signInAs(backlot, 'user')
  const refresh = (token: string) =>
    call(backlot, undefined, 'POST', '/v1/auth/refresh', { body: { refreshToken: token } })
  const { data } = await refresh(refreshToken)
  expect((await refresh(data.refreshToken)).status).toBe(200)
  expect(await stateOf(ben)).toBe(200)
  loseNextCommit()
  expect((await refresh(refreshToken)).status).toBe(503)
  expect(await stateOf(ben)).toBe(401)
})

test('a session that is ended, alone or with others, is ended', async () => {
  const { first, second } = await signInTwice()
  const others = await signInTwice()
  loseNextCommit()
  expect((await call(backlot, second, 'DELETE', `/v1/auth/sessions/${first.sessionId}`)).status).toBe(503)
  expect(await stateOf(first)).toBe(401)
  loseNextCommit()
  expect((await call(backlot, others.second, 'DELETE', '/v1/auth/sessions')).status).toBe(503)
  expect(await stateOf(others.first)).toBe(401)
})
