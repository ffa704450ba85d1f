import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askRoute } from '../harness/ask-route.ts'
import { password, type SignedIn, signInAs } from '../harness/people.ts'
import { routesOf } from '../harness/routes.ts'
import { send } from '../harness/send.ts'
import { storedState, watchStoredState } from '../harness/stored-state.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { makeThings, type Things } from '../harness/things.ts'
import { table } from './access-table.ts'
import { type Caller, callers, type Row, tableEnv, type Wish } from './access-wishes.ts'

type Person = Exclude<Caller, 'anonymous'>
const roles = {
  other: 'user',
  viewer: 'viewer',
  reader: 'viewer',
  owner: 'user',
  manager: 'manager',
  admin: 'admin',
} as const
type World = { people: Record<Person, SignedIn>; owners: Things; readers?: Things }

let backlot: TestApp
let world: World | undefined

beforeAll(async () => {
  backlot = await startTestApp({ env: tableEnv })
  await signInAs(backlot, 'admin')
  await watchStoredState(backlot)
})
afterAll(() => backlot.close())

/** Who did and suffered nothing in the worlds before is in the next one too. */
const known = new Map<Person, SignedIn>()
const personFor = async (name: Person): Promise<SignedIn> => {
  const person = known.get(name) ?? (await signInAs(backlot, roles[name]))
  known.set(name, person)
  return person
}

/** Real users of every role, and one of everything for the owner. */
const newWorld = async (): Promise<World> => {
  const [other, viewer, reader, owner, manager, admin] = await Promise.all([
    personFor('other'),
    personFor('viewer'),
    personFor('reader'),
    personFor('owner'),
    personFor('manager'),
    personFor('admin'),
  ])
  const owners = await makeThings(backlot, owner.id)
  return { people: { other, viewer, reader, owner, manager, admin }, owners }
}

const endWorld = (changedBy: Caller): void => {
  for (const name of [changedBy, 'owner'] as const) if (name !== 'anonymous') known.delete(name)
  if (world?.readers !== undefined) known.delete('reader')
  world = undefined
}

/** What is stored since the last request, as long as nothing was made anew. */
let state: Record<string, string> | undefined

const theWorld = async (): Promise<World> => {
  if (world === undefined) {
    state = undefined
    // What is stored is listed for each request: not that of all worlds before.
    const objects = path.join(backlot.dataDir, 'files')
    for (const name of fs.readdirSync(objects))
      if (name !== 'drafts') fs.rmSync(path.join(objects, name), { recursive: true })
  }
  world ??= await newWorld()
  return world
}

/** The reader's own are made when he asks: most worlds end before. */
const thingsFor = async (caller: Caller): Promise<Things> => {
  const ofAll = await theWorld()
  if (caller !== 'reader') return ofAll.owners
  if (ofAll.readers === undefined) state = undefined
  ofAll.readers ??= await makeThings(backlot, ofAll.people.reader.id)
  return ofAll.readers
}

const ask = (route: string, wish: Wish, person: SignedIn | undefined, extra?: Record<string, string>) =>
  askRoute(backlot.url, route, wish, person?.token, extra)

const namesOf = (things: Things) => [
  ...[things.userId, things.email, things.sessionId, things.fileId, things.uploadId],
  ...[things.pending, things.failed].flatMap(({ generationId, jobId }) => [generationId, jobId]),
  ...[things.dataset.datasetId, things.dataset.jobId, things.written.exportId, things.written.jobId],
  ...[things.report.reportId, things.report.jobId, things.syncId],
  ...[things.projectId, things.destinationId, things.stoppedDestinationId],
  ...[things.live.projectId, things.live.streamId],
  ...[things.webhook.webhookId, things.webhook.deliveryId],
  ...[things.draftId, things.deletedPostId, things.apiKeyId, things.passkeyId, things.notedWebhookId],
  things.identityId,
]

const wishOf = ([, , wish]: Row, things: Things): Wish => wish?.(things) ?? {}
const outcomesOf = ([, outcomes]: Row) => outcomes.split(/ +/)
const isRead = ([route]: Row) => route.startsWith('GET ')

