import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

let backlot: TestApp
let ada: Person
let observer: pg.Client

beforeAll(async () => {
  backlot = await startTestApp({ env: { DB_POOL_MAX: '6' } })
  ada = await signUp(backlot)
  observer = new pg.Client(backlot.databaseUrl)
  await observer.connect()
})
afterAll(async () => {
  await observer.end()
  await backlot.close()
})

type Call = { id?: string; method: string; path: string; headers?: object; body?: object }

const batch = (who: { token: string }, calls: Call[], headers: Record<string, string> = {}, app = backlot) =>
  call(app, { id: '', email: '', ...who }, 'POST', '/v1/batch', { body: { calls }, headers })

const newPost = (title: string, more: object = {}): Call => ({
  method: 'POST',
  path: '/v1/posts',
  body: { title, body: 'Its text.', status: 'published', ...more },
})

const titles = async (): Promise<string[]> => {
  const { data } = await call(backlot, undefined, 'GET', '/v1/posts?limit=100')
  return data.map(({ title }: { title: string }) => title)
}
const storedPosts = async () => (await observer.query('select count(*)::int as n from posts')).rows[0]?.n

describe('all or nothing', () => {
  test('calls happen in order, and later ones name what earlier ones came to', async () => {
    const { status, data, text } = await batch(ada, [
      { ...newPost('ordered'), id: 'first' },
      { method: 'GET', path: '/v1/posts/{{first.id}}' },
      {
        method: 'PATCH',
        path: '/v1/posts/{{first.id}}',
        body: { title: 'changed {{first.title}}, {{nobody.id}}' },
      },
      { id: 'project', method: 'POST', path: '/projects', body: { name: 'A show' } },
      {
        method: 'POST',
        path: '/v1/projects/{{project.id}}/destinations',
        body: { name: 'Mine', platform: 'twitch', streamKey: 'abcd-efgh-1234' },
      },
      { method: 'POST', path: '/v1/generations', body: { prompt: 'a meadow', style: 'noir' } },
    ])
    expect(status, text).toBe(200)
    expect(data.map((each: { status: number }) => each.status)).toEqual([201, 200, 200, 201, 201, 202])
    const [first, , third, , , generation] = data
    expect(third.body.data).toMatchObject({ id: first.body.data.id, title: 'changed ordered, {{nobody.id}}' })
    const { jobId } = generation.body.data
    expect((await call(backlot, ada, 'GET', `/v1/jobs/${jobId}`)).data.status).toBe('pending')
  })

  test.each([
    [
      'a call is not valid',
      { method: 'POST', path: '/v1/posts', body: { title: '' } },
      422,
      'VALIDATION_FAILED',
    ],
    [
      'a thing is not there',
      { method: 'GET', path: '/v1/posts/01890000-0000-7000-8000-000000000000' },
      404,
      'POST_NOT_FOUND',
    ],
    ['a route is not there', { method: 'GET', path: '/v1/nothing' }, 404, 'ROUTE_NOT_FOUND'],
    [
      'a reference leads nowhere',
      { method: 'GET', path: '/v1/posts/{{one.nothing}}' },
      422,
      'VALIDATION_FAILED',
    ],
  ])('nothing is done when %s', async (_, wrong, status, code) => {
    const before = await storedPosts()
    const answer = await batch(ada, [
      { ...newPost('undone'), id: 'one' },
      newPost('undone'),
      wrong,
      newPost('undone'),
    ])
    expect([answer.status, answer.error.code]).toEqual([status, code])
    expect(answer.error.errors[0].path).toMatch(/^calls\.2/)
    expect(await storedPosts()).toBe(before)
    expect(await titles()).not.toContain('undone')
  })

  test('nothing is done when the commit fails', async () => {
    await observer.query(`
      create function refuse_late() returns trigger language plpgsql as $$
      begin raise exception 'too late'; end $$;
      create constraint trigger refuse_late after insert on posts deferrable initially deferred
        for each row when (new.title = 'late') execute function refuse_late()`)
    const before = await storedPosts()
    const answer = await batch(ada, [newPost('early'), newPost('late'), newPost('later')])
    expect(answer.status).toBe(500)
    expect(await storedPosts()).toBe(before)
    await observer.query('drop trigger refuse_late on posts')
  })

  test('others see nothing before the end, and all of it right after, from caches too', async () => {
    const { data } = await call(backlot, ada, 'POST', '/v1/posts', { body: newPost('held').body ?? {} })
    await observer.query('begin')
    await observer.query('select from posts where id = $1 for update', [data.id])
    const running = batch(ada, [
      newPost('not yet'),
      { method: 'PATCH', path: `/v1/posts/${data.id}`, body: { title: 'let go' } },
    ])
    const waits = async () =>
      (await observer.query(`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`))
        .rows[0].n
    await expect.poll(waits).toBeGreaterThan(0)
    expect(await titles()).not.toContain('not yet')
    expect((await call(backlot, undefined, 'GET', `/v1/posts/${data.id}`)).data.title).toBe('held')
    await observer.query('commit')
    expect((await running).status).toBe(200)
    expect(await titles()).toEqual(expect.arrayContaining(['not yet', 'let go']))
    expect((await call(backlot, undefined, 'GET', `/v1/posts/${data.id}`)).data.title).toBe('let go')
  })

  test('what is undone leaves no trace in caches', async () => {
    const { data } = await call(backlot, ada, 'POST', '/v1/posts', { body: newPost('kept').body ?? {} })
    const url = `/v1/posts/${data.id}`
    await batch(ada, [
      { method: 'PATCH', path: url, body: { title: 'never' } },
      { method: 'GET', path: url },
      { method: 'GET', path: '/v1/posts' },
      { method: 'PATCH', path: `/v1/users/${ada.id}`, body: { name: 'Never' } },
      { method: 'GET', path: '/v1/nothing' },
    ])
    expect((await call(backlot, undefined, 'GET', url)).data.title).toBe('kept')
    expect(await titles()).toContain('kept')
    expect((await call(backlot, ada, 'GET', `/v1/users/${ada.id}`)).data.name).not.toBe('Never')
  })

  test('If-Match is heard', async () => {
    const { data, headers } = await call(backlot, ada, 'POST', '/v1/posts', {
      body: newPost('matched').body ?? {},
    })
    const path = `/v1/posts/${data.id}`
    const { headers: read } = await call(backlot, ada, 'GET', path)
    const etag = String(headers.etag ?? read.etag)
    const change = (title: string): Call => ({
      method: 'PATCH',
      path,
      headers: { 'if-match': etag },
      body: { title },
    })
    expect((await batch(ada, [change('once'), change('twice')])).status).toBe(412)
    expect((await batch(ada, [change('once')])).status).toBe(200)
  })
})

