import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  goodPassword,
  newEmail,
  signUp,
  startAuthApp,
} from '../../../test/harness/auth-app.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { attemptLimit, takeAttempt } from './attempt-limit.ts'
import { boundedTurns } from './bounded-turns.ts'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url)
})
afterAll(async () => {
  await auth.close()
  await database.drop()
})

const tryPassword = (email: string, password: string, address: string) =>
  call(auth, 'POST', '/auth/login', { body: { email, password }, headers: { 'x-forwarded-for': address } })

describe('guessing a password', () => {
  test('is slowed down where it comes from, and nowhere else', async () => {
    const { user } = await signUp(auth)
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => tryPassword(user.email, `guess ${index}`, '198.51.100.7')),
    )
    const refused = answers.filter(({ status }) => status === 429)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10)
    expect(refused).toHaveLength(20)
    for (const { headers } of refused) {
      expect(Number(headers['retry-after'])).toBeGreaterThan(0)
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60)
    }
    expect((await tryPassword(user.email, goodPassword, '198.51.100.7')).status).toBe(429)
    expect((await tryPassword(user.email, goodPassword, '198.51.100.8')).status).toBe(200)
  })

  test('is not made easier by signing up with each guess', async () => {
    const { user } = await signUp(auth)
    const statuses = []
    for (let guess = 0; guess < 12; guess += 1) {
      const { status } = await call(auth, 'POST', '/auth/signup', {
        body: { email: user.email, password: `a guess, number ${guess}` },
        headers: { 'x-forwarded-for': '198.51.100.20' },
      })
      statuses.push(status)
    }
    expect(statuses).toEqual([...Array(10).fill(201), 429, 429])
  })

  test('of many addresses is slowed down too', async () => {
    const statuses = []
    for (let guess = 0; guess < 102; guess += 1) {
      statuses.push((await tryPassword(newEmail(), 'a guess', '198.51.100.30')).status)
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(100)
    expect(statuses.at(-1)).toBe(429)
  })

  test('counts no right passwords', async () => {
    const { user } = await signUp(auth)
    for (let time = 0; time < 15; time += 1) {
      expect((await tryPassword(user.email, goodPassword, '198.51.100.40')).status).toBe(200)
    }
  })

  test('with a stolen session is slowed down as well', async () => {
    const { accessToken } = await signUp(auth)
    const statuses = []
    for (let guess = 0; guess < 11; guess += 1) {
      const body = { currentPassword: `guess ${guess}`, newPassword: 'another good one' }
      statuses.push((await call(auth, 'POST', '/auth/change-password', { token: accessToken, body })).status)
    }
    expect(statuses).toEqual([...Array(10).fill(422), 429])
  })
})

describe('an attempt limit', () => {
  test('gives a burst, then says how long to wait, key by key', () => {
    const limit = attemptLimit({ burst: 2, refillMs: 60_000 })
    expect([limit.take('a'), limit.take('a')]).toEqual([0, 0])
    expect(limit.take('a')).toBeGreaterThan(59_000)
    expect(limit.take('a')).toBeLessThanOrEqual(60_000)
    expect(limit.take('b')).toBe(0)
  })

  test('refused by one limit, an attempt counts for none', () => {
    const wide = attemptLimit({ burst: 2, refillMs: 60_000 })
    const narrow = attemptLimit({ burst: 1, refillMs: 60_000 })
    takeAttempt([wide, 'a'], [narrow, 'a'])
    for (let time = 0; time < 5; time += 1) {
      expect(() => takeAttempt([wide, 'a'], [narrow, 'a'])).toThrow('Too many attempts')
    }
    takeAttempt([wide, 'a'])
  })

  test('gives back what turned out well', () => {
    const limit = attemptLimit({ burst: 1, refillMs: 60_000 })
    for (let time = 0; time < 5; time += 1) takeAttempt([limit, 'a'])()
    takeAttempt([limit, 'a'])
  })
})

describe('bounded turns', () => {
  const never = new AbortController().signal
  const started = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    return { work: () => promise, finish: resolve }
  }

  test('run so many at once and no more, in the order in which they came', async () => {
    const inTurn = boundedTurns('work', { atOnce: 2, maxWaiting: 100 })
    let running = 0
    let most = 0
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        inTurn(async () => {
          order.push(index)
          running += 1
          most = Math.max(most, running)
          await new Promise((resolve) => setImmediate(resolve))
          running -= 1
        }, never),
      ),
    )
    expect(most).toBe(2)
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index))
  })

  test('refuse with a 503 when too many wait', async () => {
    const inTurn = boundedTurns('work', { atOnce: 1, maxWaiting: 1 })
    const first = started()
    const running = inTurn(first.work, never)
    const waiting = inTurn(async () => 'done', never)
    await expect(inTurn(async () => 'never', never)).rejects.toMatchObject({
      status: 503,
      retryAfterSeconds: 5,
    })
    first.finish()
    await running
    expect(await waiting).toBe('done')
  })

  test('never begin work whose client has gone, and go on after work that failed', async () => {
    const inTurn = boundedTurns('work', { atOnce: 1, maxWaiting: 10 })
    const first = started()
    const running = inTurn(first.work, never)
    const gone = new AbortController()
    let begun = false
    const abandoned = inTurn(async () => {
      begun = true
    }, gone.signal)
    const failing = inTurn(() => Promise.reject(new Error('broken')), never)
    const last = inTurn(async () => 'done', never)
    gone.abort()
    await expect(abandoned).rejects.toMatchObject({ code: 'CLIENT_GONE' })
    first.finish()
    await running
    await expect(failing).rejects.toThrow('broken')
    expect(await last).toBe('done')
    expect(begun).toBe(false)
  })
})

test('a login that is abandoned while it waits is never hashed', async () => {
  const slow = await startAuthApp(database.url, { passwordCost: 10 })
  const origin = await slow.app.listen({ host: '127.0.0.1', port: 0 })
  const clients = Array.from({ length: 40 }, () => new AbortController())
  const answers = clients.map(({ signal }, index) =>
    fetch(`${origin}/v1/auth/login`, {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json', 'x-forwarded-for': `10.9.0.${index}` },
      body: JSON.stringify({ email: newEmail(), password: 'a password' }),
    }).then(
      ({ status }) => status,
      () => 'gone',
    ),
  )
  expect(await Promise.race(answers)).toBe(401)
  for (const client of clients) client.abort()
  await Promise.all(answers)
  // Waits behind all of them: once it is done, none of them is still to come.
  await signUp(slow)
  expect(slow.deps.passwords.hashed).toBeLessThan(20)
  await slow.close()
})

test('a storm of logins leaves other requests answered while it lasts', async () => {
  const slow = await startAuthApp(database.url, { passwordCost: 10 })
  const { accessToken } = await signUp(slow)
  let over = 0
  const storm = Array.from({ length: 20 }, async (_, index) => {
    await call(slow, 'POST', '/auth/login', {
      body: { email: newEmail(), password: 'a password' },
      headers: { 'x-forwarded-for': `10.8.0.${index}` },
    })
    over += 1
  })
  let answered = 0
  while (over < 10) {
    expect((await call(slow, 'GET', '/auth/me', { token: accessToken })).status).toBe(200)
    answered += 1
  }
  await Promise.all(storm)
  // Requests that waited their turn among the hashes would be answered once for each.
  expect(answered).toBeGreaterThan(20)
  await slow.close()
})
