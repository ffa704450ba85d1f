import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { provideRedisServer, RedisServer } from '../../../test/harness/redis-server.ts'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { Notifications } from './notifications.ts'
import { RedisCarrier } from './redis-carrier.ts'

const redisIsHere = await provideRedisServer()
const channel = 'test_channel'
const soon = { timeout: 10_000, interval: 20 }
let database: Awaited<ReturnType<typeof createTestDatabase>>
let redis: RedisServer
let opened: Notifications[]
/** Of the primary: whoever hears something here has cost it a NOTIFY. */
let observer: pg.Client
let heardByPrimary: string[]

beforeAll(async () => {
  if (!redisIsHere) return
  database = await createTestDatabase()
  observer = new pg.Client(database.url)
  await observer.connect()
  observer.on('notification', ({ payload }) => void heardByPrimary.push(payload ?? ''))
  await observer.query(`listen ${channel}`)
})
afterAll(async () => {
  if (!redisIsHere) return
  await observer.end()
  await database.drop()
})
beforeEach(async () => {
  if (!redisIsHere) return
  opened = []
  heardByPrimary = []
  redis = await RedisServer.start({ durable: false })
})
afterEach(async () => {
  if (!redisIsHere) return
  redis.resume()
  await Promise.all(opened.map((notifications) => notifications.close()))
  await redis.close()
})

/** One process that hears the channel, and how often it was told that it had missed something. */
const start = async ({ url = redis.url, namespace = 'one' } = {}) => {
  const notifications = new Notifications({
    ...{ url: database.url, ssl: false, applicationName: 'events', onConnectionError: () => undefined },
    redis: { url, namespace, log: pino({ level: 'silent' }) },
  })
  opened.push(notifications)
  const process = { notifications, heard: [] as string[], missed: 0, lost: 0 }
  notifications.subscribe(channel, (key) => void process.heard.push(key))
  notifications.onGap('missed', () => {
    process.missed += 1
  })
  notifications.onGap('lost', () => {
    process.lost += 1
  })
  await notifications.open()
  // By the primary, and by Redis.
  await expect.poll(() => process.missed, soon).toBe(2)
  return process
}

let hints = 0
/** Says something new, and waits until everybody has heard it. Returns what it was. */
const tell = async (from: { notifications: Notifications }, to: { heard: string[] }[]) => {
  hints += 1
  const key = `hint-${hints}`
  from.notifications.notify(channel, key)
  for (const { heard } of to) await expect.poll(() => heard, soon).toContain(key)
  return key
}

/** Until what is told costs the primary nothing again. */
const untilByRedis = (from: { notifications: Notifications }, to: { heard: string[] }[]) =>
  expect
    .poll(async () => {
      const key = await tell(from, to)
      return heardByPrimary.some((keys) => keys.split(',').includes(key))
    }, soon)
    .toBe(false)

