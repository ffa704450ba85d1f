import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  isSignedBy,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../../test/fakes/webhook-receiver.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { newId } from '../../platform/database/new-id.ts'
import { publishEvent, type WebhookEvent } from './publish-event.ts'

let backlot: TestApp
let receiver: WebhookReceiver
let ada: Person

beforeAll(async () => {
  receiver = await startWebhookReceiver()
  backlot = await startTestApp({ worker: true, env: { WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: 'true' } })
})
afterAll(async () => {
  await backlot.close()
  await receiver.close()
})
beforeEach(async () => {
  ada = await signUp(backlot)
  receiver.received.length = 0
  receiver.answer = (response) => void response.end('thanks')
})

const patience = { timeout: 10_000 }
const startOf2030 = new Date('2030-01-01T00:00:00Z')

const api = (method: Parameters<typeof call>[2], path: string, body?: object, who = ada) =>
  call(backlot, who, method, `/v1${path}`, body === undefined ? {} : { body })

const addWebhook = async (path: string, events = ['*'], extra: object = {}) => {
  const { status, data, text } = await api('POST', '/webhooks', {
    url: receiver.url + path,
    events,
    ...extra,
  })
  expect(status, text).toBe(201)
  return data
}

const publish = (type: string, changes: Partial<WebhookEvent> = {}) =>
  backlot.platform.db.transaction((tx) =>
    publishEvent(tx, { type, ownerId: ada.id, data: { streamId: 's' }, occurredAt: startOf2030, ...changes }),
  )

const deliveries = async (webhookId: string) => (await api('GET', `/webhooks/${webhookId}/deliveries`)).data

/** The webhook's newest delivery, once it is as wanted. */
const delivered = async (webhookId: string, wanted: object) => {
  const newest = async () => (await deliveries(webhookId))[0]
  await expect.poll(newest, patience).toMatchObject(wanted)
  return newest()
}

/** Moves the time of a job's next attempt here. */
const retryNow = async (jobId: string, failures?: number) => {
  await backlot.platform.db.execute(sql`
    update jobs set run_at = now(), failures = coalesce(${failures ?? null}::int, failures)
    where id = ${jobId} and status = 'pending'`)
  await backlot.platform.db.execute(sql`select pg_notify('backlot_dispatch', '')`)
}

const secondsToRetry = async (jobId: string) => {
  const { rows } = await backlot.platform.db.execute<{ seconds: number }>(
    sql`select extract(epoch from run_at - now())::float8 as seconds from jobs where id = ${jobId}`,
  )
  return rows[0]?.seconds
}

