import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { table } from '../api/access-table.ts'
import { callers, type Row } from '../api/access-wishes.ts'
import { askRoute } from '../harness/ask-route.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { makeThings, type Things } from '../harness/things.ts'

/*
 * Requests by which other backends were broken, tried on every route of ours.
 *
 * | Class                           | Advisory                                           | Test                               |
 * |---------------------------------|----------------------------------------------------|------------------------------------|
 * | A field of the body is believed | Better Auth CVE-2025-61928                         | "who one says to be"               |
 * | A header of our own is believed | Next.js CVE-2025-29927                             | "headers of proxies and frameworks"|
 * | null beats immutability         | Parse Server CVE-2026-34574                        | "null"                             |
 * | Two parsers disagree            | Fastify CVE-2026-25223, CVE-2026-3419              | "another content type"             |
 * |                                 | @fastify/static CVE-2026-6414                      | "another spelling of the path"     |
 */

let backlot: TestApp
let victim: SignedIn
let things: Things

beforeAll(async () => {
  backlot = await startTestApp({ env: { TRUST_PROXY: 'loopback' } })
  await signInAs(backlot, 'admin')
  victim = await signInAs(backlot, 'user')
  things = await makeThings(backlot, victim.id)
})
afterAll(() => backlot.close())

const outcomeOf = ([, outcomes]: Row, caller: (typeof callers)[number]) =>
  Number.parseInt(outcomes.split(/ +/)[callers.indexOf(caller)] ?? '', 10)
const wishOf = ([, , wish]: Row) => wish?.(things) ?? {}
/** Rows of routes that are not for everybody. */
const guarded = table.filter((row) => outcomeOf(row, 'anonymous') === 401 && outcomeOf(row, 'admin') !== 401)
const isWrite = ([route]: Row) => !route.startsWith('GET ')

/** What is the victim's, in every table that says whose its rows are. */
const victimsRows = async () => {
  const { db } = backlot.platform
  const { rows: columns } = await db.execute<{ table: string; column: string }>(sql`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and column_name in ('owner_id', 'user_id', 'author_id')
      and table_name not like 'audit_%'
    union select 'users', 'id' order by 1, 2`)
  const digests = columns.map(
    ({ table: name, column }) => `
      select '${name}' as name, count(*)::int as count, sum(hashtextextended(t::text, 0))::text as digest
      from "${name}" t where "${column}" = '${victim.id}'`,
  )
  return (await db.execute(digests.join(' union all '))).rows
}

