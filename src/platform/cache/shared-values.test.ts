import type { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { provideRedisServer, RedisServer } from '../../../test/harness/redis-server.ts'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { Notifications } from '../events/notifications.ts'
import { Cache, type SharedForm } from './cache.ts'
import { SharedValues } from './shared-values.ts'

type Process = { cache: Cache; notifications: Notifications; shared: SharedValues }

const canRun = await provideRedisServer()

let database: Awaited<ReturnType<typeof createTestDatabase>>
let redis: RedisServer
let proxy: TcpProxy
let open: Process[]
/** Two processes, of which the first can lose its Redis. */
let here: Process
let there: Process

const texts: SharedForm<string> = {
  staleForMs: 30_000,
  sizeOf: (text) => text.length,
  write: (text) => `text ${text}`,
  read: (text) => /^text (.*)$/.exec(text)?.[1],
}

const patient = { commandTimeoutMs: 3_000 }

const openProcess = async (redisUrl = redis.url, pace: object = patient): Promise<Process> => {
  const notifications = new Notifications({
    url: database.url,
    ssl: false,
    applicationName: 'cache test',
    onConnectionError: () => undefined,
  })
  const log = pino({ level: 'silent' })
  const shared = new SharedValues({ url: redisUrl, namespace: 'test', log, ...pace })
  const cache = new Cache(notifications, { shared })
  await notifications.open()
  const opened = { notifications, cache, shared }
  open.push(opened)
  await untilUsed(opened)
  return opened
}

const untilUsed = ({ shared }: Process) => expect.poll(() => shared.look('any', [])).toBeDefined()

describe.skipIf(!canRun)('values in Redis', () => {
  beforeAll(async () => {
    database = await createTestDatabase()
    redis = await RedisServer.start()
  })
  afterAll(async () => {
    await redis.close()
    await database.drop()
  })

  beforeEach(async () => {
    open = []
    await redis.with((client) => client.flushall())
    proxy = await TcpProxy.start(redis.url)
    here = await openProcess(proxy.url)
    there = await openProcess()
  })
  afterEach(async () => {
    for (const { cache, notifications, shared } of open) {
      cache.close()
      shared.close()
      await notifications.close()
    }
    await proxy.close()
  })

  const get = ({ cache }: Process, load: () => Promise<string>) => cache.get('key', ['tag'], load, texts)
  const gives = (text: string) => async () => text
  const inRedis = async ({ shared }: Process) => (await shared.look('key', ['tag']))?.found?.text
  /** Puts the value there, and waits until it is. */
  const fill = async (by: Process, text = 'old') => {
    const put = async () => {
      expect(await get(by, gives(text))).toBe(text)
      return inRedis(by)
    }
    await expect.poll(put).toBe(`text ${text}`)
  }
  /** What a process gets that has remembered nothing yet. */
  const newcomerGets = async (load: () => Promise<string>) => get(await openProcess(), load)

  test('what one process has loaded, another one takes from there, for as long as it is still to live', async () => {
    await fill(here)
    expect(await get(there, gives('loaded again'))).toBe('old')
    const { found } = (await there.shared.look('key', ['tag'])) ?? {}
    expect(found?.remainingMs).toBeGreaterThan(0)
    expect(found?.remainingMs).toBeLessThanOrEqual(30_000)
  })

  test('it is kept for half a minute at most, whatever Redis says', async () => {
    const now = performance.now.bind(performance)
    let aheadMs = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs)
    try {
      await get(here, gives('old'))
      await expect.poll(() => redis.with((client) => client.keys('backlot:test:value:*'))).toHaveLength(1)
      await redis.with(async (client) => {
        const [key = ''] = await client.keys('backlot:test:value:*')
        await client.pexpire(key, 3_600_000)
      })
      expect(await get(there, gives('new'))).toBe('old')
      await redis.with((client) => client.flushall())
      aheadMs = 61_000
      // The cache looks at the clock no more often than each real millisecond.
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(await get(there, gives('new'))).toBe('new')
    } finally {
      clock.mockRestore()
    }
  })

  test('who asks at once shares one load', async () => {
    const gate = Promise.withResolvers<string>()
    let loads = 0
    const load = () => {
      loads += 1
      return gate.promise
    }
    const asked = Array.from({ length: 50 }, () => get(here, load))
    gate.resolve('value')
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['value']))
    expect(loads).toBe(1)
  })

  test('what does not say how it is shared is not there', async () => {
    await here.cache.get('session', ['user'], gives('secret'))
    const keys = await redis.with((client) => client.keys('*session*'))
    expect(keys).toEqual([])
    expect(await there.cache.get('session', ['user'], gives('own'))).toBe('own')
  })

  test('installations that share a Redis share no values', async () => {
    await fill(here)
    const log = pino({ level: 'silent' })
    const others = new SharedValues({ url: redis.url, namespace: 'other', log })
    try {
      await expect.poll(() => others.look('key', ['tag'])).toMatchObject({ found: undefined })
    } finally {
      others.close()
    }
  })

  describe('after a change', () => {
    test('nobody gets the old value, neither who has it nor who asks Redis', async () => {
      await fill(here)
      await get(there, gives('not asked'))
      await here.cache.invalidateShared(['tag'])
      expect(await inRedis(there)).toBeUndefined()
      await expect.poll(() => get(there, gives('new'))).toBe('new')
      expect(await get(here, gives('new'))).toBe('new')
    })

    test('a load that began before it is stored for nobody', async () => {
      const before = await here.shared.look('key', ['tag'])
      await there.cache.invalidateShared(['tag'])
      expect(before).toBeDefined()
      if (before !== undefined) await here.shared.store('key', before, 'text old', 30_000)
      expect(await newcomerGets(gives('new'))).toBe('new')
    })

    test('what carries other tags stays', async () => {
      await fill(here)
      await here.cache.invalidateShared(['another'])
      expect(await newcomerGets(gives('loaded again'))).toBe('old')
    })
  })

  describe('Redis loses', () => {
    test('everything: nothing comes back', async () => {
      const before = await here.shared.look('key', ['tag'])
      await redis.with((client) => client.flushall())
      if (before !== undefined) await here.shared.store('key', before, 'text old', 30_000)
      expect(await newcomerGets(gives('new'))).toBe('new')
    })

    test('only what it knows of tags: no value counts any more', async () => {
      await fill(here)
      await redis.with(async (client) => client.del(await client.keys('*:tag:*')))
      expect(await newcomerGets(gives('new'))).toBe('new')
    })
  })

  test.each(['nonsense', 'text of another\nkind'])('a stored %j is no value', async (stored) => {
    await fill(here)
    await redis.with(async (client) => {
      const [key = ''] = await client.keys('*:value:*')
      const [versions = ''] = String(await client.get(key)).split('\n')
      await client.set(key, `${versions}\n${stored}`, 'KEEPTTL')
    })
    expect(await newcomerGets(gives('new'))).toBe('new')
  })

  test('what is not text in Redis does no harm', async () => {
    await fill(here)
    await redis.with(async (client) => {
      const [key = ''] = await client.keys('*:value:*')
      await client.del(key)
      await client.lpush(key, 'a list')
    })
    expect(await newcomerGets(gives('new'))).toBe('new')
  })

  test('a Redis that refuses everything is asked once a second, and costs nobody an error', async () => {
    const lookups = (client: Redis) =>
      client.info('commandstats').then((stats) => Number(/cmdstat_mget:calls=(\d+)/.exec(stats)?.[1]))
    await redis.with(async (client) => {
      await client.config('SET', 'maxmemory', 1)
      try {
        const before = await lookups(client)
        for (let n = 0; n < 100; n += 1)
          expect(await here.cache.get(`key ${n}`, [`tag ${n}`], gives('value'), texts)).toBe('value')
        expect((await lookups(client)) - before).toBeLessThan(5)
      } finally {
        await client.config('SET', 'maxmemory', 0)
      }
    })
    await untilUsed(here)
    await fill(here)
  })

  describe('while Redis is away', () => {
    test('it works on, a change holds, and what is there afterwards is as it should be', async () => {
      await fill(here)
      await redis.kill()
      await here.cache.invalidateShared(['tag'])
      expect(await get(here, gives('new'))).toBe('new')
      await redis.restart()
      expect(await redis.with((client) => client.keys('*:value:*'))).toHaveLength(1)
      await expect.poll(() => newcomerGets(gives('new'))).toBe('new')
      await untilUsed(here)
      await here.cache.invalidateShared(['tag'])
      await fill(here, 'newer')
    })

    test('for this process alone, another one tells it of the change', async () => {
      await fill(here)
      await proxy.cut()
      await here.cache.invalidateShared(['tag'])
      await expect.poll(() => inRedis(there)).toBeUndefined()
      expect(await newcomerGets(gives('new'))).toBe('new')
      await proxy.restore()
      await untilUsed(here)
    })

    test('silent: one request waits for the timeout, those after it do not, and nobody gets an error', async () => {
      const usual = await openProcess(redis.url, {})
      redis.pause()
      try {
        const took = async (key: string) => {
          const startedAt = performance.now()
          expect(await usual.cache.get(key, ['tag'], gives('value'), texts)).toBe('value')
          return performance.now() - startedAt
        }
        expect(await took('first')).toBeLessThan(800)
        const later = await Promise.all(Array.from({ length: 100 }, (_, n) => took(`later ${n}`)))
        expect(Math.max(...later)).toBeLessThan(200)
        const startedAt = performance.now()
        await usual.cache.invalidateShared(['tag'])
        expect(performance.now() - startedAt).toBeLessThan(200)
      } finally {
        redis.resume()
      }
      await untilUsed(usual)
      await fill(usual, 'value')
    })
  })
})