test('an event reaches the webhook that wants it, signed', async () => {
  const webhook = await addWebhook('/signed', ['stream.*'])
  expect(webhook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  await publish('stream.live')
  const delivery = await delivered(webhook.id, { status: 'completed' })

  const [received, ...others] = receiver.received
  expect(others).toEqual([])
  if (received === undefined) throw new Error('nothing came')
  expect(received.body).toBe(
    '{"type":"stream.live","timestamp":"2030-01-01T00:00:00.000Z","data":{"streamId":"s"}}',
  )
  expect(received.headers['webhook-id']).toBe(delivery.id)
  expect(Number(received.headers['webhook-timestamp'])).toBeCloseTo(Date.now() / 1_000, -2)
  expect(isSignedBy(webhook.secret, received)).toBe(true)
  expect(isSignedBy(webhook.secret, { ...received, body: `${received.body} ` })).toBe(false)
  expect(delivery).toMatchObject({
    eventType: 'stream.live',
    payload: received.body,
    attempts: 1,
    responseStatus: 200,
    responseBody: 'thanks',
    error: null,
  })
})

test('each webhook gets what its filter, its owner and its project say', async () => {
  const project = await newId(backlot.platform.db)
  await backlot.platform.db.execute(sql`
    insert into projects (id, owner_id, name, stream_key_hash, stream_key_hint)
    values (${project}, ${ada.id}, 'show', ${project}, 'hint')`)
  await addWebhook('/all')
  await addWebhook('/group', ['destination.*', 'stream.ended'])
  await addWebhook('/exact', ['stream.live'])
  await addWebhook('/project', ['*'], { projectId: project })
  const off = await addWebhook('/off')
  await api('PATCH', `/webhooks/${off.id}`, { enabled: false })

  await publish('stream.live', { projectId: project })
  await publish('destination.errored')
  await publish('streams.live', { projectId: await newId(backlot.platform.db) })
  await publish('stream.ended', { ownerId: (await signUp(backlot)).id })
  const typesAt = (path: string) => receiver.at(path).map(({ body }) => JSON.parse(body).type)
  await expect.poll(() => receiver.received.length, patience).toBe(6)
  expect(typesAt('/all').sort()).toEqual(['destination.errored', 'stream.live', 'streams.live'])
  expect(typesAt('/group')).toEqual(['destination.errored'])
  expect(typesAt('/exact')).toEqual(['stream.live'])
  expect(typesAt('/project')).toEqual(['stream.live'])
  expect(await deliveries(off.id)).toEqual([])

  const eve = await signUp(backlot)
  const stolen = { url: receiver.url, events: ['*'], projectId: project }
  expect((await api('POST', '/webhooks', stolen, eve)).error.code).toBe('PROJECT_NOT_FOUND')
})

test('what did not happen is told to nobody', async () => {
  const webhook = await addWebhook('/rolled-back')
  const failing = backlot.platform.db.transaction(async (tx) => {
    await publishEvent(tx, { type: 'stream.live', ownerId: ada.id, data: {}, occurredAt: startOf2030 })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await deliveries(webhook.id)).toEqual([])
})

test('what a receiver refuses comes again, later and later, as the same message', async () => {
  receiver.answer = (response) => void response.writeHead(500).end('not now')
  const webhook = await addWebhook('/again')
  await publish('stream.live')
  const first = await delivered(webhook.id, {
    status: 'pending',
    attempts: 1,
    responseStatus: 500,
    responseBody: 'not now',
  })
  const soon = await secondsToRetry(first.jobId)
  expect(soon).toBeGreaterThan(3)
  expect(soon).toBeLessThanOrEqual(5.5)

  await retryNow(first.jobId, 7)
  await delivered(webhook.id, { status: 'pending', attempts: 2 })
  // The delivery learns of the number of failures when it is claimed.
  expect(await secondsToRetry(first.jobId)).toBeGreaterThan(9 * 3_600)

  receiver.answer = (response) => void response.end()
  await retryNow(first.jobId)
  await delivered(webhook.id, { status: 'completed', attempts: 3, responseStatus: 200 })
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([first.id]))
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
})

test('a redirect is a failure, and nothing goes where it points', async () => {
  receiver.answer = (response) => void response.writeHead(308, { location: `${receiver.url}/trap` }).end()
  const webhook = await addWebhook('/redirect')
  await publish('stream.live')
  await delivered(webhook.id, { status: 'pending', attempts: 1, responseStatus: 308 })
  expect(receiver.at('/trap')).toEqual([])
})

test('a receiver that is not there: why is told', async () => {
  const { data: webhook } = await api('POST', '/webhooks', { url: 'http://127.0.0.1:1/', events: ['*'] })
  await publish('stream.live')
  const error = 'The connection failed (ECONNREFUSED).'
  await delivered(webhook.id, { status: 'pending', attempts: 1, responseStatus: null, error })
})

test('410 disables the webhook; its owner may enable it again', async () => {
  receiver.answer = (response) => void response.writeHead(410).end()
  const webhook = await addWebhook('/gone')
  await publish('stream.live')
  await delivered(webhook.id, { status: 'failed', attempts: 1 })
  const disabled = await api('GET', `/webhooks/${webhook.id}`)
  expect(disabled.data).toMatchObject({ enabled: false, disabledReason: 'The receiver answered 410 Gone.' })
  await publish('stream.ended')
  expect(await deliveries(webhook.id)).toHaveLength(1)
  expect((await api('POST', `/webhooks/${webhook.id}/test`)).error.code).toBe('WEBHOOK_DISABLED')
  const enabled = await api('PATCH', `/webhooks/${webhook.id}`, { enabled: true })
  expect(enabled.data).toMatchObject({ enabled: true, disabledReason: null, consecutiveFailures: 0 })
})

test('deliveries that are given up are counted, a success forgets them, the twentieth disables', async () => {
  const webhook = await addWebhook('/down')
  const exhaust = async () => {
    receiver.answer = (response) => void response.writeHead(503).end()
    await publish('stream.live')
    const { jobId } = await delivered(webhook.id, { status: 'pending', attempts: 1 })
    await retryNow(jobId, 8)
    await delivered(webhook.id, { status: 'failed', attempts: 2 })
    return (await api('GET', `/webhooks/${webhook.id}`)).data
  }
  expect(await exhaust()).toMatchObject({ enabled: true, consecutiveFailures: 1 })

  receiver.answer = (response) => void response.end()
  await publish('stream.live')
  await delivered(webhook.id, { status: 'completed' })
  expect((await api('GET', `/webhooks/${webhook.id}`)).data.consecutiveFailures).toBe(0)

  await backlot.platform.db.execute(
    sql`update webhooks set consecutive_failures = 19 where id = ${webhook.id}`,
  )
  const disabled = await exhaust()
  expect(disabled).toMatchObject({ enabled: false, consecutiveFailures: 20 })
  expect(disabled.disabledReason).toMatch(/last 20 deliveries/)
})

test('a delivery that waits for a webhook that was switched off ends without a request', async () => {
  receiver.answer = (response) => void response.writeHead(500).end()
  const webhook = await addWebhook('/switched-off')
  await publish('stream.live')
  const { jobId } = await delivered(webhook.id, { status: 'pending', attempts: 1 })
  await api('PATCH', `/webhooks/${webhook.id}`, { enabled: false })
  await retryNow(jobId)
  await delivered(webhook.id, { status: 'failed', attempts: 1 })
  expect(receiver.received).toHaveLength(1)
})

test('a delivery is replayed once it has ended, by one of two who ask', async () => {
  const webhook = await addWebhook('/replay')
  await publish('stream.live')
  const { id, jobId } = await delivered(webhook.id, { status: 'completed' })

  let release: () => void = () => undefined
  receiver.answer = (response) => {
    release = () => void response.end('again')
  }
  const replay = () => api('POST', `/deliveries/${id}/replay`)
  const answers = await Promise.all([replay(), replay(), replay()])
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409])
  await expect.poll(() => receiver.received.length, patience).toBe(2)
  expect((await replay()).error.code).toBe('DELIVERY_UNFINISHED')
  release()
  const replayed = await delivered(webhook.id, { status: 'completed', attempts: 2, responseBody: 'again' })
  expect(replayed.id).toBe(id)
  expect(replayed.jobId).not.toBe(jobId)
  const [first, second] = receiver.received
  expect(second?.body).toBe(first?.body)
  expect(second?.headers['webhook-id']).toBe(id)
})