describe('nobody becomes somebody else by', () => {
  test('who one says to be in the body or the query', { timeout: 60_000 }, async () => {
    const { id, email, sessionId } = victim
    const said = {
      ...{
        id,
        userId: id,
        user_id: id,
        uid: id,
        sub: id,
        ownerId: id,
        owner_id: id,
        authorId: id,
        actorId: id,
      },
      ...{
        user: { id, email, role: 'admin' },
        session: { id: sessionId, userId: id },
        sessionId,
        sid: sessionId,
      },
      ...{ isAdmin: true, admin: true, role: 'admin', permissions: ['*'], scopes: ['users:read'] },
      ...{ emailVerified: true, emailVerifiedAt: new Date(), createdAt: null, deletedAt: null },
    }
    const before = await victimsRows()
    const answered: number[] = []
    let stranger = await signInAs(backlot, 'user')
    for (const row of guarded.filter(isWrite)) {
      const wish = wishOf(row)
      if (Buffer.isBuffer(wish.body)) continue
      const query = `${wish.query ?? '?'}&userId=${id}&ownerId=${id}&access_token=${id}`
      const more = { ...wish, body: { ...said, ...wish.body } }
      expect((await askRoute(backlot.url, row[0], { ...more, query }, undefined)).status, row[0]).toBe(401)
      // Here one can end one's own session.
      if (/auth|users/.test(row[0])) stranger = await signInAs(backlot, 'user')
      answered.push((await askRoute(backlot.url, row[0], more, stranger.token)).status)
      answered.push((await askRoute(backlot.url, row[0], { ...wish, query }, stranger.token)).status)
      const [{ role } = { role: 'user' }] = (
        await backlot.platform.db.execute<{ role: string }>(
          sql`select role from users where id = ${stranger.id}`,
        )
      ).rows
      expect(role, row[0]).toBe('user')
    }
    expect(await victimsRows()).toEqual(before)
    expect(answered.filter((status) => status < 300).length, 'that are allowed').toBeGreaterThan(20)
  })

  test('headers of proxies and frameworks', { timeout: 60_000 }, async () => {
    const middleware = Array<string>(6).fill('src/middleware').join(':')
    const trusted = {
      'x-middleware-subrequest': middleware,
      'x-user-id': victim.id,
      'x-forwarded-user': victim.email,
      'x-remote-user': victim.email,
      'remote-user': victim.email,
      'x-original-url': '/health',
      'x-rewrite-url': '/health',
      'x-http-method-override': 'OPTIONS',
      'x-internal': '1',
      'x-backlot-internal': 'true',
      'x-real-ip': '127.0.0.1',
      'x-parse-master-key': '1',
    }
    const before = await victimsRows()
    const stranger = await signInAs(backlot, 'user')
    for (const row of guarded) {
      const ask = (token?: string) => askRoute(backlot.url, row[0], wishOf(row), token, trusted)
      expect((await ask()).status, row[0]).toBe(401)
      const expected = outcomeOf(row, 'other')
      if (expected >= 400) expect((await ask(stranger.token)).status, row[0]).toBe(expected)
    }
    expect(await victimsRows()).toEqual(before)
  })

  const spellings: ((pattern: string) => string)[] = [
    (pattern) => `/${pattern}`,
    (pattern) => pattern.replace(/^\/\w+\//, '$&/'),
    (pattern) => `/health/..${pattern}`,
    (pattern) => `/health/%2e%2e${pattern}`,
    (pattern) => `/docs/static/..%2f..%2f${pattern.slice(1)}`,
    (pattern) => pattern.replace(/^\/(\w+)\//, '/$1%2f'),
    (pattern) => pattern.replace(/^\/(\w+)\//, '/$1%5c'),
    (pattern) => pattern.replace(/^\/\w/, (start) => `/%${start.charCodeAt(1).toString(16)}`),
    (pattern) => pattern.replace(/^\/\w+/, (start) => start.toUpperCase()),
    (pattern) => `http://localhost${pattern}`,
    (pattern) => `${pattern};a.css`,
  ]

  test('another spelling of the path', { timeout: 60_000 }, async () => {
    const first = new Map(guarded.map((row) => [row[0], row]))
    const through: string[] = []
    for (const [route, row] of first) {
      const [method, pattern = ''] = route.split(' ')
      const answers = await Promise.all(
        spellings.map(async (spell) => {
          const spelled = `${method} ${spell(pattern)}`
          return `${(await askRoute(backlot.url, spelled, wishOf(row), undefined)).status} ${spelled}`
        }),
      )
      through.push(...answers.filter((answer) => !/^(400|401|404|405) /.test(answer)))
    }
    expect(through).toEqual([])
  })
})

test('no field that one cannot change is changed by null', async () => {
  const { paths } = (await send(backlot.url, '/openapi.json')).json
  const fixed: string[] = []
  for (const row of table.filter(([route]) => route.startsWith('PATCH /v1/'))) {
    if (outcomeOf(row, 'owner') !== 200) continue
    const [route] = row
    const read = `GET ${route.slice('PATCH '.length)}`
    if (!table.some(([known]) => known === read)) continue
    const look = async () => (await askRoute(backlot.url, read, wishOf(row), victim.token)).data
    const { content } = paths[route.slice('PATCH '.length).replaceAll(/:(\w+)/g, '{$1}')].patch.requestBody
    const mayChange = Object.keys(content['application/json'].schema.properties)
    const before = await look()
    for (const name of Object.keys(before).filter((key) => !mayChange.includes(key) && key !== 'updatedAt')) {
      fixed.push(`${route} ${name}`)
      for (const value of [null, { __op: 'Delete' }, '']) {
        await askRoute(backlot.url, route, { ...wishOf(row), body: { [name]: value } }, victim.token)
        expect((await look())[name], `${route} ${name}`).toEqual(before[name])
      }
    }
  }
  expect(fixed.length).toBeGreaterThan(20)
})

test('what a user may not decide of himself is not decided by null either', async () => {
  const one = await signInAs(backlot, 'user')
  const stored = async () =>
    (await backlot.platform.db.execute(sql`select * from users where id = ${one.id}`)).rows[0]
  const before = await stored()
  for (const body of [
    { role: null },
    { disabled: null },
    { email: null },
    { disabledAt: null, role: null },
  ]) {
    const { status } = await askRoute(backlot.url, 'PATCH /v1/users/:id', { id: one.id, body }, one.token)
    expect([403, 422], JSON.stringify(body)).toContain(status)
  }
  expect(await stored()).toEqual(before)
})

test.each([
  ...[
    'application/json\ta',
    'application/json ;a\t',
    'application/json garbage',
    'application/json,text/plain',
  ],
  ...['application/jsonp', 'application/vnd.api+json', 'text/plain', 'application/x-www-form-urlencoded'],
  ...[
    'application/json; charset=utf-16',
    'APPLICATION/JSON',
    'application/json;;',
    'multipart/form-data',
    '',
  ],
])('a body is checked or refused under the content type %j', async (type) => {
  const { token } = await signInAs(backlot, 'user')
  const headers = { authorization: `Bearer ${token}`, 'content-type': type }
  const wrong = JSON.stringify({ title: { a: 1 }, body: 7, role: 'admin' })
  const { status } = await send(backlot.url, '/v1/posts', { method: 'POST', headers, body: wrong })
  expect([400, 415, 422]).toContain(status)
})
