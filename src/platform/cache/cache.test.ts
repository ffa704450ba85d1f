import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { Notifications } from '../events/notifications.ts'
import { Cache } from './cache.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let proxy: TcpProxy
/** Two processes, of which the first can lose its database. */
let here: { cache: Cache; notifications: Notifications }
let there: { cache: Cache; notifications: Notifications }

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const openProcess = async (url: string) => {
  const notifications = new Notifications({
    url,
    ssl: false,
    applicationName: 'cache test',
    onConnectionError: () => undefined,
  })
  // It subscribes before it connects, so that it misses nothing.
  const cache = new Cache(notifications)
  await notifications.open()
  return { notifications, cache }
}

beforeEach(async () => {
  proxy = await TcpProxy.start(database.url)
  here = await openProcess(proxy.url)
  there = await openProcess(database.url)
})
afterEach(async () => {
  for (const { cache, notifications } of [here, there]) {
    cache.close()
    await notifications.close()
  }
  await proxy.close()
})

/** Counts loads. What it loads can be held back. */
const source = () => {
  let loads = 0
  const load = async () => {
    loads += 1
    return `value ${loads}`
  }
  return { load, loads: () => loads }
}

const gated = () => {
  const gate = Promise.withResolvers<string>()
  let loads = 0
  const load = () => {
    loads += 1
    return gate.promise
  }
  return { load, loads: () => loads, ...gate }
}

test('a value is loaded once, and so is the value undefined', async () => {
  const { load, loads } = source()
  expect(await here.cache.get('key', [], load)).toBe('value 1')
  expect(await here.cache.get('key', [], load)).toBe('value 1')
  expect(loads()).toBe(1)
  let asked = 0
  const nothing = async () => {
    asked += 1
    return undefined
  }
  await here.cache.get('nothing', [], nothing)
  expect(await here.cache.get('nothing', [], nothing)).toBeUndefined()
  expect(asked).toBe(1)
})

/** The cache looks at the clock no more often than each real millisecond. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 5))

test('a value is kept for half a minute at most', async () => {
  const now = performance.now.bind(performance)
  let aheadMs = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs)
  try {
    const { load } = source()
    await here.cache.get('key', [], load)
    aheadMs = 29_000
    await aMoment()
    expect(await here.cache.get('key', [], load)).toBe('value 1')
    aheadMs = 31_000
    await aMoment()
    expect(await here.cache.get('key', [], load)).toBe('value 2')
  } finally {
    clock.mockRestore()
  }
})

describe('while a value is loaded', () => {
  test('all who ask share the load', async () => {
    const { load, loads, resolve } = gated()
    const asked = Array.from({ length: 50 }, () => here.cache.get('key', ['tag'], load))
    resolve('value')
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['value']))
    expect(loads()).toBe(1)
  })

  test('a failure reaches all who asked, and is not remembered', async () => {
    const { load, loads, reject } = gated()
    const asked = [here.cache.get('key', [], load), here.cache.get('key', [], load)]
    reject(new Error('away'))
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(loads()).toBe(1)
    expect(await here.cache.get('key', [], async () => 'back')).toBe('back')
  })

  test('a change makes it stale: it is not remembered, and who asks now does not get it', async () => {
    const before = gated()
    const asked = here.cache.get('key', ['user:1', 'session:1'], before.load)
    here.cache.invalidate('user:1')
    const after = gated()
    const askedLater = here.cache.get('key', ['user:1', 'session:1'], after.load)
    expect(after.loads()).toBe(1)
    after.resolve('new')
    expect(await askedLater).toBe('new')
    before.resolve('old')
    expect(await asked).toBe('old')
    expect(await here.cache.get('key', [], async () => 'loaded again')).toBe('new')
  })

  test('a change that another process made makes it stale too', async () => {
    const { load, resolve } = gated()
    const asked = here.cache.get('key', ['user:1'], load)
    const heard = new Promise((heard) => here.notifications.subscribe('backlot_cache', heard))
    there.cache.invalidate('user:1')
    await heard
    resolve('old')
    await asked
    expect(await here.cache.get('key', ['user:1'], async () => 'new')).toBe('new')
  })
})

describe('a change', () => {
  const fill = async () => {
    for (const { cache } of [here, there]) {
      await cache.get('session:1', ['session:1', 'user:1'], async () => 'old')
      await cache.get('session:2', ['session:2', 'user:1'], async () => 'old')
      await cache.get('session:3', ['session:3', 'user:2'], async () => 'old')
    }
  }
  const seen = ({ cache }: { cache: Cache }) =>
    Promise.all(['session:1', 'session:2', 'session:3'].map((key) => cache.get(key, [], async () => 'new')))

  test('drops what carries its tag, here at once', async () => {
    await fill()
    here.cache.invalidate('user:1')
    expect(await seen(here)).toEqual(['new', 'new', 'old'])
  })

  test('and in every other process as soon as it hears of it', async () => {
    await fill()
    const heard = new Promise((heard) => there.notifications.subscribe('backlot_cache', heard))
    here.cache.invalidate('session:1')
    await heard
    expect(await seen(there)).toEqual(['new', 'old', 'old'])
  })

  test('of a tag that nothing carries drops nothing', async () => {
    await fill()
    here.cache.invalidate('user:3')
    expect(await seen(here)).toEqual(['old', 'old', 'old'])
  })
})

describe('while changes may be missed', () => {
  const lose = async () => {
    const lost = new Promise<void>((lost) => here.notifications.onGap('lost', lost))
    await proxy.cut()
    await lost
  }

  test('nothing is remembered, and what was is dropped; afterwards all is as before', async () => {
    const { load } = source()
    expect(await here.cache.get('key', [], load)).toBe('value 1')
    await lose()
    expect(await here.cache.get('key', [], load)).toBe('value 2')
    expect(await here.cache.get('key', [], load)).toBe('value 3')
    const restored = new Promise<void>((restored) => here.notifications.onGap('restored', restored))
    await proxy.restore()
    await restored
    expect(await here.cache.get('key', [], load)).toBe('value 4')
    expect(await here.cache.get('key', [], load)).toBe('value 4')
  })

  test('a load that the gap overtook is not remembered', async () => {
    const { load, resolve } = gated()
    const asked = here.cache.get('key', [], load)
    await lose()
    const restored = new Promise<void>((restored) => here.notifications.onGap('restored', restored))
    await proxy.restore()
    await restored
    resolve('from before the gap')
    await asked
    expect(await here.cache.get('key', [], async () => 'new')).toBe('new')
  })
})

test('a hundred thousand values do not stay, and those that do can be dropped', async () => {
  for (let index = 0; index < 100_000; index += 1)
    await here.cache.get(`key:${index}`, ['all'], async () => 'old')
  expect(await here.cache.get('key:0', [], async () => 'loaded again')).toBe('loaded again')
  expect(await here.cache.get('key:99999', [], async () => 'loaded again')).toBe('old')
  here.cache.invalidate('all')
  expect(await here.cache.get('key:99998', [], async () => 'loaded again')).toBe('loaded again')
})