test('for a day after a rotation both secrets sign', async () => {
  const webhook = await addWebhook('/rotated')
  const rotated = (await api('POST', `/webhooks/${webhook.id}/secret`)).data
  expect(rotated.secret).not.toBe(webhook.secret)
  const hoursLeft = (Date.parse(rotated.previousSecretUntil) - Date.now()) / 3_600_000
  expect(hoursLeft).toBeCloseTo(24, 1)

  await publish('stream.live')
  await delivered(webhook.id, { status: 'completed' })
  await backlot.platform.db.execute(
    sql`update webhooks set previous_secret_until = now() where id = ${webhook.id}`,
  )
  await publish('stream.ended')
  await delivered(webhook.id, { status: 'completed', eventType: 'stream.ended' })
  const signers = receiver.received.map((one) =>
    [webhook.secret, rotated.secret].map((secret) => isSignedBy(secret, one)),
  )
  expect(signers).toEqual([
    [true, true],
    [false, true],
  ])
})

test('secrets are shown at creation and rotation only, and are stored sealed', async () => {
  const headers = { 'idempotency-key': 'one' }
  const body = { url: `${receiver.url}/secret`, events: ['*'] }
  const create = () => call(backlot, ada, 'POST', '/v1/webhooks', { headers, body })
  const twins = await Promise.all([create(), create()])
  expect(twins.map(({ status }) => status).sort()).toSatisfy((statuses) => statuses[0] === 201)
  const { data: webhook } = await create()
  expect((await api('GET', '/webhooks')).data).toHaveLength(1)

  const rotate = () =>
    call(backlot, ada, 'POST', `/v1/webhooks/${webhook.id}/secret`, { headers: { 'idempotency-key': 'two' } })
  const rotated = await rotate()
  expect((await rotate()).data.secret).toBe(rotated.data.secret)

  const shown = await api('GET', `/webhooks/${webhook.id}`)
  const changed = await api('PATCH', `/webhooks/${webhook.id}`, { description: 'mine' })
  const { rows: stored } = await backlot.platform.db.execute(sql`
    select row_to_json(webhooks)::text as text, encode(sealed_secret, 'escape') as bytes from webhooks
    union all select body::text, '' from idempotency_keys`)
  for (const secret of [webhook.secret, rotated.data.secret]) {
    expect(JSON.stringify([shown.data, changed.data, stored])).not.toContain(secret.slice(6, 30))
  }
})

