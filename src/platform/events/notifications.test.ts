import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { Notifications } from './notifications.ts'

const channel = 'test_channel'
const soon = { timeout: 10_000, interval: 20 }
let database: Awaited<ReturnType<typeof createTestDatabase>>
let observer: pg.Client
let opened: Notifications[]
const problems: Error[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  observer = new pg.Client(database.url)
  await observer.connect()
})
afterAll(async () => {
  await observer.end()
  await database.drop()
})
beforeEach(() => {
  opened = []
  problems.length = 0
})
afterEach(() => Promise.all(opened.map((notifications) => notifications.close())))

const make = (applicationName: string, url = database.url) => {
  const onConnectionError = (error: Error) => void problems.push(error)
  const notifications = new Notifications({ url, ssl: false, applicationName, onConnectionError })
  opened.push(notifications)
  return notifications
}

const open = async (applicationName: string, url?: string) => {
  const notifications = make(applicationName, url)
  await notifications.open()
  return notifications
}

const hearing = (notifications: Notifications, key?: string) => {
  const heard: string[] = []
  const stop = notifications.subscribe(channel, (text) => void heard.push(text), key)
  return { heard, stop }
}

/** Subscribed before it connects, so that it misses nothing that is notified afterwards. */
const openHearing = async (applicationName: string) => {
  const notifications = make(applicationName)
  const { heard } = hearing(notifications)
  await notifications.open()
  return { notifications, heard }
}

const connectionsOf = async (applicationName: string): Promise<number> => {
  const { rows } = await observer.query<{ count: number }>(
    'select count(*)::int as count from pg_stat_activity where application_name = $1',
    [applicationName],
  )
  return rows[0]?.count ?? 0
}

test('what one process notifies, all hear, itself too', async () => {
  const hearers = [await openHearing('one'), await openHearing('other')] as const
  hearers[0].notifications.notify(channel, 'a')
  for (const { heard } of hearers) await expect.poll(() => heard, soon).toEqual(['a'])
})

test('a thousand keys of one turn all arrive, though they fit in no single notification', async () => {
  const one = await open('one')
  const { heard } = await openHearing('other')
  const keys = Array.from({ length: 1_000 }, () => randomUUID())
  for (const key of keys) one.notify(channel, key)
  one.notify('another_channel', 'not for us')
  await expect.poll(() => heard.length, soon).toBe(keys.length)
  expect(heard.sort()).toEqual(keys.sort())
  expect(problems).toEqual([])
})

test('a key that comes a hundred times in one turn is sent once', async () => {
  const one = await open('one')
  const { heard } = hearing(one)
  for (let count = 0; count < 100; count += 1) one.notify(channel, 'same')
  one.notify(channel, 'last')
  await expect.poll(() => heard, soon).toContain('last')
  expect(heard).toEqual(['same', 'last'])
})

test('who waits for one key hears no other, and who has stopped hears nothing', async () => {
  const one = await open('one')
  const [mine, stopped, all] = [hearing(one, 'mine'), hearing(one), hearing(one)]
  stopped.stop()
  for (const key of ['other', 'mine', 'last']) one.notify(channel, key)
  await expect.poll(() => all.heard, soon).toEqual(['other', 'mine', 'last'])
  expect(mine.heard).toEqual(['mine'])
  expect(stopped.heard).toEqual([])
})

test('a channel is a plain name', async () => {
  const one = await open('one')
  expect(() => one.subscribe('a; drop table users', () => undefined)).toThrow('Not a channel name')
})

