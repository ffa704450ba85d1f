import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Permission, permissions } from '../../src/modules/auth/permissions.ts'
import { files, uploads } from '../../src/modules/files/files.table.ts'
import { newKeyOf } from '../harness/api-keys.ts'
import { askRoute } from '../harness/ask-route.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { send } from '../harness/send.ts'
import { storedState, watchStoredState } from '../harness/stored-state.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { makeThings, type Things } from '../harness/things.ts'
import { table } from './access-table.ts'
import { callers, type Row, tableEnv, type Wish } from './access-wishes.ts'

let backlot: TestApp
let admin: SignedIn
let owner: SignedIn
let things: Things
/** By route, such as `GET /v1/jobs/:id`: the schemes that its description names, with scopes. */
let waysIn: Map<string, Record<string, string[]>[]>

beforeAll(async () => {
  backlot = await startTestApp({ env: tableEnv })
  await watchStoredState(backlot)
  admin = await signInAs(backlot, 'admin')
  await makeWorld()
  const { paths } = (await send(backlot.url, '/openapi.json')).json
  waysIn = new Map(
    Object.entries<object>(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { security = [] }]) => [
        `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        security,
      ]),
    ),
  )
})
afterAll(() => backlot.close())

const makeWorld = async () => {
  state = undefined
  owner = await signInAs(backlot, 'user')
  things = await makeThings(backlot, owner.id)
}

const keys = new Map<string, string>()

/** One for each user and scopes. */
const keyOf = async ({ id }: SignedIn, scopes: Permission[]) => {
  const name = `${id} ${scopes.join()}`
  const known = keys.get(name)
  if (known !== undefined) return known
  const { text } = await newKeyOf(backlot.platform.db, id, scopes)
  keys.set(name, text)
  state = undefined
  return text
}

/** What is stored since the last request, as long as nothing was made anew. */
let state: Record<string, string> | undefined

const expectNoEffect = async <T>(work: () => Promise<T>): Promise<T> => {
  const before = state ?? (await storedState(backlot))
  const result = await work()
  state = await storedState(backlot)
  expect(state, 'it changed nothing').toEqual(before)
  return result
}

const wishOf = ([, , wish]: Row): Wish => wish?.(things) ?? {}
/** What the table says that the role gets: 401 for nobody. */
const outcomeOf = ([, outcomes]: Row, caller: (typeof callers)[number]) =>
  Number.parseInt(outcomes.split(/ +/)[callers.indexOf(caller)] ?? '', 10)
const asksWho = (row: Row) => outcomeOf(row, 'anonymous') === 401 && outcomeOf(row, 'admin') !== 401
const isRead = ([route]: Row) => route.startsWith('GET ')
const scopeOfRoute = (route: string): Permission | undefined => {
  // Bull Board is in no description.
  if (route.includes(' /admin/queues')) return route.startsWith('GET ') ? 'queues:read' : 'queues:update'
  const [named] = waysIn.get(route)?.flatMap(({ apiKey, adminApiKey }) => apiKey ?? adminApiKey ?? []) ?? []
  return permissions.find((permission) => permission === named)
}
/** A batch asks for the scopes of its calls: `smuggling.test.ts` attacks it. */
const guarded = table.filter(asksWho).filter(([route]) => route !== 'POST /v1/batch')

const readOnly = permissions.filter((permission) => permission.endsWith(':read'))
/** Where the route's own scope is not enough. */
const needMore: string[] = []

test('there are routes for keys and routes that are for people alone', () => {
  const scopes = guarded.map(([route]) => scopeOfRoute(route))
  expect(scopes.filter((scope) => scope === undefined).length).toBeGreaterThan(10)
  expect(new Set(scopes).size).toBeGreaterThan(25)
})

describe.each(guarded)('%s', (...row) => {
  const [route] = row

  test("refuses an admin's key that has every scope but the right one, and changes nothing", async () => {
    const scope = scopeOfRoute(route)
    const scopes = permissions.filter((permission) => permission !== scope)
    const token = await keyOf(admin, scopes)
    const { status, error } = await expectNoEffect(() => askRoute(backlot.url, route, wishOf(row), token))
    const code = scope === undefined ? 'SESSION_REQUIRED' : 'INSUFFICIENT_SCOPE'
    // In lower case where clients of OpenAI read it.
    expect([status, error?.code.toUpperCase()]).toEqual([403, code])
  })

  test('lets a key that may only read do nothing but read', async () => {
    const token = await keyOf(admin, readOnly)
    const { status } = await expectNoEffect(() =>
      askRoute(backlot.url, route, wishOf(row), token, { prefer: 'wait=1' }),
    )
    const isForKeys = scopeOfRoute(route) !== undefined
    expect(status).toBe(isRead(row) && isForKeys ? outcomeOf(row, 'admin') : 403)
  })

  test('takes no key from the query, a cookie, another header or another scheme', async () => {
    const text = await keyOf(admin, [...permissions])
    const wish = wishOf(row)
    const query = `${wish.query === undefined ? '?' : `${wish.query}&`}api_key=${text}&access_token=${text}`
    const headers = { cookie: `__Host-backlot=${text}`, 'x-api-key': text, 'sec-fetch-site': 'same-origin' }
    expect((await askRoute(backlot.url, route, { ...wish, query }, undefined, headers)).status).toBe(401)
    const basic = { authorization: `Basic ${Buffer.from(`${text}:`).toString('base64')}` }
    expect((await askRoute(backlot.url, route, wish, undefined, basic)).status).toBe(401)
  })

  if (['owner', 'admin'].every((caller) => outcomeOf(row, caller as 'owner') >= 400)) return
  test('gives a key of the owner what he gets, or says what is missing without having done half of it', async () => {
    const scope = scopeOfRoute(route)
    if (scope === undefined) return
    const read = readOnly.find((permission) => permission.split(':')[0] === scope.split(':')[0])
    const token = await keyOf(owner, [scope, ...(read === undefined || read === scope ? [] : [read])])
    const before = state ?? (await storedState(backlot))
    const { status, error, text } = await askRoute(backlot.url, route, wishOf(row), token)
    state = undefined
    if (['INSUFFICIENT_SCOPE', 'SESSION_REQUIRED'].includes(error?.code)) needMore.push(route)
    else expect(status, text.slice(0, 300)).toBe(outcomeOf(row, 'owner'))
    if (status >= 400) expect(await storedState(backlot)).toEqual(before)
    else if (!isRead(row)) await makeWorld()
  })
})

test('no route needs more than its own scope and to read the same, but for what reaches further', () => {
  expect([...new Set(needMore)]).toEqual([
    'PATCH /v1/users/:id',
    'DELETE /v1/users/:id',
    'POST /v1/export',
    'POST /v1/reports',
    'POST /v1/syncs',
    'GET /v1/syncs/:id/runs',
    'POST /v1/webhooks',
    'PATCH /v1/webhooks/:id',
    'POST /v1/webhooks/:id/secret',
    'POST /v1/webhooks/:id/test',
    'GET /v1/webhooks/:id/deliveries',
    'POST /v1/deliveries/:id/replay',
    'POST /v1/upload',
  ])
})

test('what is public is no more open with a key', async () => {
  const token = await keyOf(admin, [...permissions])
  for (const row of table.filter((row) => !asksWho(row) && isRead(row))) {
    const [route] = row
    const isForAnyone = waysIn.get(route)?.some((way) => Object.keys(way).length === 0)
    const { status } = await askRoute(backlot.url, route, wishOf(row), token)
    expect(status, route).toBe(outcomeOf(row, isForAnyone ? 'admin' : 'anonymous'))
  }
})

test('a key without posts:read sees of posts what everybody sees', async () => {
  const token = await keyOf(owner, ['jobs:read'])
  const ask = (route: string, wish: Wish) => askRoute(backlot.url, route, wish, token)
  expect((await ask('GET /v1/posts/:id', { id: things.postId })).status).toBe(200)
  expect((await ask('GET /v1/posts/:id', { id: things.draftId })).status).toBe(404)
  expect((await ask('GET /v1/posts', { query: '?status=draft' })).data).toEqual([])
  const may = await keyOf(owner, ['posts:read'])
  expect((await askRoute(backlot.url, 'GET /v1/posts/:id', { id: things.draftId }, may)).status).toBe(200)
})

const retryAll = 'PUT /admin/queues/api/queues/:queueName/:jobId'

describe('a key cannot reach by a second channel what its scopes leave out', () => {
  const ask = async (scopes: Permission[], route: string, wish: Wish) => {
    const token = await keyOf(admin, scopes)
    const { status, error } = await expectNoEffect(() => askRoute(backlot.url, route, wish, token))
    return [status, error?.code]
  }
  const scope = [403, 'INSUFFICIENT_SCOPE']
  const session = [403, 'SESSION_REQUIRED']

  test('an export of what it may not read', async () => {
    const exporting: Permission[] = ['exports:create', 'exports:read']
    const users = { body: { resource: 'users', format: 'csv' } }
    expect(await ask(exporting, 'POST /v1/export', users)).toEqual(scope)
    const dataset = { body: { datasetId: things.dataset.datasetId, format: 'csv' } }
    expect(await ask(exporting, 'POST /v1/export', dataset)).toEqual(scope)
  })

  test('a webhook that tells of it', async () => {
    const body = { url: 'https://example.com/hook', events: ['post.published'] }
    const hooking: Permission[] = ['webhooks:create', 'webhooks:update', 'webhooks:read', 'projects:read']
    expect(await ask(hooking, 'POST /v1/webhooks', { body })).toEqual(scope)
    const changed = { id: things.webhook.webhookId, body: { url: 'https://example.com/other' } }
    expect(await ask(hooking, 'PATCH /v1/webhooks/:id', changed)).toEqual(scope)
  })

  test.each([
    'GET /v1/webhooks/:id/deliveries',
    'POST /v1/webhooks/:id/test',
    'POST /v1/webhooks/:id/secret',
    'POST /v1/deliveries/:id/replay',
  ])('what a webhook was sent: %s', async (route) => {
    const { webhookId, deliveryId } = things.webhook
    const id = route.includes('/deliveries/:id') ? deliveryId : webhookId
    for (const other of ['posts:read', 'projects:read'] as const)
      expect(await ask(['webhooks:read', 'webhooks:update', other], route, { id })).toEqual(scope)
  })

  test('jobs and schedules, on the board of queues', async () => {
    for (const query of ['', '?activeQueue=images&status=failed', '?activeQueue=cancelled&status=completed'])
      expect(
        await ask(['queues:read', 'schedules:read'], 'GET /admin/queues/api/queues', { query }),
        query,
      ).toEqual(scope)
    const retry = { id: 'images/retry/failed' }
    expect(await ask(['queues:read', 'queues:update', 'jobs:update'], retryAll, retry)).toEqual(scope)
    expect(await ask(['queues:read', 'jobs:read'], 'GET /admin/queues/api/job-schedulers', {})).toEqual(scope)
  })

  test('the links of a file, by confirming its upload again', async () => {
    const route = 'POST /v1/uploads/confirm'
    const wish = { body: { uploadId: things.uploadId } }
    const { db } = backlot.platform
    await db.update(uploads).set({ fileId: things.fileId }).where(eq(uploads.id, things.uploadId))
    await db.update(files).set({ thumbnailKey: 'a-thumbnail' }).where(eq(files.id, things.fileId))
    state = undefined
    const confirm = async (scopes: Permission[]) => {
      const token = await keyOf(owner, scopes)
      return (await expectNoEffect(() => askRoute(backlot.url, route, wish, token))).data.file
    }
    const link = expect.stringContaining('/v1/storage/')
    expect(await confirm(['files:create', 'files:read'])).toMatchObject({ url: link, thumbnailUrl: link })
    expect(await confirm(['files:create'])).toMatchObject({ status: 'ready', url: null, thumbnailUrl: null })
  })

  test('a private picture, as the cover of a post or the photo of a generation', async () => {
    const body = { title: 'A hill', body: 'It is green.', coverFileId: things.pictureId }
    const posting: Permission[] = ['posts:create', 'posts:update', 'posts:read']
    expect(await ask(posting, 'POST /v1/posts', { body })).toEqual(scope)
    const cover = { id: things.draftId, body: { coverFileId: things.pictureId } }
    expect(await ask(posting, 'PATCH /v1/posts/:id', cover)).toEqual(scope)
    const photo = { body: { prompt: 'a hill', style: 'noir', fileId: things.pictureId } }
    expect(await ask(['generations:create'], 'POST /v1/generations', photo)).toEqual(scope)
  })

  test('another identity: an admin that it makes, a role that it gives, a user whom it disables, its own account', async () => {
    const governing: Permission[] = ['users:create', 'users:read', 'users:update', 'users:delete']
    const made = { body: { email: 'new-admin@example.com', role: 'admin', password: 'seven green bottles' } }
    expect(await ask(governing, 'POST /v1/users', made)).toEqual(session)
    const change = (body: object) => ask(governing, 'PATCH /v1/users/:id', { id: things.userId, body })
    expect(await change({ role: 'admin' })).toEqual(session)
    expect(await change({ disabled: true })).toEqual(session)
    const own = { id: admin.id, body: { password: 'correct horse 42' } }
    expect(await ask(governing, 'DELETE /v1/users/:id', own)).toEqual(session)
  })
})

test('a key signs nobody in', async () => {
  const refreshToken = await keyOf(admin, [...permissions])
  expect(
    (await askRoute(backlot.url, 'POST /v1/auth/refresh', { body: { refreshToken } }, refreshToken)).status,
  ).toBe(401)
  const body = { email: admin.email, password: refreshToken }
  expect((await askRoute(backlot.url, 'POST /v1/auth/login', { body }, refreshToken)).status).toBe(401)
})
