import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { call, type Person, signUp } from '../harness/client.ts'
import { send } from '../harness/send.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

/** Until all is well again: the breaker probes every two seconds. */
const soon = { timeout: 10_000, interval: 100 }
let proxy: TcpProxy
let backlot: TestApp
let ada: Person

beforeAll(async () => {
  backlot = await startTestApp({
    through: async (databaseUrl) => {
      proxy = await TcpProxy.start(databaseUrl)
      return proxy.url
    },
  })
  ada = await signUp(backlot)
})
afterAll(async () => {
  await backlot.close()
  await proxy.close()
})

const get = async (path: string) => {
  const startedAt = performance.now()
  const answer = await send(backlot.url, path, { headers: { authorization: `Bearer ${ada.token}` } })
  return { ...answer, ms: performance.now() - startedAt }
}
const status = async (path: string) => (await get(path)).status
const recovered = async () => {
  await expect.poll(() => status('/v1/jobs'), soon).toBe(200)
  await expect.poll(() => status('/health/ready'), soon).toBe(200)
  await expect.poll(() => backlot.platform.notifications.connected, soon).toBe(true)
}

describe('while the database is gone', () => {
  beforeEach(recovered)

  test('every request is answered at once with a 503 that says when to come back, before and after the breaker opens', async () => {
    await proxy.cut()
    for (let round = 0; round < 4; round += 1) {
      const paths = [
        '/v1/jobs',
        '/v1/generations',
        '/v1/files',
        '/v1/auth/me',
        '/v1/auth/sessions',
        '/v1/users',
      ]
      for (const answer of await Promise.all(paths.map(get))) {
        expect(answer).toMatchObject({
          status: 503,
          headers: { 'retry-after': expect.stringMatching(/^[1-9]\d?$/) },
          error: {
            code: 'DEPENDENCY_UNAVAILABLE',
            message: expect.not.stringMatching(/ECONN|127\.0|select/i),
          },
        })
        expect(answer.ms).toBeLessThan(2_000)
      }
    }
    expect(backlot.platform.database.breaker.state).not.toBe('closed')
    const login = await call(backlot, undefined, 'POST', '/v1/auth/login', {
      body: { email: ada.email, password: 'whatever' },
    })
    expect(login).toMatchObject({ status: 503, error: { code: 'DEPENDENCY_UNAVAILABLE' } })
    await proxy.restore()
    await recovered()
  })

  test('live stays true, ready does not, and the metrics say why', async () => {
    await proxy.cut()
    await expect.poll(() => status('/health/ready'), soon).toBe(503)
    expect(await get('/health/live')).toMatchObject({ status: 200, json: { status: 'ok' } })
    expect(await get('/health')).toMatchObject({
      status: 503,
      json: { status: 'down', checks: { database: { status: 'down' }, queue: { status: 'down' } } },
    })
    expect(await get('/health/db')).toMatchObject({ status: 503, json: { status: 'down' } })
    expect(await get('/')).toMatchObject({
      status: 200,
      json: { status: 'down', database: 'down', queue: 'down' },
    })
    expect(await status('/health/startup')).toBe(200)
    await expect
      .poll(async () => (await get('/metrics')).text, soon)
      .toMatch(/^backlot_db_breaker_open\{pool="primary"\} 1$/m)
    await proxy.restore()
    await recovered()
  })

  test('nobody is let in on the word of the cache', async () => {
    expect(await status('/v1/generations/styles')).toBe(200)
    await proxy.cut()
    await expect.poll(() => backlot.platform.notifications.connected).toBe(false)
    expect(await status('/v1/generations/styles')).toBe(503)
    await proxy.restore()
    await recovered()
    expect(await status('/v1/generations/styles')).toBe(200)
  })
})

test('a network that swallows everything keeps no probe waiting', async () => {
  await recovered()
  proxy.silence()
  await expect.poll(() => status('/health/ready'), soon).toBe(503)
  // The first checks wait on connections that were open, the later ones for new ones.
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(
      ['/health/ready', '/health', '/', '/health/live', '/health/db'].map(get),
    )
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(3_500)
  }
  await proxy.restore()
  await recovered()
})

test('what was said while nobody listened is looked up, not remembered', async () => {
  const other = new pg.Client(backlot.databaseUrl)
  await other.connect()
  const endSession = (user: Person) => other.query('delete from sessions where user_id = $1', [user.id])
  const styles = (user: Person) => call(backlot, user, 'GET', '/v1/generations/styles')

  const [control, ben] = [await signUp(backlot), await signUp(backlot)]
  for (const user of [control, ben]) expect((await styles(user)).status).toBe(200)
  await endSession(control)
  expect((await styles(control)).status, 'the session is cached').toBe(200)

  await endSession(ben)
  const breakListening = async () =>
    (
      await other.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query ~ '^LISTEN|AS listening$'`)
    ).rowCount
  await expect.poll(breakListening, soon).toBe(1)
  await expect.poll(async () => (await styles(ben)).status, { interval: 5 }).toBe(401)
  expect((await styles(control)).status).toBe(401)

  await expect.poll(() => backlot.platform.notifications.connected, soon).toBe(true)
  const heard = new Promise((resolve) => backlot.platform.notifications.subscribe('test_channel', resolve))
  await expect
    .poll(() => other.query(`notify test_channel, 'key'`).then(() => Promise.race([heard, 'not yet'])), soon)
    .toBe('key')
  await other.end()
})
