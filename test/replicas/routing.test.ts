import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SignedIn, signInAs } from '../harness/people.ts'
import {
  former,
  postScans,
  type ReplicatedApp,
  startReplicatedApp,
  visitor,
  type Who,
} from '../harness/replicated-app.ts'

let system: ReplicatedApp
let ada: SignedIn
let ben: SignedIn
let admin: SignedIn

beforeAll(async () => {
  system = await startReplicatedApp({ worker: true })
  ada = await signInAs(system.backlot, 'user')
  ben = await signInAs(system.backlot, 'user')
  admin = await signInAs(system.backlot, 'admin')
})
afterAll(() => system?.close())

const as = (who?: Who) => visitor(system.backlot, who)
const replica = () => system.database.replicas[0] ?? expect.fail('there is no replica')
const newPost = async (title: string): Promise<string> => {
  const { status, data } = await as(ada).write({ title })
  expect(status).toBe(201)
  return data.id
}

test('posts are written on the primary, and read by others on the replica', async () => {
  const id = await newPost('Hills')
  const { primary } = system.database
  expect(await primary.one(`select title from posts where id = $1`, [id])).toBe('Hills')
  await system.database.caughtUp()
  const before = await postScans(replica())
  const reads = 30
  for (let n = 0; n < reads; n += 1) {
    expect(await as(ben).titleOf(id)).toBe('Hills')
    expect(await as(former).titleOf(id)).toBe('Hills')
  }
  await expect
    .poll(() => postScans(replica()), { timeout: 15_000 })
    .toBeGreaterThanOrEqual(before + 2 * reads)
  const connections = `select count(*)::int from pg_stat_activity where application_name = 'backlot test'`
  expect(await replica().one<number>(connections)).toBeGreaterThan(0)
})

describe('while the replica shows an old state', () => {
  let id: string
  beforeEach(async () => {
    await replica().resumeReplay()
    id = await newPost('Old')
    await system.database.caughtUp()
    await expect.poll(() => as(ben).titleOf(id)).toBe('Old')
    await replica().pauseReplay()
  })

  test('every way to read posts shows it to others', async () => {
    expect((await as(ada).retitle(id, 'New')).status).toBe(200)
    for (const other of [as(ben), as(former)]) {
      expect(await other.titleOf(id)).toBe('Old')
      // A new connection has to prove first that it leads to a replica of this primary.
      await expect.poll(() => other.titles()).toContain('Old')
      expect((await other.ask(`/v1/posts?q=old&author=${ada.id}&total=true`)).data).not.toEqual([])
    }
    const head = { method: 'HEAD' }
    expect((await as(ben).ask(`/v1/posts/${id}`, head)).headers.etag).toMatch(/^"1\b/)
    expect((await as(ada).ask(`/v1/posts/${id}`, head)).headers.etag).toMatch(/^"2\b/)
  })

  test('what is kept for everybody is none of it', async () => {
    expect(await as().titleOf(id)).toBe('Old')
    expect((await as(ada).retitle(id, 'New')).status).toBe(200)
    expect(await as().titleOf(id)).toBe('New')
    expect(await as().titles()).toContain('New')
    expect((await as().ask('/v1/posts/feed.atom')).text).toContain('<title>New<')
    expect(await as(former).titleOf(id)).toBe('Old')
  })

  test('users are read there too, but not by who changed them', async () => {
    const cleo = await signInAs(system.backlot, 'user')
    const manager = await signInAs(system.backlot, 'manager')
    const of = (who: SignedIn) => as(who).ask(`/v1/users/${ben.id}`)
    const name = (await of(manager)).data.name
    const rename = { method: 'PATCH', body: { name: 'Benjamin' } }
    expect((await as(admin).ask(`/v1/users/${ben.id}`, rename)).status).toBe(200)
    expect((await of(admin)).data.name).toBe('Benjamin')
    expect((await of(manager)).data.name).toBe(name)
    expect((await as(manager).ask(`/v1/users/${cleo.id}`)).status, 'there is no Cleo yet').toBe(404)
  })

  test('no write is decided by it', async () => {
    const { data } = await as(ada).retitle(id, 'New')
    const stale = { method: 'PATCH', body: { title: 'Newer' }, headers: { 'if-match': '"1"' } }
    expect((await as(admin).ask(`/v1/posts/${id}`, stale)).status).toBe(412)
    const fresh = { ...stale, headers: { 'if-match': `"${data.version}"` } }
    expect((await as(admin).ask(`/v1/posts/${id}`, fresh)).status).toBe(200)
    expect((await as(ada).ask(`/v1/posts/${id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await as(admin).ask(`/v1/posts/${id}`, { method: 'DELETE' })).status).toBe(404)
    expect(await as(ben).titleOf(id), 'the replica still has it').toBe('Old')
  })

  test('who signed out is out, and a role counts from the next request on', async () => {
    const cleo = await signInAs(system.backlot, 'user')
    expect((await as(cleo).ask('/v1/auth/me')).data).toMatchObject({ id: cleo.id, role: 'user' })
    expect((await as(cleo).write({ title: 'By Cleo' })).status).toBe(201)
    const role = { method: 'PATCH', body: { role: 'viewer' } }
    expect((await as(admin).ask(`/v1/users/${cleo.id}`, role)).status).toBe(200)
    expect((await as(admin).ask(`/v1/users/${cleo.id}`)).data.role).toBe('viewer')
    expect((await as(cleo).write({ title: 'By Cleo' })).status).toBe(403)
    expect((await as(cleo).ask('/v1/auth/me')).data.role).toBe('viewer')
    expect((await as(cleo).ask('/v1/auth/logout', { method: 'POST' })).status).toBeLessThan(300)
    for (const path of [`/v1/posts/${id}`, '/v1/auth/me'])
      expect((await as(cleo).ask(path)).status, path).toBe(401)
  })

  test('a job shows its end', async () => {
    const body = { prompt: 'a red kite', style: 'sketch', size: '256x256' }
    const { status, data } = await as(ada).ask('/v1/generations', { method: 'POST', body })
    expect(status).toBe(202)
    // The admin has written nothing that would keep him from the replica.
    for (const who of [ada, admin]) {
      const statusOf = async (path: string) => (await as(who).ask(path)).data?.status
      await expect.poll(() => statusOf(`/v1/jobs/${data.jobId}`), { timeout: 10_000 }).toBe('completed')
      expect(await statusOf(`/v1/generations/${data.generationId}`)).toBe('completed')
    }
    const jobs = await replica().one(`select count(*)::int from jobs where id = $1`, [data.jobId])
    expect(jobs, 'the replica has not heard of it').toBe(0)
  })
})
