import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { addDestination, makeProject } from '../../../test/harness/live-streams.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { realtimeClients } from '../../../test/harness/realtime-client.ts'
import { statementsOf } from '../../../test/harness/statements.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { jobChanged } from '../../platform/jobs/job-events.ts'
import { tellUser } from '../notifications/notifications.service.ts'
import { appendEvents, eventChannel } from '../streams/live-events.ts'

let backlot: TestApp
let other: TestApp
let ada: Person
const env = { SECRET_KEY: 'a secret key that is only used in tests' }

const { connect, signedIn: signedInBy, closeAll } = realtimeClients(() => backlot)
const signedIn = (who = ada, app = backlot) => signedInBy(who.token, app)

beforeAll(async () => {
  backlot = await startTestApp({ env })
  // A second process of the same installation: what is told there must be heard here.
  other = await startTestApp({ env, database: { url: backlot.databaseUrl } })
  ada = await signUp(backlot)
})
afterEach(closeAll)
afterAll(async () => {
  await other.close()
  await backlot.close()
})

const waitingJob = async (who = ada) => {
  const body = { prompt: 'a meadow', style: 'noir' }
  const { data } = await call(backlot, who, 'POST', '/v1/generations', { body })
  return { jobId: String(data.jobId), generationId: String(data.generationId) }
}

/** As a worker does for a job that runs. */
const progress = async (jobId: string, times = 1, app = other) => {
  const { db, notifications } = app.platform
  for (let count = 0; count < times; count += 1) {
    await db.execute(sql`
      with changed as (update jobs set event_seq = event_seq + 1 where id = ${jobId} returning event_seq)
      insert into job_events (job_id, seq, type, data) select ${jobId}, event_seq, 'progress', '{"progress":0.5}' from changed`)
    jobChanged(notifications, jobId)
  }
}

const counted = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)

describe('what is told', () => {
  test('the events of a job and of a generation, made in another process', async () => {
    const { jobId, generationId } = await waitingJob()
    const client = await signedIn()
    client.say({ type: 'subscribe', topic: `jobs/${jobId}` })
    client.say({ type: 'subscribe', topic: `generations/${generationId}`, after: 'latest' })
    await client.until('subscribed', 2)
    expect(client.of('subscribed')[1]).toMatchObject({ after: 1, seq: 1 })
    await progress(jobId, 3)
    await expect.poll(() => client.seqs(`jobs/${jobId}`)).toEqual([1, 2, 3, 4])
    await expect.poll(() => client.seqs(`generations/${generationId}`)).toEqual([2, 3, 4])
    expect(client.of('event', `jobs/${jobId}`)[0]).toMatchObject({
      event: 'status',
      data: { status: 'pending' },
      at: expect.stringMatching(/Z$/),
    })
    await call(backlot, ada, 'POST', `/v1/jobs/${jobId}/cancel`)
    await expect
      .poll(() => client.of('event', `jobs/${jobId}`).at(-1)?.data)
      .toMatchObject({ status: 'cancelled' })
  })

  test('the events of a project, and that it is gone', async () => {
    const { projectId } = await makeProject(backlot, ada)
    const destinationId = await addDestination(backlot, ada, projectId)
    const client = await signedIn()
    const topic = `projects/${projectId}`
    client.say({ type: 'subscribe', topic })
    await client.until('subscribed')
    const event = { type: 'destination.errored' as const, destinationId, data: { code: 'X' }, at: new Date() }
    await other.platform.db.transaction((tx) => appendEvents(tx, { projectId, ownerId: ada.id }, [event]))
    other.platform.notifications.notify(eventChannel, projectId)
    await client.until('event')
    expect(client.of('event')[0]).toMatchObject({
      ...{ topic, seq: 1, event: 'destination.errored' },
      data: { projectId, destinationId, code: 'X' },
    })
    await call(backlot, ada, 'DELETE', topic.replace('projects', '/v1/projects'))
    await client.until('gone')
  })

  test('notifications, to their user alone', async () => {
    const eve = await signUp(backlot)
    const [client, hers] = [await signedIn(), await signedIn(eve)]
    for (const each of [client, hers]) each.say({ type: 'subscribe', topic: 'notifications' })
    await Promise.all([client.until('subscribed'), hers.until('subscribed')])
    const tell = (reason: string) =>
      other.platform.db.transaction((tx) =>
        tellUser(tx, { ownerId: ada.id, type: 'webhook.disabled', data: { reason } }),
      )
    await Promise.all(counted(1, 20).map((count) => tell(`reason ${count}`)))
    await expect.poll(() => client.seqs('notifications')).toEqual(counted(1, 20))
    expect(hers.of('event')).toEqual([])
    const listed = await call(backlot, ada, 'GET', '/v1/notifications?limit=15')
    const rest = await call(backlot, ada, 'GET', `/v1/notifications?cursor=${listed.json.page.nextCursor}`)
    const all = [...listed.data, ...rest.data].map(({ seq }: { seq: number }) => seq)
    expect(all).toEqual(counted(1, 20).toReversed())
    expect((await call(backlot, eve, 'GET', '/v1/notifications')).data).toEqual([])
  })

  test('a hint that is lost costs some seconds, no event', { timeout: 15_000 }, async () => {
    const { jobId } = await waitingJob()
    const client = await signedIn()
    client.say({ type: 'subscribe', topic: `jobs/${jobId}` })
    await client.until('event')
    await other.platform.db.execute(sql`
      with changed as (update jobs set event_seq = event_seq + 1 where id = ${jobId} returning event_seq)
      insert into job_events (job_id, seq, type, data) select ${jobId}, event_seq, 'progress', '{}' from changed`)
    await client.until('event', 2)
  })
})

