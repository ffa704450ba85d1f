import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { PoolBreaker } from './breaker.ts'
import { Database } from './database.ts'
import { isInfrastructureError } from './infrastructure-error.ts'

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
  // 250 ms, 1 s for the answer that does not come, 250 ms.
  expect(performance.now() - openedAt).toBeGreaterThan(1_400)
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

describe('a server that is silent', () => {
  const open = () =>
    new Database({
      ...{ url: proxy.url, ssl: false, poolMax: 2, applicationName: 'silent' },
      onConnectionError: () => undefined,
    })
  const outcomeOf = async (work: Promise<unknown>) => {
    const startedAt = performance.now()
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    return { isAway: isInfrastructureError(error), ms: performance.now() - startedAt }
  }
  const readShared = ({ readDb }: Database) =>
    readDb.select({ one: sql<number>`1` }).from(sql`(select) as nothing`).prepare('one').execute()

  test('keeps nobody waiting for more than 5 s, later callers not at all, and answers again on new connections', async () => {
    const database = open()
    await Promise.all([database.db.execute(sql`select 1`), readShared(database)])
    proxy.silence()
    const waiting = [
      database.db.execute(sql`select 1`),
      database.db.transaction((tx) => tx.execute(sql`select 1`)),
      database.pool.query('select 1'),
      readShared(database),
      database.bulk.use(new AbortController().signal, ({ db }) => db.execute(sql`select 1`)),
    ].map(outcomeOf)
    await expect.poll(() => database.breaker.state, { timeout: 4_000, interval: 10 }).toBe('open')
    const refused = await Promise.all([database.pool.query('select 1'), readShared(database)].map(outcomeOf))
    for (const { isAway, ms } of refused)
      expect({ isAway, soon: ms < 100 }).toEqual({ isAway: true, soon: true })
    for (const { isAway, ms } of await Promise.all(waiting)) {
      expect({ isAway, soon: ms < 5_500 }).toEqual({ isAway: true, soon: true })
    }
    // Only what was opened while it was silent: all that was open before is broken by now.
    await proxy.restore()
    await expect.poll(() => database.breaker.state, { timeout: 3_000, interval: 10 }).toBe('closed')
    expect((await database.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    expect(await readShared(database)).toEqual([{ one: 1 }])
    await database.close()
  }, 20_000)

  test('is not one that takes long for a statement', async () => {
    const database = open()
    const { rows } = await database.db.execute(sql`select pg_sleep(3), 1 as one`)
    expect(rows).toMatchObject([{ one: 1 }])
    expect(database.breaker.state).toBe('closed')
    await database.close()
  })

  test('is closed within 3 s, whatever waits for it', async () => {
    const database = open()
    const held = database.db.transaction((tx) => tx.execute(sql`select pg_sleep(60)`)).catch(() => 'cut off')
    await expect.poll(() => database.pool.totalCount - database.pool.idleCount).toBe(1)
    await readShared(database)
    proxy.silence()
    const { ms } = await outcomeOf(database.close())
    expect(ms).toBeLessThan(3_000)
    expect(await held).toBe('cut off')
    await proxy.restore()
  })
})

test('one probe without an answer opens nothing, and neither do probes that are refused', async () => {
  const waysToAnswer: ((signal: AbortSignal) => Promise<void>)[] = [
    (signal) => sleep(10_000, undefined, { signal }),
    async () => undefined,
    () => away(),
    () => away(),
  ]
  let asked = 0
  const breaker = new PoolBreaker('test', async (signal) => {
    asked += 1
    await waysToAnswer[asked - 1]?.(signal)
  })
  const stopWaiting = breaker.wait()
  await expect.poll(() => asked, { timeout: 5_000 }).toBeGreaterThan(waysToAnswer.length)
  stopWaiting(true)
  expect(breaker.state).toBe('closed')
  breaker.close()
}, 8_000)
