import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { PoolBreaker } from './breaker.ts'
import { Database } from './database.ts'

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>
let proxy: TcpProxy

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  proxy = await TcpProxy.start(testDatabase.url)
})
afterAll(async () => {
  await proxy.close()
  await testDatabase.drop()
})

const away = () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
const openByFailures = async (breaker: PoolBreaker) => {
  for (let call = 0; call < 6; call += 1) await breaker.run(away).catch(() => undefined)
  expect(breaker.state).toBe('open')
}

test('refuses at once while the database is away, and lets calls through soon after it is back though none was made', async () => {
  const database = new Database({
    ...{ url: proxy.url, ssl: false, poolMax: 2, applicationName: 'test' },
    onConnectionError: () => undefined,
  })
  const { breaker, pool } = database
  await pool.query('select 1')
  await proxy.cut()
  for (let call = 0; call < 6; call += 1) await pool.query('select 1').catch(() => undefined)
  expect(breaker.state).toBe('open')
  const refusals = Array.from({ length: 50 }, () => pool.query('select 1'))
  const askedAt = performance.now()
  for (const refusal of await Promise.allSettled(refusals)) {
    expect(refusal).toMatchObject({ status: 'rejected', reason: { status: 503, retryAfterSeconds: 1 } })
  }
  expect(performance.now() - askedAt).toBeLessThan(100)
  expect(pool.waitingCount).toBe(0)
  await proxy.restore()
  const backAt = performance.now()
  await expect.poll(() => breaker.state, { interval: 10, timeout: 3_000 }).toBe('closed')
  expect(performance.now() - backAt).toBeLessThan(1_000)
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await database.close()
})

test('asks one question at a time, each with a second to answer, and no caller finds out for it', async () => {
  let asking = 0
  let most = 0
  let asked = 0
  const breaker = new PoolBreaker('test', async (signal) => {
    asked += 1
    asking += 1
    most = Math.max(most, asking)
    try {
      if (asked === 1) await sleep(10_000, undefined, { signal })
    } finally {
      asking -= 1
    }
  })
  let calls = 0
  const call = async () => {
    calls += 1
  }
  await openByFailures(breaker)
  const openedAt = performance.now()
  await expect
    .poll(() => breaker.run(call).catch(() => breaker.state), { interval: 50, timeout: 5_000 })
    .toBeUndefined()
  // 500 ms, 1 s for the answer that does not come, 500 ms.
  expect(performance.now() - openedAt).toBeGreaterThan(1_900)
  expect({ asked, most, calls }).toEqual({ asked: 2, most: 1, calls: 1 })
  breaker.close()
})

test('forgets the failures of before when it closes', async () => {
  const breaker = new PoolBreaker('test', async () => undefined)
  let fail: (error: Error) => void = () => undefined
  const late = breaker.run(
    () =>
      new Promise((_, reject) => {
        fail = reject
      }),
  )
  await openByFailures(breaker)
  await expect.poll(() => breaker.state, { timeout: 2_000 }).toBe('closed')
  fail(Object.assign(new Error('away'), { code: 'ECONNRESET' }))
  await expect(late).rejects.toThrow('away')
  await expect(breaker.run(away)).rejects.toThrow('away')
  expect(breaker.state).toBe('closed')
  breaker.close()
})

test('one that is closed stops asking', async () => {
  const asked: AbortSignal[] = []
  const breaker = new PoolBreaker('test', async (signal) => {
    asked.push(signal)
    await sleep(10_000, undefined, { signal })
  })
  await openByFailures(breaker)
  await expect.poll(() => asked.length, { timeout: 2_000 }).toBe(1)
  breaker.close()
  expect(asked.map(({ aborted }) => aborted)).toEqual([true])
  await expect(breaker.run(away)).rejects.toMatchObject({ status: 503 })
})
