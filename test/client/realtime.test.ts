import { createSecretKey } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { BacklotError, createBacklot, type RealtimeOptions, type Settings } from '../../client/src/backlot.ts'
import { deriveAuthKeys } from '../../src/modules/auth/auth-keys.ts'
import { jobChanged } from '../../src/platform/jobs/job-events.ts'
import { newKeyOf } from '../harness/api-keys.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

let app: TestApp
let proxy: TcpProxy
let ada: SignedIn
const opened: { close: () => void }[] = []

beforeAll(async () => {
  app = await startTestApp()
  proxy = await TcpProxy.start(app.url)
  ada = await signInAs(app, 'user')
})
afterEach(async () => {
  for (const realtime of opened.splice(0)) realtime.close()
  await proxy.restore()
})
afterAll(async () => {
  await proxy.close()
  await app.close()
})

const clientOf = async (who: SignedIn, settings: Partial<Settings> = {}) => {
  const backlot = createBacklot({ url: proxy.url, ...settings })
  const { token: accessToken, refreshToken } = who
  if (settings.apiKey === undefined) await backlot.adoptSession({ accessToken, refreshToken, expiresIn: 900 })
  const realtime = (options: RealtimeOptions = {}) => {
    const made = backlot.realtime(options)
    opened.push(made)
    return made
  }
  return { ...backlot, realtime }
}

/** A job that no worker takes, and its topic. */
const waitingJob = async ({ generations }: Awaited<ReturnType<typeof clientOf>>) => {
  const { jobId } = await generations.create({ prompt: 'a meadow', style: 'noir' })
  return { jobId, topic: `jobs/${jobId}` as const }
}

