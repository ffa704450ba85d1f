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
import { attemptLimit, takeAttempt } from '../../platform/attempt-limit.ts'

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

  test('of one address from all over an IPv6 /48 is slowed down, and not from another', async () => {
    const { user } = await signUp(auth)
    const statuses = []
    for (let guess = 0; guess < 52; guess += 1) {
      const address = `2001:db8:7:${guess.toString(16)}::1`
      statuses.push((await tryPassword(user.email, `guess ${guess}`, address)).status)
    }
    expect(statuses.slice(0, 50)).toEqual(Array(50).fill(401))
    expect(statuses.at(-1)).toBe(429)
    expect((await tryPassword(user.email, goodPassword, '2001:db8:8::1')).status).toBe(200)
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

describe('signing up', () => {
  test('again and again is slowed down where it comes from, and nowhere else', async () => {
    const signUpFrom = (address: string) =>
      call(auth, 'POST', '/auth/signup', {
        body: { email: newEmail(), password: goodPassword },
        headers: { 'x-forwarded-for': address },
      })
    const answers = []
    for (let time = 0; time < 52; time += 1) answers.push(await signUpFrom('198.51.101.1'))
    expect(answers.slice(0, 50).map(({ status }) => status)).toEqual(Array(50).fill(201))
    expect(answers.at(-1)?.status).toBe(429)
    expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0)
    expect((await signUpFrom('198.51.101.2')).status).toBe(201)
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

  test('refused by one limit, an attempt counts for none', async () => {
    const wide = attemptLimit({ burst: 2, refillMs: 60_000 })
    const narrow = attemptLimit({ burst: 1, refillMs: 60_000 })
    await takeAttempt([wide, 'a'], [narrow, 'a'])
    for (let time = 0; time < 5; time += 1) {
      await expect(takeAttempt([wide, 'a'], [narrow, 'a'])).rejects.toThrow('Too many attempts')
    }
    await takeAttempt([wide, 'a'])
  })

  test('gives back what turned out well', async () => {
    const limit = attemptLimit({ burst: 1, refillMs: 60_000 })
    for (let time = 0; time < 5; time += 1) (await takeAttempt([limit, 'a']))()
    await takeAttempt([limit, 'a'])
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

test('a storm from one address takes few of the turns, and its refusals count as no guesses', async () => {
  const slow = await startAuthApp(database.url, { passwordCost: 8 })
  const { user } = await signUp(slow)
  const logInFrom = (email: string, address: string) =>
    call(slow, 'POST', '/auth/login', {
      body: { email, password: goodPassword },
      headers: { 'x-forwarded-for': address },
    })
  const before = slow.deps.passwords.hashed
  const storm = Promise.all(Array.from({ length: 100 }, () => logInFrom(newEmail(), '10.7.0.1')))
  expect((await logInFrom(user.email, '10.7.1.1')).status).toBe(200)
  const refused = (await storm).filter(({ status }) => status === 429)
  expect(refused).toHaveLength(36)
  expect(refused[0]?.headers['retry-after']).toBe('5')
  expect(slow.deps.passwords.hashed - before).toBe(65)
  expect((await logInFrom(user.email, '10.7.0.1')).status).toBe(200)
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