test('a key makes the batch happen once, and keeps its secrets sealed', async () => {
  const key = { 'idempotency-key': 'the-same' }
  const calls = [{ method: 'POST', path: '/v1/projects', body: { name: 'Once' } }]
  const [first, again] = [await batch(ada, calls, key), await batch(ada, calls, key)]
  expect(first.status).toBe(200)
  expect(again.json).toEqual(first.json)
  const { streamKey } = first.data[0].body.data
  const { rows } = await observer.query(
    `select body::text as kept from idempotency_keys where key = 'the-same'`,
  )
  expect(rows[0].kept).not.toContain(streamKey)
  expect((await batch(ada, [newPost('other')], key)).status).toBe(422)
})

test('what is kept of a user for his keys is bounded, and none of it goes before its time', async () => {
  const [eve, bob] = [await signInAs(backlot, 'user'), await signInAs(backlot, 'user')]
  const key = (name: string) => ({ 'idempotency-key': name })
  const body = 'x'.repeat(200_000)
  const long = { ...newPost('kept'), body: { title: 'kept', body } }
  const first = await batch(eve, [long], key('large'))
  expect(first.status).toBe(200)
  const counted = `select kept_bytes as bytes from idempotency_keys where owner_id = $1`
  const { rows } = await observer.query(counted, [eve.id])
  expect(rows[0].bytes).toBeGreaterThan(200_000)
  await observer.query('update idempotency_keys set kept_bytes = 64 << 20 where owner_id = $1', [eve.id])
  const before = await storedPosts()
  const full = await batch(eve, [newPost('too much')], key('another'))
  expect([full.status, full.error.code]).toEqual([429, 'KEPT_ANSWERS_FULL'])
  expect(Number(full.headers['retry-after'])).toBeGreaterThan(23 * 3_600)
  expect((await batch(eve, [long], key('large'))).json).toEqual(first.json)
  expect(await storedPosts()).toBe(before)
  expect((await batch(eve, [newPost('without a key')])).status).toBe(200)
  expect((await batch(bob, [newPost('of another')], key('another'))).status).toBe(200)
})

test("a user's batches take turns among themselves, and leave turns to others", async () => {
  const eve = await signInAs(backlot, 'user')
  const { data } = await call(backlot, eve, 'POST', '/v1/posts', { body: newPost('wanted').body ?? {} })
  await observer.query('begin')
  await observer.query('select from posts where id = $1 for update', [data.id])
  const change = { method: 'PATCH', path: `/v1/posts/${data.id}`, body: { title: 'changed' } }
  const held = Array.from({ length: 23 }, () => batch(eve, [change]))
  const first = await Promise.race(held)
  expect([first.status, first.error.message]).toEqual([503, expect.stringContaining('your batches')])
  const waiting = async () => {
    const { rows } = await observer.query(
      `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    )
    return rows[0].n
  }
  await expect.poll(waiting).toBe(2)
  expect((await batch(ada, [newPost('beside it')])).status).toBe(200)
  expect(await waiting()).toBe(2)
  await observer.query('commit')
  const statuses = (await Promise.all(held)).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual([...Array(22).fill(200), 503])
})

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

test('each call counts for the limits of its user', async () => {
  const limited = await startTestApp({
    env: { RATE_LIMIT_IDENTITY_PER_MINUTE: '12' },
    database: { url: backlot.databaseUrl },
  })
  const person = await signUp(limited)
  const read = { method: 'GET', path: '/v1/posts?limit=1' }
  const mine = { method: 'GET', path: `/v1/users/${person.id}` }
  expect((await batch(person, [mine, mine, mine, mine, read], {}, limited)).status).toBe(200)
  const answer = await batch(person, Array(10).fill(mine), {}, limited)
  expect(answer.status).toBe(429)
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  expect((await call(limited, person, 'GET', mine.path)).status).toBe(429)
  await limited.close()
})

test('twenty batches at once on six connections, and single requests beside them, all get through', async () => {
  const people = await Promise.all(Array.from({ length: 20 }, () => signInAs(backlot, 'user')))
  const single = () => call(backlot, ada, 'POST', '/v1/posts', { body: newPost('single').body ?? {} })
  const many = (who: { token: string }) =>
    batch(
      who,
      Array.from({ length: 8 }, (_, at) => newPost(`many ${at}`)),
    )
  const answers = await Promise.all([...people.map(many), ...Array.from({ length: 20 }, single)])
  expect(answers.map(({ status }) => status)).toEqual([...Array(20).fill(200), ...Array(20).fill(201)])
  const { rows } = await backlot.platform.db.execute(
    sql`select count(*)::int as n from pg_stat_activity where state like 'idle in transaction%' and datname = current_database()`,
  )
  expect(rows[0]?.n).toBe(0)
})
