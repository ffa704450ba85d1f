import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type SignedIn, signInAs } from '../harness/people.ts'
import {
  former,
  postScans,
  type ReplicatedApp,
  replicaHealth,
  replicaUrls,
  startReplicatedApp,
  untilReplicas,
  visitor,
  type Who,
} from '../harness/replicated-app.ts'
import { startReplicatedDatabase } from '../harness/replicated-database.ts'
import { startTestApp } from '../harness/test-app.ts'

const readers = 16
/** Longer than a fault is noticed, far shorter than a statement may take. */
const slowestMs = 3_000
vi.setConfig({ testTimeout: 40_000 })

let system: ReplicatedApp
let ada: SignedIn
let ben: SignedIn
let postId: string

beforeAll(async () => {
  system = await startReplicatedApp({ database: { replicaSettings: { max_standby_streaming_delay: '0' } } })
  ada = await signInAs(system.backlot, 'user')
  ben = await signInAs(system.backlot, 'user')
  postId = (await as(ada).write({ title: 'Hills' })).data.id
  await system.database.caughtUp()
  await untilReplicas(system.backlot, ['up'])
})
afterAll(() => system?.close())

const as = (who?: Who) => visitor(system.backlot, who)
const replica = () => system.database.replicas[0] ?? expect.fail('there is no replica')
const paths = () => [`/v1/posts/${postId}`, '/v1/posts', '/v1/posts?q=hills', '/v1/posts?total=true']

/** Reads all the time, half of it signed in and some of it what is kept for everybody, until told to stop; then says how it went. */
const readSteadily = () => {
  const outcome = { answers: 0, failures: [] as string[], slowestMs: 0 }
  let going = true
  const reader = async (number: number) => {
    for (let n = number; going; n += 1) {
      const path = paths()[n % paths().length] ?? ''
      const startedAt = performance.now()
      const { status, text } = await as([ben, former, ben, undefined][number % 4]).ask(path)
      outcome.slowestMs = Math.max(outcome.slowestMs, performance.now() - startedAt)
      outcome.answers += 1
      if (status !== 200) outcome.failures.push(`${path}: ${status} ${text}`)
    }
  }
  const all = Promise.all(Array.from({ length: readers }, (_, number) => reader(number)))
  const stop = async () => {
    going = false
    await all
    return outcome
  }
  onTestFinished(async () => {
    await stop()
  })
  return {
    stop,
    answers: (more: number) => {
      const wanted = outcome.answers + more
      return expect.poll(() => outcome.answers, { timeout: 10_000 }).toBeGreaterThan(wanted)
    },
  }
}

test('a replica of another cluster is not read from, whatever its WAL', async () => {
  const other = await startReplicatedDatabase()
  const backlot = await startTestApp({
    database: system.database.primary,
    env: { DATABASE_REPLICA_URLS: replicaUrls(other) },
  })
  onTestFinished(async () => {
    await backlot.close()
    await other.close()
  })
  await expect
    .poll(async () => (await replicaHealth(backlot))[0])
    .toMatchObject({ status: 'down', message: 'is of another cluster' })
  expect((await visitor(backlot, former).ask(`/v1/posts/${postId}`)).status).toBe(200)
})

const isReadFrom = async () => {
  const before = await postScans(replica())
  await expect
    .poll(async () => {
      expect((await as(former).ask(`/v1/posts/${postId}`)).status).toBe(200)
      return postScans(replica())
    })
    .toBeGreaterThan(before + 1)
}

test('a replica is killed and started again: no read fails, and it is read from again', async () => {
  await isReadFrom()
  const reading = readSteadily()
  await reading.answers(300)
  await replica().kill()
  await untilReplicas(system.backlot, ['down'])
  await reading.answers(300)
  await replica().start()
  await untilReplicas(system.backlot, ['up'])
  await reading.answers(300)
  const { failures, slowestMs: slowest } = await reading.stop()
  expect(failures).toEqual([])
  expect(slowest).toBeLessThan(slowestMs)
  await isReadFrom()
})

test('a replica answers nothing any more: no read fails or takes long, and it is read from again', async () => {
  const reading = readSteadily()
  await reading.answers(300)
  replica().freeze()
  await untilReplicas(system.backlot, ['down'])
  await reading.answers(300)
  replica().thaw()
  await untilReplicas(system.backlot, ['up'])
  await reading.answers(300)
  const { failures, slowestMs: slowest } = await reading.stop()
  expect(failures).toEqual([])
  console.log(`slowest answer while the replica froze: ${Math.round(slowest)} ms`)
  expect(slowest).toBeLessThan(slowestMs)
  await isReadFrom()
})

test('a read that replay cancels on the replica is answered by the primary', async () => {
  const { primary } = system.database
  // The search holds its lock on the posts long enough to be met.
  const matching = (body: string) =>
    primary.one(`create or replace function post_matches(search tsvector, query tsquery) returns boolean
      language plpgsql immutable strict parallel safe cost 1000 as $$ begin ${body} return search @@ query; end $$`)
  await matching('perform pg_sleep(0.5);')
  await system.database.caughtUp()
  const conflicts = () =>
    replica().one<number>(`select confl_lock::int from pg_stat_database_conflicts where datname = 'backlot'`)
  const before = await conflicts()
  const found = as(ben).ask('/v1/posts?q=hills')
  const searches = `select count(*)::int from pg_stat_activity
    where state = 'active' and query like '%post_matches%' and application_name = 'backlot test'`
  await expect.poll(() => replica().one(searches), { interval: 10 }).toBe(1)
  await primary.one('do $$ begin lock table posts in access exclusive mode; end $$')
  expect(await found).toMatchObject({ status: 200, data: [{ id: postId }] })
  await matching('')
  // A connection tells its counts with a later statement.
  await expect
    .poll(async () => (await as(ben).ask('/v1/posts?q=hills')).status && conflicts())
    .toBe(before + 1)
})

test('a replica that is further behind than allowed is skipped until it is not', async () => {
  const strict = await startTestApp({
    database: system.database.primary,
    env: { DATABASE_REPLICA_URLS: replica().url, DATABASE_REPLICA_MAX_LAG_SECONDS: '1' },
  })
  await untilReplicas(strict, ['up'])
  await replica().pauseReplay()
  expect((await as(ada).retitle(postId, 'Dales')).status).toBe(200)
  await expect.poll(() => visitor(strict, former).titleOf(postId)).toBe('Dales')
  const [health] = await replicaHealth(strict)
  expect(health).toMatchObject({ status: 'lagging', name: 'replica-1' })
  expect(health?.lagMs).toBeGreaterThan(1_000)
  expect(await as(former).titleOf(postId), 'where more is allowed').toBe('Hills')
  await replica().resumeReplay()
  await untilReplicas(strict, ['up'])
  expect((await replicaHealth(strict))[0]?.lagMs).toBeLessThan(1_000)
  await strict.close()
})
