import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchClient, type Call, newPost } from '../../../test/harness/batch-client.ts'
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

const { batch, titles, storedPosts } = batchClient(() => ({ backlot, observer }))

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