test('a test event goes to one webhook, whatever it filters', async () => {
  const webhook = await addWebhook('/test', ['stream.ended'])
  await addWebhook('/not-tested')
  const { status, data } = await api('POST', `/webhooks/${webhook.id}/test`)
  expect(status).toBe(202)
  await delivered(webhook.id, { id: data.deliveryId, status: 'completed', eventType: 'webhook.test' })
  expect(receiver.received.map(({ path }) => path)).toEqual(['/test'])
})

test('strangers learn nothing of a webhook', async () => {
  const webhook = await addWebhook('/private')
  await publish('stream.live')
  const { id } = await delivered(webhook.id, { status: 'completed' })
  const eve = await signUp(backlot)
  const wishes = [
    ['GET', `/webhooks/${webhook.id}`],
    ['PATCH', `/webhooks/${webhook.id}`, { enabled: false }],
    ['DELETE', `/webhooks/${webhook.id}`],
    ['POST', `/webhooks/${webhook.id}/secret`],
    ['POST', `/webhooks/${webhook.id}/test`],
    ['GET', `/webhooks/${webhook.id}/deliveries`],
    ['POST', `/deliveries/${id}/replay`],
  ] as const
  for (const [method, path, body] of wishes) {
    expect((await api(method, path, body, eve)).status, `${method} ${path}`).toBe(404)
  }
  expect((await api('GET', '/webhooks', undefined, eve)).data).toEqual([])
  expect((await api('DELETE', `/webhooks/${webhook.id}`)).status).toBe(204)
  expect((await api('GET', `/webhooks/${webhook.id}`)).status).toBe(404)
  expect((await api('POST', `/deliveries/${id}/replay`)).status).toBe(404)
})

test('nobody has more than 20 webhooks, even when he adds them all at once', async () => {
  const wishes = Array.from({ length: 24 }, (_, index) =>
    api('POST', '/webhooks', { url: `${receiver.url}/${index}`, events: ['*'] }),
  )
  const statuses = (await Promise.all(wishes)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(20)
  expect(statuses.filter((status) => status === 409)).toHaveLength(4)
})

test.each([
  [{ url: 'ftp://example.com/' }],
  [{ url: 'https://user:secret@example.com/' }],
  [{ url: 'https://example.com/#part' }],
  [{ url: 'example.com' }],
  [{ url: `https://example.com/${'a'.repeat(2_048)}` }],
  [{ events: [] }],
  [{ events: ['stream'.repeat(20)] }],
  [{ events: ['*.live'] }],
  [{ events: ['stream.**'] }],
  [{ events: Array(51).fill('*') }],
])('what is no webhook is refused: %j', async (fault) => {
  const body = { url: 'https://example.com/', events: ['*'], ...fault }
  expect((await api('POST', '/webhooks', body)).status).toBe(422)
})