/** As a worker does for a job that runs. */
const progress = async (jobId: string, times: number) => {
  const { db, notifications } = app.platform
  for (let count = 0; count < times; count += 1) {
    await db.execute(sql`
      with changed as (update jobs set event_seq = event_seq + 1 where id = ${jobId} returning event_seq)
      insert into job_events (job_id, seq, type, data) select ${jobId}, event_seq, 'progress', '{"progress":0.5}' from changed`)
    jobChanged(notifications, jobId)
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1)

const failure = async (told: AsyncGenerator<unknown>): Promise<unknown> =>
  told.next().then(
    ({ value }) => expect.fail(`told ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )

test('all events come once and in order, however often the connection is cut and the server away', async () => {
  const backlot = await clientOf(ada)
  const { jobId, topic } = await waitingJob(backlot)
  const states: boolean[] = []
  const realtime = backlot.realtime({ onConnection: (isConnected) => states.push(isConnected) })
  const seen: number[] = []
  for await (const { seq, event, data, at } of realtime.follow(topic)) {
    if (seq === 1) expect([event, data.status]).toEqual(['status', 'pending'])
    else expect([event, data.progress, at]).toEqual(['progress', 0.5, expect.stringMatching(/Z$/)])
    seen.push(seq)
    if (seq === 61) break
    if (seq % 20 !== 1) continue
    void progress(jobId, 20)
    if (seq === 1) continue
    await (seq === 21 ? proxy.restore() : proxy.cut())
    setTimeout(() => void proxy.restore(), 200)
  }
  expect(seen).toEqual(upTo(61))
  expect(states.filter((isConnected) => isConnected).length).toBeGreaterThan(2)
  expect(states.at(-1)).toBe(false)
})

test('a network that swallows everything is noticed by its silence', async () => {
  const backlot = await clientOf(ada, { timeoutMs: 400 })
  const { jobId, topic } = await waitingJob(backlot)
  const states: boolean[] = []
  const told = backlot.realtime({ onConnection: (is) => states.push(is) }).follow(topic)
  await told.next()
  proxy.silence()
  await progress(jobId, 1)
  await expect.poll(() => states).toEqual([true, false])
  await proxy.restore()
  expect((await told.next()).value).toMatchObject({ seq: 2 })
})

test('a quiet connection stays: the server is asked for a sign of life', async () => {
  const backlot = await clientOf(ada, { timeoutMs: 200 })
  const { jobId, topic } = await waitingJob(backlot)
  const states: boolean[] = []
  const sent = vi.spyOn(WebSocket.prototype, 'send')
  const told = backlot.realtime({ onConnection: (is) => states.push(is) }).follow(topic)
  await told.next()
  const pings = () => sent.mock.calls.filter(([text]) => text === '{"type":"ping"}').length
  await expect.poll(pings).toBeGreaterThan(3)
  await progress(jobId, 1)
  expect((await told.next()).value).toMatchObject({ seq: 2 })
  expect(states).toEqual([true])
  sent.mockRestore()
})

test('who reads slowly keeps little waiting, and misses nothing', async () => {
  const backlot = await clientOf(ada)
  const { jobId, topic } = await waitingJob(backlot)
  await app.platform.db.execute(sql`
    with changed as (update jobs set event_seq = 2000 where id = ${jobId} returning id)
    insert into job_events (job_id, seq, type, data) select id, seq, 'progress', '{}' from changed, generate_series(2, 2000) seq`)
  const sent = vi.spyOn(WebSocket.prototype, 'send')
  const said = (type: string) => sent.mock.calls.filter(([text]) => String(text).includes(`"${type}"`)).length
  const told = backlot.realtime().follow(topic)
  await expect.poll(() => said('unsubscribe')).toBe(1)
  const seen: number[] = []
  for await (const { seq } of told) if (seen.push(seq) === 2_000) break
  expect(seen).toEqual(upTo(2_000))
  expect(said('subscribe')).toBeGreaterThan(1)
  sent.mockRestore()
})

test('one connection serves all topics, and is left with the last', async () => {
  const backlot = await clientOf(ada)
  const [one, two] = [await waitingJob(backlot), await waitingJob(backlot)]
  const states: boolean[] = []
  const realtime = backlot.realtime({ onConnection: (is) => states.push(is) })
  const [first, second] = [realtime.follow(one.topic), realtime.follow(two.topic)]
  expect(() => realtime.follow(one.topic)).toThrow('already')
  await Promise.all([first.next(), second.next()])
  await first.return()
  await progress(one.jobId, 2)
  const again = realtime.follow(one.topic, { after: 2 })
  expect((await again.next()).value).toMatchObject({ topic: one.topic, seq: 3 })
  await again.return()
  const latest = realtime.follow(one.topic, { after: 'latest' })
  await progress(two.jobId, 1)
  expect((await second.next()).value).toMatchObject({ seq: 2 })
  await progress(one.jobId, 1)
  expect((await latest.next()).value).toMatchObject({ seq: 4 })
  expect(states).toEqual([true])
  const next = second.next()
  realtime.close()
  expect(await next).toEqual({ value: undefined, done: true })
  expect(await latest.next()).toEqual({ value: undefined, done: true })
  expect(states).toEqual([true, false])
})

test('a signal ends one loop with its reason; what was deleted ends its loop, also while nobody was told', async () => {
  const backlot = await clientOf(ada)
  const { topic } = await waitingJob(backlot)
  const [one, two] = [
    await backlot.projects.create({ name: 'A' }),
    await backlot.projects.create({ name: 'B' }),
  ]
  const realtime = backlot.realtime()
  const leaving = new AbortController()
  const [first, second] = [realtime.follow(`projects/${one.id}`), realtime.follow(`projects/${two.id}`)]
  const job = realtime.follow(topic, { signal: leaving.signal })
  // The server answers one after the other: it tells of the projects too now.
  await job.next()
  const next = job.next()
  const reason = new Error('I leave.')
  leaving.abort(reason)
  await expect(next).rejects.toBe(reason)
  await backlot.projects.delete(one.id)
  expect(await first.next()).toEqual({ value: undefined, done: true })
  await proxy.cut()
  await createBacklot({ url: app.url, apiKey: ada.token }).projects.delete(two.id)
  await proxy.restore()
  expect(await second.next()).toEqual({ value: undefined, done: true })
})

test('what the server refuses is told to who asked for it, and to nobody else', async () => {
  const backlot = await clientOf(ada)
  const { jobId, topic } = await waitingJob(backlot)
  const eve = (await clientOf(await signInAs(app, 'user'))).realtime()
  expect(await failure(eve.follow(topic))).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' })
  const realtime = backlot.realtime()
  const well = realtime.follow(topic)
  const refused = [realtime.follow('jobs/42'), realtime.follow(`generations/${jobId}`)]
  expect(await failure(refused[0] ?? well)).toMatchObject({ status: 422, code: 'VALIDATION_FAILED' })
  expect(await failure(refused[1] ?? well)).toMatchObject({ status: 404, code: 'GENERATION_NOT_FOUND' })
  expect((await well.next()).value).toMatchObject({ seq: 1 })
  await well.return()
  const ahead = realtime.follow(topic, { after: 99 })
  expect(await failure(ahead)).toMatchObject({ status: 409, code: 'UNKNOWN_POSITION' })
})

const shortToken = ({ id, sessionId }: SignedIn, expiresAtMs: number) =>
  new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .setIssuer('backlot')
    .setAudience('backlot-api')
    .setSubject(id)
    .setIssuedAt()
    .setExpirationTime(new Date(expiresAtMs))
    .sign(createSecretKey(deriveAuthKeys(app.config.secretKey).accessToken))

const countingRefreshes = () => {
  let refreshes = 0
  const fetch: typeof globalThis.fetch = (url, init) => {
    if (String(url).endsWith('/refresh')) refreshes += 1
    return globalThis.fetch(url, init)
  }
  return { refreshes: () => refreshes, fetch }
}

test('a token is renewed before it expires, and the connection stays', async () => {
  const grace = await signInAs(app, 'user')
  const expiresAtMs = Date.now() + 3_000
  const { refreshes, fetch } = countingRefreshes()
  const backlot = await clientOf(grace, { fetch })
  const accessToken = await shortToken(grace, expiresAtMs)
  await backlot.adoptSession({ accessToken, refreshToken: grace.refreshToken, expiresIn: 11 })
  const { jobId, topic } = await waitingJob(backlot)
  const states: boolean[] = []
  const told = backlot.realtime({ onConnection: (is) => states.push(is) }).follow(topic)
  await told.next()
  await expect.poll(() => Date.now(), { timeout: 5_000 }).toBeGreaterThan(expiresAtMs + 500)
  await progress(jobId, 1)
  expect((await told.next()).value).toMatchObject({ seq: 2 })
  expect([states, refreshes()]).toEqual([[true], 1])
})

test('who starts with an expired token gets a new one, once for the socket and all calls', async () => {
  const { topic } = await waitingJob(await clientOf(ada))
  const { refreshes, fetch } = countingRefreshes()
  const backlot = await clientOf({ ...ada, token: `${ada.token}x` }, { fetch })
  const told = backlot.realtime().follow(topic)
  const [{ value }] = await Promise.all([told.next(), backlot.auth.me(), backlot.jobs.list()])
  expect(value).toMatchObject({ seq: 1 })
  expect(refreshes()).toBe(1)
})

test('logout ends what is followed, here and in another client of the same session', async () => {
  const leaver = await signInAs(app, 'user')
  const [here, there] = [await clientOf(leaver), await clientOf(leaver)]
  const told = [here, there].map((client) => client.realtime().follow('notifications'))
  const { topic } = await waitingJob(here)
  const witness = here.realtime().follow(topic)
  await witness.next()
  const ended = told.map(failure)
  await here.signOut()
  for (const error of await Promise.all(ended)) expect(error).toMatchObject({ status: 401 })
  await expect(failure(here.realtime().follow(topic))).resolves.toMatchObject({ code: 'UNAUTHORIZED' })
})

test('an API key follows within its scopes, and until it is revoked; a wrong one follows nothing', async () => {
  const backlot = await clientOf(ada)
  const { topic } = await waitingJob(backlot)
  const key = await newKeyOf(app.platform.db, ada.id, ['jobs:read'])
  const realtime = (await clientOf(ada, { apiKey: key.text })).realtime()
  expect(await failure(realtime.follow('notifications'))).toMatchObject({ code: 'INSUFFICIENT_SCOPE' })
  const told = realtime.follow(topic)
  expect((await told.next()).value).toMatchObject({ seq: 1 })
  await backlot.apiKeys.delete(key.id)
  expect(await failure(told)).toMatchObject({ status: 401 })
  const wrong = (await clientOf(ada, { apiKey: `${key.text}x` })).realtime().follow(topic)
  const error = await failure(wrong)
  expect(error).toBeInstanceOf(BacklotError)
  expect(error).toMatchObject({ status: 401 })
})