describe.skipIf(!redisIsHere)('with Redis', () => {
  test('hints go by it, each once, and the primary carries only what is asked of it', async () => {
    const [one, other] = [await start(), await start()]
    const keys = Array.from({ length: 1_000 }, (_, index) => `key-${index}`)
    for (const key of [...keys, ...keys]) one.notifications.notify(channel, key)
    for (const { heard } of [one, other]) await expect.poll(() => heard, soon).toEqual(keys)
    expect(heardByPrimary).toEqual([])
    one.notifications.notifyByPrimary(channel, 'surely')
    for (const { heard } of [one, other]) await expect.poll(() => heard, soon).toEqual([...keys, 'surely'])
    expect(heardByPrimary).toEqual(['surely'])
  })

  test('a channel that is subscribed to later is heard too', async () => {
    const [one, other] = [await start(), await start()]
    const heard: string[] = []
    other.notifications.subscribe('later_channel', (key) => void heard.push(key), 'mine')
    await expect
      .poll(() => {
        for (const key of ['mine', 'not-mine']) one.notifications.notify('later_channel', key)
        return heard.length
      }, soon)
      .toBeGreaterThan(0)
    expect(new Set(heard)).toEqual(new Set(['mine']))
  })

  test('installations that share it do not hear each other', async () => {
    const [one, stranger] = [await start(), await start({ namespace: 'another' })]
    await tell(one, [one])
    expect(stranger.heard).toEqual([])
  })

  test('a user of Redis who may not subscribe leaves all to the primary, and the log tells', async () => {
    await redis.with((client) => client.acl('SETUSER', 'poor', 'on', '>word', '+@all', '~*', 'resetchannels'))
    const told: string[] = []
    const log = pino({}, { write: (line: string) => void told.push(line) })
    const poor = new Notifications({
      ...{ url: database.url, ssl: false, applicationName: 'events', onConnectionError: () => undefined },
      redis: { url: redis.url.replace('//', '//poor:word@'), namespace: 'one', log },
    })
    opened.push(poor)
    const heard: string[] = []
    poor.subscribe(channel, (key) => void heard.push(key))
    await poor.open()
    await expect.poll(() => told, soon).toEqual([expect.stringMatching(/NOPERM.*redis is away/)])
    await tell({ notifications: poor }, [{ heard }])
    expect(heardByPrimary).toEqual(heard)
    // As soon as it may.
    await redis.with((client) => client.acl('SETUSER', 'poor', 'allchannels'))
    await untilByRedis({ notifications: poor }, [{ heard }])
    // It has kept asking on its first connection, and has not made one after the other.
    const connections = await redis.with((client) => client.client('LIST'))
    expect(String(connections)).toMatch(/id=\d .*name=backlot-events-in/)
  })

  test('what was said before closing is sent', async () => {
    const [one, other] = [await start(), await start()]
    one.notifications.notify(channel, 'goodbye')
    await one.notifications.close()
    await expect.poll(() => other.heard, soon).toEqual(['goodbye'])
    expect(heardByPrimary).toEqual([])
  })

  test.for(['killed', 'frozen'])('%s: the primary carries until it is back', async (fault) => {
    const [one, other] = [await start(), await start()]
    if (fault === 'killed') await redis.kill()
    else redis.pause()
    const key = await tell(one, [one, other])
    expect(heardByPrimary).toContain(key)
    // What guards something never went by Redis, so that nobody has to stop trusting it.
    expect([one, other].map(({ lost, notifications }) => [lost, notifications.connected])).toEqual([
      [0, true],
      [0, true],
    ])
    if (fault === 'killed') await redis.restart()
    else redis.resume()
    await untilByRedis(one, [one, other])
  })

  test('killed and restarted: who has missed hints is told', async () => {
    const [one, other] = [await start(), await start()]
    await redis.kill()
    await redis.restart()
    for (const process of [one, other]) await expect.poll(() => process.missed, soon).toBe(3)
  })

  test('a connection that is dead without a word is noticed within 3 s by who says nothing either', async () => {
    const proxy = await TcpProxy.start(redis.url)
    const ignore = () => undefined
    const carrier = new RedisCarrier({
      ...{ url: proxy.url, namespace: 'one', log: pino({ level: 'silent' }) },
      ...{ hear: ignore, onMissed: ignore, onUndelivered: ignore },
    })
    carrier.listen(channel)
    await expect.poll(() => carrier.connected, soon).toBe(true)
    proxy.silence()
    await expect.poll(() => carrier.connected, { timeout: 3_000, interval: 10 }).toBe(false)
    await proxy.restore()
    await expect.poll(() => carrier.connected, soon).toBe(true)
    await carrier.close()
    await proxy.close()
  })

  test('a process whose connection alone is dead speaks by the primary, and is told when it hears again', async () => {
    const proxy = await TcpProxy.start(redis.url)
    const [one, deaf] = [await start(), await start({ url: proxy.url })]
    proxy.silence()
    one.notifications.notify(channel, 'unheard')
    await expect.poll(() => one.heard, soon).toEqual(['unheard'])
    // It sends by the primary as soon as it knows.
    await expect
      .poll(() => tell(deaf, [one]).then(() => heardByPrimary.length), { timeout: 3_000, interval: 50 })
      .toBeGreaterThan(0)
    await proxy.restore()
    await expect.poll(() => deaf.missed, soon).toBe(3)
    expect(deaf.heard).not.toContain('unheard')
    await untilByRedis(deaf, [one, deaf])
    await proxy.close()
  })
})