test('the table has every route, and no other', () => {
  const routes = routesOf(backlot)
  expect([...new Set(table.map(([route]) => route))].sort()).toEqual(routes)
  for (const row of table) expect(outcomesOf(row), row[0]).toHaveLength(callers.length)
})

test('the OpenAPI document has every route but those that are hidden', async () => {
  const { paths } = (await send(backlot.url, '/openapi.json')).json as { paths: Record<string, object> }
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(
      (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  )
  const isHidden = (route: string) =>
    /^\w+ (\/setup|\/account\/|\/admin\/queues|\/docs|\/metrics|\/openapi|\/v1\/storage|\/v1\/live\/preview)/.test(
      route,
    )
  const listed = [...new Set(table.map(([route]) => route))]
  expect(described.filter((route) => !route.startsWith('HEAD ')).sort()).toEqual(
    listed.filter((route) => !isHidden(route)).sort(),
  )
})

describe.each(table)('%s: %s', (...row) => {
  const [route] = row
  const hides = outcomesOf(row).some((outcome) => outcome.endsWith('-'))

  test.each(callers.map((caller, index) => [caller, outcomesOf(row)[index] ?? '']))(
    '%s gets %s',
    async (name, outcome) => {
      const caller = callers.find((known) => known === name) ?? 'anonymous'
      const { people } = await theWorld()
      const person = caller === 'anonymous' ? undefined : people[caller]
      const things = await thingsFor(caller)
      const before = state ?? (await storedState(backlot))
      const wish = wishOf(row, things)
      const answer = await ask(route, wish, person)
      const after = await storedState(backlot)
      state = after
      expect(answer.status, answer.text.slice(0, 300)).toBe(Number.parseInt(outcome, 10))

      const isAllowed = answer.status < 400
      if (isAllowed && !isRead(row)) endWorld(caller)
      if (isAllowed && !isRead(row) && !outcome.endsWith('='))
        expect(after, 'it had an effect').not.toEqual(before)
      else expect(after, 'it changed nothing').toEqual(before)

      const seen = namesOf(things).filter((thing) => answer.text.includes(thing))
      if (outcome.endsWith('-') || answer.status >= 400)
        expect(seen.filter((thing) => thing !== wish.id)).toEqual([])
      else if (hides) expect(seen).not.toEqual([])

      // The prefix makes no difference to who it is: one without rights and one with others' rights tell.
      if (isAllowed || (name !== 'anonymous' && name !== 'other')) return
      const [method, path = ''] = route.split(' ')
      const unversioned = await ask(`${method} ${path.replace(/^\/v1/, '')}`, wish, person)
      expect(unversioned.status, 'without /v1').toBe(answer.status)
    },
  )

  if (!isRead(row) || route.endsWith('/events')) return
  test('HEAD is as open as GET', async () => {
    const { people } = await theWorld()
    for (const [index, caller] of callers.entries()) {
      const things = await thingsFor(caller)
      const { status, text } = await ask(
        route.replace('GET', 'HEAD'),
        wishOf(row, things),
        caller === 'anonymous' ? undefined : people[caller],
      )
      expect({ caller, status, text }).toEqual({
        caller,
        status: Number.parseInt(outcomesOf(row)[index] ?? '', 10),
        text: '',
      })
    }
  })
})

test('no header that says who somebody is lets him in', async () => {
  const { people, owners } = await theWorld()
  const claims = {
    'x-user-id': people.admin.id,
    'x-user': people.admin.email,
    'x-forwarded-user': people.admin.email,
    'x-role': 'admin',
    'x-original-url': '/health/live',
    'x-rewrite-url': '/health/live',
    'x-http-method-override': 'GET',
    'x-middleware-subrequest': 'src/middleware:src/middleware:src/middleware',
    authorization: `Basic ${Buffer.from(`${people.admin.email}:${password}`).toString('base64')}`,
    cookie: people.admin.cookie.replace('__Host-', ''),
  }
  for (const row of table.filter((row) => outcomesOf(row)[0] === '401')) {
    expect((await ask(row[0], wishOf(row, owners), undefined, claims)).status, row[0]).toBe(401)
  }
})
