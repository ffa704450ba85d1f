import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { currentReadScope, runInReadScope } from '../database/replicas/read-scope.ts'
import { unavailable } from '../errors.ts'
import { Notifications } from '../events/notifications.ts'
import { Cache, type SharedForm } from './cache.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let proxy: TcpProxy
let notifications: Notifications
let cache: Cache

const mebibyte = 1_024 * 1_024
const texts: SharedForm<string> = {
  staleForMs: 10_000,
  sizeOf: (text) => text.length,
  write: String,
  read: String,
}

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

beforeEach(async () => {
  proxy = await TcpProxy.start(database.url)
  const ssl = false
  const onConnectionError = () => undefined
  notifications = new Notifications({ url: proxy.url, ssl, applicationName: 'cache test', onConnectionError })
  cache = new Cache(notifications)
  await notifications.open()
})
afterEach(async () => {
  vi.restoreAllMocks()
  cache.close()
  await notifications.close()
  await proxy.close()
})

const get = (load: () => Promise<string>, key = 'key') => cache.get(key, ['tag'], load, texts)
const gives = (text: string) => async () => text
/** The cache looks at the clock no more often than each real millisecond. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('a value past its half minute', () => {
  const startClock = () => {
    const now = performance.now.bind(performance)
    let aheadMs = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs)
    return async (ms: number) => {
      aheadMs = ms
      await aMoment()
    }
  }

  test('is given to all who ask while one new one is loaded', async () => {
    const advance = startClock()
    await get(gives('old'))
    await advance(31_000)
    const gate = Promise.withResolvers<string>()
    let loads = 0
    const load = () => {
      loads += 1
      return gate.promise
    }
    expect(await Promise.all([get(load), get(load), get(load)])).toEqual(['old', 'old', 'old'])
    expect(loads).toBe(1)
    gate.resolve('new')
    await expect.poll(() => get(gives('newer'))).toBe('new')
  })

  test('is given on when the load fails, until its time is over', async () => {
    const advance = startClock()
    await get(gives('old'))
    await advance(31_000)
    const fails = () => Promise.reject(new Error('away'))
    expect(await get(fails)).toBe('old')
    await aMoment()
    expect(await get(fails)).toBe('old')
    await advance(41_000)
    await expect(get(fails)).rejects.toThrow('away')
  })

  test('is not given after a change', async () => {
    const advance = startClock()
    await get(gives('old'))
    await advance(31_000)
    await cache.invalidateShared(['tag'])
    expect(await get(gives('new'))).toBe('new')
  })
})

describe('memory', () => {
  test('one value above a mebibyte is not kept', async () => {
    await get(gives('x'.repeat(mebibyte + 1)))
    expect(await get(gives('loaded again'))).toBe('loaded again')
  })

  test('all values take 64 MiB at most, whatever their number', async () => {
    const large = 'x'.repeat(mebibyte)
    for (let n = 0; n < 65; n += 1) await get(gives(large), `key ${n}`)
    expect(await get(gives('loaded again'), 'key 64')).toBe(large)
    expect(await get(gives('loaded again'), 'key 0')).toBe('loaded again')
  })
})

describe('where it is read', () => {
  const asksReplicas = async () => String(currentReadScope() !== undefined)
  const inRequest = <T>(work: () => T) => runInReadScope(() => [], work)

  test('from the primary, when it is to be remembered', async () => {
    expect(await inRequest(asksReplicas)).toBe('true')
    expect(await inRequest(() => get(asksReplicas))).toBe('false')
  })

  test('from anywhere and not to be remembered, while the primary is away', async () => {
    const load = async () => {
      if (currentReadScope() === undefined) throw unavailable('database', 1)
      return 'from a replica'
    }
    expect(await inRequest(() => get(load))).toBe('from a replica')
    expect(await get(gives('loaded again'))).toBe('loaded again')
  })

  test('from anywhere each time, while changes may be missed', async () => {
    await get(gives('old'))
    const lost = new Promise<void>((lost) => notifications.onGap('lost', lost))
    await proxy.cut()
    await lost
    expect(await inRequest(() => get(asksReplicas))).toBe('true')
    expect(await get(gives('loaded again'))).toBe('loaded again')
  })
})
