import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cacheChannel } from '../../src/platform/cache/cache.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { send } from '../harness/send.ts'
import { statementsOf } from '../harness/statements.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { makeThings, type Things } from '../harness/things.ts'

/** What each read may cost in statements, whatever it shows. Who asks is in the cache. */
const mostStatements: [route: (things: Things) => string, most: number][] = [
  [() => '/v1/posts', 1],
  [() => '/v1/posts?total=true', 2],
  [() => '/v1/posts?fields=id,body,bodyHtml,authorName', 2],
  [() => '/v1/posts?q=green', 4],
  [() => '/v1/posts?q=green&sort=title&total=true&fields=authorName', 5],
  [() => '/v1/posts/feed.rss', 2],
  [() => '/v1/posts/feed.atom', 2],
  [({ postId }) => `/v1/posts/${postId}`, 1],
  [({ postId }) => `/v1/posts/${postId}?render=html`, 1],
  [() => '/v1/users', 1],
  [() => '/v1/users?total=true&q=e&sort=name', 2],
  [({ userId }) => `/v1/users/${userId}`, 1],
  [() => '/v1/generations', 2],
  [({ pending }) => `/v1/generations/${pending.generationId}`, 2],
  [() => '/v1/files', 1],
  [() => '/v1/jobs', 1],
  [() => '/v1/datasets', 2],
  [() => '/v1/exports', 2],
  [() => '/v1/projects', 1],
  [({ projectId }) => `/v1/projects/${projectId}`, 1],
  [({ projectId }) => `/v1/projects/${projectId}/destinations`, 2],
  [({ live }) => `/v1/projects/${live.projectId}/streams`, 2],
  [() => '/v1/relays', 3],
  [() => '/v1/webhooks', 1],
]

let backlot: TestApp
let admin: SignedIn
let few: Things

beforeAll(async () => {
  backlot = await startTestApp()
  admin = await signInAs(backlot, 'admin')
  few = await makeThings(backlot, (await signInAs(backlot, 'user')).id)
})
afterAll(() => backlot.close())

const ask = async (path: string) => {
  const { status, text, json } = await send(backlot.url, path, {
    headers: { authorization: `Bearer ${admin.token}` },
  })
  expect(status, text).toBe(200)
  return json
}
/** They are the same for everybody, so that what somebody else has read would do. */
const forgetFeeds = async ({ cache, notifications }: TestApp['platform']) => {
  const heard = Promise.withResolvers<string>()
  const stop = notifications.subscribe(cacheChannel, heard.resolve)
  cache.invalidate('posts')
  await heard.promise
  stop()
}
const countOf = async (path: string) => {
  await forgetFeeds(backlot.platform)
  return (await statementsOf(() => ask(path))).length
}

test('the counter sees a statement, on whatever connection it goes', async () => {
  const { db, readDb } = backlot.platform
  const statements = await statementsOf(async () => {
    await db.transaction((tx) => tx.execute(sql`select 1`))
    await readDb.select({ two: sql`2` }).from(sql`(select) as one`)
  })
  expect(statements.map(({ text }) => text)).toEqual([
    'begin',
    'select 1',
    'commit',
    'select 2 from (select) as one',
  ])
})

test('no read asks once a row: with twelve times as much to show, each costs what it did', async () => {
  const counts = new Map<string, number>()
  for (const [route] of mostStatements) {
    const path = route(few)
    await ask(path)
    counts.set(path, await countOf(path))
  }
  for (let n = 0; n < 6; n += 1) {
    for (const role of ['user', 'manager'] as const)
      await makeThings(backlot, (await signInAs(backlot, role)).id)
  }
  expect((await ask('/v1/posts')).data.length).toBeGreaterThan(12)
  for (const [route, most] of mostStatements) {
    const path = route(few)
    const count = await countOf(path)
    expect({ path, count }).toEqual({ path, count: counts.get(path) })
    expect(count, path).toBeGreaterThan(0)
    expect(count, path).toBeLessThanOrEqual(most)
  }
})
