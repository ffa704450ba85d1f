import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DatabaseServer } from '../harness/database-server.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { type ReplicatedApp, replicaHealth, startReplicatedApp, visitor } from '../harness/replicated-app.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'

const writers = 8
const retryMs = 50
const backWithinMs = 5_000
vi.setConfig({ testTimeout: 60_000 })

let proxy: TcpProxy
let system: ReplicatedApp

beforeEach(async () => {
  system = await startReplicatedApp({
    database: { replicas: 2, synchronous: true },
    through: async (url) => {
      proxy = await TcpProxy.start(url)
      return proxy.url
    },
  })
})
// What a failed test leaves going comes to its end first.
afterEach(async () => {
  await Promise.all(stopping.splice(0).map((stop) => stop()))
  await system.close()
  await proxy.close()
})

const stopping: (() => Promise<unknown>)[] = []
const as = (who?: SignedIn) => visitor(system.backlot, who)

/** Writes one post after the other, and repeats each with the same key until it is taken. */
const writeSteadily = (who: SignedIn[]) => {
  const taken: { title: string; attempts: number; atMs: number }[] = []
  const refused = new Set<number>()
  let going = true
  const writer = async (person: SignedIn, number: number) => {
    for (let n = 0; going; n += 1) {
      const title = `Post ${n} of writer ${number}`
      for (let attempts = 1; going; attempts += 1) {
        const { status } = await as(person).write({ title }, { 'idempotency-key': `key-${number}-${n}` })
        if (status === 201) {
          taken.push({ title, attempts, atMs: performance.now() })
          break
        }
        refused.add(status)
        await delay(retryMs)
      }
    }
  }
  const all = Promise.all(who.map(writer))
  const stop = async () => {
    going = false
    await all
  }
  stopping.push(stop)
  return {
    taken,
    refused,
    stop,
    more: (count: number) => {
      const wanted = taken.length + count
      return expect.poll(() => taken.length, { timeout: 15_000 }).toBeGreaterThan(wanted)
    },
  }
}

const readSteadily = () => {
  const outcome = { answers: 0, failures: [] as string[] }
  let going = true
  const reader = async () => {
    while (going) {
      const { status, text } = await as().ask('/v1/posts')
      outcome.answers += 1
      if (status !== 200) outcome.failures.push(text)
    }
  }
  const all = Promise.all([reader(), reader()])
  const stop = async () => {
    going = false
    await all
    return outcome
  }
  stopping.push(stop)
  return {
    stop,
    more: (count: number) => {
      const wanted = outcome.answers + count
      return expect.poll(() => outcome.answers, { timeout: 10_000 }).toBeGreaterThan(wanted)
    },
  }
}

/** The replica that has most of the primary's WAL, and the other one. */
const byProgress = async (replicas: DatabaseServer[]): Promise<[DatabaseServer, DatabaseServer]> => {
  const [one, two] = replicas
  if (one === undefined || two === undefined) throw new Error('There are not two replicas')
  return (await one.receivedBytes()) >= (await two.receivedBytes()) ? [one, two] : [two, one]
}

test('the primary dies under writes and a replica takes over: nothing acknowledged is lost, nothing is stored twice', async () => {
  const { primary, replicas } = system.database
  const people = await Promise.all(Array.from({ length: writers }, () => signInAs(system.backlot, 'user')))
  const [ada] = people
  const writing = writeSteadily(people)
  const reading = readSteadily()
  await writing.more(100)

  await primary.kill()
  await reading.more(100)
  expect((await as(ada).ask('/v1/posts')).status, 'no session is believed').toBe(503)
  const [promoted, other] = await byProgress(replicas)
  await promoted.promote()
  await other.follow(promoted, 'replica')
  proxy.retarget(promoted.url)
  const retargetedAtMs = performance.now()
  await writing.more(100)
  await reading.more(100)
  await writing.stop()

  const first = writing.taken.find(({ atMs }) => atMs > retargetedAtMs)
  const backAfterMs = Math.round((first?.atMs ?? Number.NaN) - retargetedAtMs)
  console.log(`writes work ${backAfterMs} ms after the primary is found at its new place`)
  expect(backAfterMs).toBeLessThan(backWithinMs)
  expect([...writing.refused]).toEqual([503])
  expect(Math.max(...writing.taken.map(({ attempts }) => attempts)), 'some were repeated').toBeGreaterThan(1)

  const stored = await promoted.one<string[]>('select array_agg(title::text) from posts')
  expect(new Set(stored).size).toBe(stored.length)
  expect(stored).toEqual(expect.arrayContaining(writing.taken.map(({ title }) => title)))
  const { failures } = await reading.stop()
  expect(failures).toEqual([])

  await expect.poll(async () => (await as(ada).ask('/v1/posts?limit=1')).status).toBe(200)
  const statusOfOther = async () => (await replicaHealth(system.backlot))[replicas.indexOf(other)]?.status
  await expect.poll(statusOfOther).toBe('up')
})

test('a writer finds after a failover what he wrote before it, though another replica lacks it', async () => {
  const { primary, replicas } = system.database
  const [promoted, behind] = replicas
  if (promoted === undefined || behind === undefined) throw new Error('There are not two replicas')
  const ada = await signInAs(system.backlot, 'user')
  await system.database.caughtUp()
  await behind.pauseReplay()
  const { status, data } = await as(ada).write({ title: 'Hills' })
  expect(status).toBe(201)
  await expect.poll(() => promoted.one('select count(*)::int from posts')).toBe(1)
  await primary.kill()
  await promoted.promote()
  proxy.retarget(promoted.url)
  const statuses: number[] = []
  const readOwn = async () => {
    statuses.push((await as(ada).ask(`/v1/posts/${data.id}`)).status)
    return statuses.filter((answered) => answered !== 503).length
  }
  await expect.poll(readOwn, { timeout: 10_000, interval: 20 }).toBeGreaterThan(50)
  expect([...new Set(statuses)].filter((answered) => answered !== 503)).toEqual([200])
})
