import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signInAs } from '../harness/people.ts'
import { provideRedisServer, RedisServer } from '../harness/redis-server.ts'
import { send } from '../harness/send.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { createTestDatabase } from '../harness/test-database.ts'

const canRun = await provideRedisServer()
const secret = 'a secret that both processes know, as they must'
const soon = { timeout: 10_000, interval: 20 }
/** Of a hint on its way, on a loaded machine. What is remembered lives for 30 s. */
const atOnceMs = 2_000
const states = ['well', 'killed', 'frozen', 'silent for the other'] as const

describe.skipIf(!canRun)('two processes that tell each other by Redis', () => {
  let redis: RedisServer
  /** The other's way to Redis. */
  let proxy: TcpProxy
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let apps: [TestApp, TestApp]
  /** Of the primary. */
  let observer: pg.Client
  let heardByPrimary: string[]

  beforeAll(async () => {
    redis = await RedisServer.start()
    database = await createTestDatabase()
    proxy = await TcpProxy.start(redis.url)
    const start = (url: string, worker: boolean) =>
      startTestApp({ env: { REDIS_URL: url, SECRET_KEY: secret }, database, worker })
    apps = [await start(redis.url, false), await start(proxy.url, true)]
    observer = new pg.Client(database.url)
    await observer.connect()
    observer.on('notification', ({ channel }) => void heardByPrimary.push(channel))
    await observer.query('listen backlot_job_events')
  })
  beforeEach(() => {
    heardByPrimary = []
  })
  afterAll(async () => {
    redis.resume()
    await Promise.all(apps.map((app) => app.close()))
    await observer.end()
    await proxy.close()
    await redis.close()
    await database.drop()
  })

  const statusIn = async ({ url }: TestApp, token: string) =>
    (await send(url, '/v1/auth/me', { headers: { authorization: `Bearer ${token}` } })).status

  test.for(states)(
    'who signs out of one is refused by the other at once, while Redis is %s',
    async (state) => {
      const [one, other] = apps
      const { token } = await signInAs(one, 'user')
      for (const app of apps) expect(await statusIn(app, token)).toBe(200)
      if (state === 'killed') await redis.kill()
      if (state === 'frozen') redis.pause()
      if (state === 'silent for the other') proxy.silence()
      const authorization = `Bearer ${token}`
      await send(one.url, '/v1/auth/logout', { method: 'POST', headers: { authorization } })
      expect(await statusIn(one, token)).toBe(401)
      await expect.poll(() => statusIn(other, token), { timeout: atOnceMs, interval: 20 }).toBe(401)
      if (state === 'killed') await redis.restart()
      if (state === 'frozen') redis.resume()
      if (state === 'silent for the other') await proxy.restore()
    },
  )

  test('what happens to a job in one reaches its follower in the other, and the primary has no part in it', async () => {
    const [api] = apps
    const { token } = await signInAs(api, 'user')
    const headers = { authorization: `Bearer ${token}`, prefer: 'wait=20' }
    const body = { prompt: 'a red kite', style: 'sketch', size: '256x256' }
    const drawn = () => send(api.url, '/v1/generations', { method: 'POST', headers, body })
    // After the faults above, each process uses Redis again when it has met it.
    await expect
      .poll(async () => {
        heardByPrimary = []
        const { json } = await drawn()
        return { status: json.data.status, heardByPrimary }
      }, soon)
      .toEqual({ status: 'completed', heardByPrimary: [] })
  })
})
