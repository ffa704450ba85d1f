import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isSignedBy } from '../../../test/fakes/webhook-receiver.ts'
import { call, signUp } from '../../../test/harness/client.ts'
import {
  patience,
  startOf2030,
  startWebhooksApp,
  type WebhooksApp,
} from '../../../test/harness/webhooks-app.ts'
import { newId } from '../../platform/database/new-id.ts'
import { publishEvent } from './publish-event.ts'

let on: WebhooksApp

beforeAll(async () => {
  on = await startWebhooksApp()
})
afterAll(() => on.close())
beforeEach(() => on.begin())

test('an event reaches the webhook that wants it, signed', async () => {
  const webhook = await on.addWebhook('/signed', ['stream.*'])
  expect(webhook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  await on.publish('stream.live')
  const delivery = await on.delivered(webhook.id, { status: 'completed' })

  const [received, ...others] = on.receiver.received
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
  const project = await newId(on.db)
  await on.db.execute(sql`
    insert into projects (id, owner_id, name, stream_key_hash, stream_key_hint)
    values (${project}, ${on.user().id}, 'show', ${project}, 'hint')`)
  await on.addWebhook('/all')
  await on.addWebhook('/group', ['destination.*', 'stream.ended'])
  await on.addWebhook('/exact', ['stream.live'])
  await on.addWebhook('/project', ['*'], { projectId: project })
  const off = await on.addWebhook('/off')
  await on.api('PATCH', `/webhooks/${off.id}`, { enabled: false })

  await on.publish('stream.live', { projectId: project })
  await on.publish('destination.errored')
  await on.publish('recording.ready', { projectId: await newId(on.db) })
  await on.publish('stream.ended', { ownerId: (await signUp(on.backlot)).id })
  const typesAt = (path: string) => on.receiver.at(path).map(({ body }) => JSON.parse(body).type)
  await expect.poll(() => on.receiver.received.length, patience).toBe(6)
  expect(typesAt('/all').sort()).toEqual(['destination.errored', 'recording.ready', 'stream.live'])
  expect(typesAt('/group')).toEqual(['destination.errored'])
  expect(typesAt('/exact')).toEqual(['stream.live'])
  expect(typesAt('/project')).toEqual(['stream.live'])
  expect(await on.deliveries(off.id)).toEqual([])

  const eve = await signUp(on.backlot)
  const stolen = { url: on.receiver.url, events: ['*'], projectId: project }
  expect((await on.api('POST', '/webhooks', stolen, eve)).error.code).toBe('PROJECT_NOT_FOUND')
})

test('what did not happen is told to nobody', async () => {
  const webhook = await on.addWebhook('/rolled-back')
  const failing = on.db.transaction(async (tx) => {
    await publishEvent(tx, { type: 'stream.live', ownerId: on.user().id, data: {}, occurredAt: startOf2030 })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await on.deliveries(webhook.id)).toEqual([])
})

test('secrets are shown at creation and rotation only, and are stored sealed', async () => {
  const headers = { 'idempotency-key': 'one' }
  const body = { url: `${on.receiver.url}/secret`, events: ['*'] }
  const create = () => call(on.backlot, on.user(), 'POST', '/v1/webhooks', { headers, body })
  const twins = await Promise.all([create(), create()])
  expect(twins.map(({ status }) => status).sort()).toSatisfy((statuses) => statuses[0] === 201)
  const { data: webhook } = await create()
  expect((await on.api('GET', '/webhooks')).data).toHaveLength(1)

  const rotate = () =>
    call(on.backlot, on.user(), 'POST', `/v1/webhooks/${webhook.id}/secret`, {
      headers: { 'idempotency-key': 'two' },
    })
  const rotated = await rotate()
  expect((await rotate()).data.secret).toBe(rotated.data.secret)

  const shown = await on.api('GET', `/webhooks/${webhook.id}`)
  const changed = await on.api('PATCH', `/webhooks/${webhook.id}`, { description: 'mine' })
  const { rows: stored } = await on.db.execute(sql`
    select row_to_json(webhooks)::text as text, encode(sealed_secret, 'escape') as bytes from webhooks
    union all select body::text, '' from idempotency_keys`)
  for (const secret of [webhook.secret, rotated.data.secret]) {
    expect(JSON.stringify([shown.data, changed.data, stored])).not.toContain(secret.slice(6, 30))
  }
})

test('a test event goes to one webhook, whatever it filters', async () => {
  const webhook = await on.addWebhook('/test', ['stream.ended'])
  await on.addWebhook('/not-tested')
  const { status, data } = await on.api('POST', `/webhooks/${webhook.id}/test`)
  expect(status).toBe(202)
  await on.delivered(webhook.id, { id: data.deliveryId, status: 'completed', eventType: 'webhook.test' })
  expect(on.receiver.received.map(({ path }) => path)).toEqual(['/test'])
})

test('strangers learn nothing of a webhook', async () => {
  const webhook = await on.addWebhook('/private')
  await on.publish('stream.live')
  const { id } = await on.delivered(webhook.id, { status: 'completed' })
  const eve = await signUp(on.backlot)
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
    expect((await on.api(method, path, body, eve)).status, `${method} ${path}`).toBe(404)
  }
  expect((await on.api('GET', '/webhooks', undefined, eve)).data).toEqual([])
  expect((await on.api('DELETE', `/webhooks/${webhook.id}`)).status).toBe(204)
  expect((await on.api('GET', `/webhooks/${webhook.id}`)).status).toBe(404)
  expect((await on.api('POST', `/deliveries/${id}/replay`)).status).toBe(404)
})

test('nobody has more than 20 webhooks, even when he adds them all at once', async () => {
  const wishes = Array.from({ length: 24 }, (_, index) =>
    on.api('POST', '/webhooks', { url: `${on.receiver.url}/${index}`, events: ['*'] }),
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
  [{ events: ['stream.livee'] }],
  [{ events: ['streams.*'] }],
  [{ events: ['stream.**'] }],
  [{ events: Array(51).fill('*') }],
])('what is no webhook is refused: %j', async (fault) => {
  const body = { url: 'https://example.com/', events: ['*'], ...fault }
  expect((await on.api('POST', '/webhooks', body)).status).toBe(422)
})
