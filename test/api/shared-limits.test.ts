import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signUp } from '../harness/client.ts'
import { provideRedisServer, RedisServer } from '../harness/redis-server.ts'
import { send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { createTestDatabase } from '../harness/test-database.ts'

const canRun = await provideRedisServer()
const limit = 10
const addressLimit = 40
const secret = 'a secret that both processes know, as they must'

describe.skipIf(!canRun)('two processes on one Redis', () => {
  let redis: RedisServer
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let apps: [TestApp, TestApp]

  beforeAll(async () => {
    redis = await RedisServer.start()
    database = await createTestDatabase()
    const env = {
      REDIS_URL: redis.url,
      SECRET_KEY: secret,
      TRUST_PROXY: 'loopback',
      RATE_LIMIT_ADDRESS_PER_MINUTE: String(addressLimit),
      RATE_LIMIT_IDENTITY_PER_MINUTE: String(limit),
    }
    apps = [await startTestApp({ env, database }), await startTestApp({ env, database })]
  })
  beforeEach(async () => {
    for (const { url } of apps) await untilShared(url)
  })
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()))
    await redis.close()
    await database.drop()
  })

  let addresses = 0
  const newAddress = () => {
    addresses += 1
    return `192.0.2.${addresses}`
  }
  const get = (url: string, address: string, token?: string) =>
    send(url, '/v1/jobs', {
      headers: { 'x-forwarded-for': address, ...(token && { authorization: `Bearer ${token}` }) },
    })
  const guess = async (url: string, address: string, email: string) => {
    const sent = await send(url, '/v1/auth/login', {
      method: 'POST',
      headers: { 'x-forwarded-for': address, 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'a guess, and a wrong one' }),
    })
    return sent.status
  }

  /** Its connection to Redis is made in the background. */
  const untilShared = async (url: string) => {
    const countedThere = async () => {
      await get(url, newAddress())
      return redis.with((client) => client.keys(`*count:192.0.2.${addresses}`))
    }
    await expect.poll(countedThere).toHaveLength(1)
  }
  const inTurn = async (times: number, ask: (url: string) => Promise<number>) => {
    const statuses: number[] = []
    for (let n = 0; n < times; n += 1) statuses.push(await ask(apps[n % 2 === 0 ? 0 : 1].url))
    return statuses
  }

  test('count the requests of an address together', async () => {
    const address = newAddress()
    const statuses = await inTurn(addressLimit + 2, async (url) => (await get(url, address)).status)
    expect(statuses).toEqual([...Array(addressLimit).fill(401), 429, 429])
    expect((await get(apps[0].url, address)).headers).toMatchObject({
      'retry-after': expect.stringMatching(/^([1-9]|[1-5]\d|60)$/),
      'ratelimit-limit': String(addressLimit),
      'ratelimit-remaining': '0',
    })
    expect((await get(apps[1].url, newAddress())).status).toBe(401)
  })

  test('count the requests of a user together', async () => {
    const { token } = await signUp(apps[0])
    const statuses = await inTurn(limit + 2, async (url) => (await get(url, newAddress(), token)).status)
    expect(statuses).toEqual([...Array(limit).fill(200), 429, 429])
  })

  test('count wrong passwords together, in parallel too', async () => {
    const email = 'nobody@example.com'
    const network = newAddress()
    const statuses = await Promise.all(
      Array.from({ length: 2 * limit }, (_, n) => guess(apps[n < limit ? 0 : 1].url, network, email)),
    )
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
  })

  test('each count for themselves while it is away, and together once it is back', async () => {
    const address = newAddress()
    await redis.kill()
    try {
      const statuses = await inTurn(2 * addressLimit + 2, async (url) => (await get(url, address)).status)
      expect(statuses).toEqual([...Array(2 * addressLimit).fill(401), 429, 429])
      const guesser = newAddress()
      const guesses = await inTurn(22, (url) => guess(url, guesser, 'somebody@example.com'))
      expect(guesses).toEqual([...Array(20).fill(401), 429, 429])
    } finally {
      await redis.restart()
    }
    for (const { url } of apps) await untilShared(url)
    const next = newAddress()
    expect(await inTurn(addressLimit + 1, async (url) => (await get(url, next)).status)).toContain(429)
  })

  test('a guess at a password waits no less after a flush', async () => {
    const address = newAddress()
    const email = 'anybody@example.com'
    const [{ url }] = apps
    for (let n = 0; n < 10; n += 1) expect(await guess(url, address, email)).toBe(401)
    await redis.with((client) => client.flushall())
    expect(await guess(url, address, email)).toBe(429)
  })
})