describe('a connection that is lost', () => {
  const hearingGaps = (notifications: Notifications) => {
    const gaps: string[] = []
    notifications.onGap('lost', () => void gaps.push(`lost, connected: ${notifications.connected}`))
    notifications.onGap('restored', () => void gaps.push(`restored, connected: ${notifications.connected}`))
    return gaps
  }

  test('is told, made anew, and hears all channels again', async () => {
    const one = await open('terminated')
    const gaps = hearingGaps(one)
    const { heard } = hearing(one)
    await observer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'terminated'`,
    )
    await expect.poll(() => gaps, soon).toEqual(['lost, connected: false', 'restored, connected: true'])
    expect(problems.length).toBeGreaterThan(0)
    await observer.query(`notify ${channel}, 'again'`)
    await expect.poll(() => heard, soon).toEqual(['again'])
    one.notify(channel, 'and on')
    await expect.poll(() => heard, soon).toEqual(['again', 'and on'])
    expect(await connectionsOf('terminated')).toBe(1)
  })

  test('is told again each time; what others said in between is lost, what was to be said is said then', async () => {
    const proxy = await TcpProxy.start(database.url)
    const one = await open('proxied', proxy.url)
    const gaps = hearingGaps(one)
    const { heard } = hearing(one)
    const kept: string[] = []
    for (let round = 0; round < 2; round += 1) {
      await proxy.cut()
      await expect.poll(() => one.connected, soon).toBe(false)
      const keys = Array.from({ length: 1_000 }, (_, count) => `${round}/${count}`)
      for (const key of keys) one.notify(channel, key)
      await observer.query(`notify ${channel}, 'unheard'`)
      await proxy.restore()
      kept.push(...keys)
      await expect.poll(() => heard, soon).toEqual(kept)
    }
    expect(gaps).toHaveLength(4)
    await one.close()
    await proxy.close()
  })

  test.each([0, 3])('without a word is noticed within 3 s, with %s to be said', async (count) => {
    const proxy = await TcpProxy.start(database.url)
    const one = make('silent', proxy.url)
    const { heard } = hearing(one)
    await one.open()
    const gaps = hearingGaps(one)
    proxy.silence()
    const keys = Array.from({ length: count }, (_, index) => `key ${index}`)
    for (const key of keys) one.notify(channel, key)
    await expect.poll(() => one.connected, { timeout: 3_000, interval: 10 }).toBe(false)
    expect(gaps).toEqual(['lost, connected: false'])
    await proxy.restore()
    await expect.poll(() => gaps, soon).toEqual(['lost, connected: false', 'restored, connected: true'])
    one.notify(channel, 'again')
    await expect.poll(() => heard, soon).toEqual([...keys, 'again'])
    await one.close()
    await proxy.close()
  })

  test('is not one that is only quiet', async () => {
    const one = await open('quiet')
    const gaps = hearingGaps(one)
    const lastBeat = async () =>
      (
        await observer.query<{ at: Date }>(
          `select query_start as at from pg_stat_activity where application_name = 'quiet'`,
        )
      ).rows[0]?.at
    for (let beats = 0; beats < 3; beats += 1) {
      const before = await lastBeat()
      await expect.poll(lastBeat, soon).not.toEqual(before)
    }
    expect({ gaps, problems }).toEqual({ gaps: [], problems: [] })
  })

  test('at the start is reached later', async () => {
    const proxy = await TcpProxy.start(database.url)
    await proxy.cut()
    const one = make('late', proxy.url)
    const { heard } = hearing(one)
    await one.open()
    expect(one.connected).toBe(false)
    await proxy.restore()
    await expect.poll(() => one.connected, soon).toBe(true)
    one.notify(channel, 'at last')
    await expect.poll(() => heard, soon).toEqual(['at last'])
    await one.close()
    await proxy.close()
  })
})

describe('closing', () => {
  test('sends what was notified before, and leaves no connection', async () => {
    const one = await open('closing')
    const { heard } = await openHearing('other')
    one.notify(channel, 'goodbye')
    await one.close()
    await expect.poll(() => heard, soon).toEqual(['goodbye'])
    expect(await connectionsOf('closing')).toBe(0)
  })

  test('while it connects leaves no connection either', async () => {
    const one = make('hasty')
    const opening = one.open()
    await one.close()
    await opening
    expect(one.connected).toBe(false)
    await expect.poll(() => connectionsOf('hasty'), soon).toBe(0)
  })

  test.each([
    ['connected', true],
    ['connecting', false],
  ])('takes a second at most while the server is silent: %s', async (_, isConnected) => {
    const proxy = await TcpProxy.start(database.url)
    if (!isConnected) proxy.silence()
    const one = make('muted', proxy.url)
    const opening = one.open()
    if (isConnected) await opening
    proxy.silence()
    one.notify(channel, 'never')
    const startedAt = performance.now()
    await one.close()
    await opening
    expect(performance.now() - startedAt).toBeLessThan(1_400)
    await proxy.close()
  })
})