test('who loses the connection again and again while events come sees each once and in order', async () => {
  const { jobId } = await waitingJob()
  const topic = `jobs/${jobId}`
  const last = 601
  const making = Promise.all([progress(jobId, 300), progress(jobId, 300, backlot)])
  const steady = await signedIn()
  steady.say({ type: 'subscribe', topic })
  const seen: number[] = []
  for (let round = 0; seen.at(-1) !== last; round += 1) {
    const client = await signedIn(ada, round % 2 === 0 ? backlot : other)
    client.say({ type: 'subscribe', topic, after: seen.at(-1) ?? 0 })
    await expect
      .poll(() => client.seqs(topic).length >= 40 || client.seqs(topic).at(-1) === last, { interval: 1 })
      .toBe(true)
    client.close()
    seen.push(...client.seqs(topic).map(Number))
  }
  await making
  expect(seen).toEqual(counted(1, last))
  await expect.poll(() => steady.seqs(topic)).toEqual(counted(1, last))
})

test('an event that 200 sockets follow is not read 200 times', async () => {
  const { jobId } = await waitingJob()
  const topic = `jobs/${jobId}`
  const managers = await Promise.all(counted(1, 3).map(() => signInAs(backlot, 'manager')))
  const sockets = await Promise.all(
    [ada, ...managers].flatMap((who) => counted(1, 50).map(() => signedIn({ ...who }))),
  )
  for (const client of sockets) client.say({ type: 'subscribe', topic })
  await Promise.all(sockets.map((client) => client.until('event')))
  const statements = await statementsOf(async () => {
    await progress(jobId)
    await Promise.all(sockets.map((client) => client.until('event', 2)))
  })
  const reads = statements.filter(({ text }) => /select .* from "job_events"/is.test(text))
  // One for the hint, and perhaps one for the comparison that came just then.
  expect([1, 2]).toContain(reads.length)
})

describe('a socket', () => {
  test('is opened by an API key within its scopes', async () => {
    const { jobId } = await waitingJob()
    const key = await newKeyOf(backlot.platform.db, ada.id, ['projects:read'])
    const client = await connect()
    client.say({ type: 'authenticate', token: key.text })
    await client.until('authenticated')
    for (const topic of [`jobs/${jobId}`, 'notifications']) client.say({ type: 'subscribe', topic })
    await client.until('error', 2)
    expect(client.of('error').map(({ code }) => code)).toEqual(['INSUFFICIENT_SCOPE', 'INSUFFICIENT_SCOPE'])
    expect(client.of('event')).toEqual([])
  })

  test('tells nothing more after `unsubscribe`, and answers `ping`', async () => {
    const { jobId } = await waitingJob()
    const client = await signedIn()
    const topic = `jobs/${jobId}`
    client.say({ type: 'subscribe', topic })
    await client.until('event')
    client.say({ type: 'unsubscribe', topic })
    await client.until('unsubscribed')
    await progress(jobId)
    const witness = await signedIn()
    witness.say({ type: 'subscribe', topic })
    await witness.until('event', 2)
    client.say({ type: 'ping' })
    await client.until('pong')
    expect(client.seqs(topic)).toEqual([1])
  })

  test('a position that has not been reached is refused', async () => {
    const { jobId } = await waitingJob()
    const client = await signedIn()
    client.say({ type: 'subscribe', topic: `jobs/${jobId}`, after: 2 })
    await client.until('error')
    expect(client.of('error')[0]).toMatchObject({ code: 'UNKNOWN_POSITION', topic: `jobs/${jobId}` })
  })

  test('closes with 1001 when its process leaves, and no new one opens there', async () => {
    const third = await startTestApp({ env, database: { url: backlot.databaseUrl } })
    const sockets = await Promise.all(counted(1, 8).map(() => connect({ token: ada.token }, third)))
    await third.close()
    for (const client of sockets) expect(await client.closed()).toMatchObject({ code: 1001 })
  })
})
