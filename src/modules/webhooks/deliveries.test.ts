import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isSignedBy } from '../../../test/fakes/webhook-receiver.ts'
import { patience, startWebhooksApp, type WebhooksApp } from '../../../test/harness/webhooks-app.ts'

let on: WebhooksApp

beforeAll(async () => {
  on = await startWebhooksApp()
})
afterAll(() => on.close())
beforeEach(() => on.begin())

test('what a receiver refuses comes again, later and later, as the same message', async () => {
  on.receiver.answer = (response) => void response.writeHead(500).end('not now')
  const webhook = await on.addWebhook('/again')
  await on.publish('stream.live')
  const first = await on.delivered(webhook.id, {
    status: 'pending',
    attempts: 1,
    responseStatus: 500,
    responseBody: 'not now',
  })
  const soon = await on.secondsToRetry(first.jobId)
  expect(soon).toBeGreaterThan(3)
  expect(soon).toBeLessThanOrEqual(5.5)

  await on.retryNow(first.jobId, 7)
  await on.delivered(webhook.id, { status: 'pending', attempts: 2 })
  // The delivery learns of the number of failures when it is claimed.
  expect(await on.secondsToRetry(first.jobId)).toBeGreaterThan(9 * 3_600)

  on.receiver.answer = (response) => void response.end()
  await on.retryNow(first.jobId)
  await on.delivered(webhook.id, { status: 'completed', attempts: 3, responseStatus: 200 })
  expect(new Set(on.receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(
    new Set([first.id]),
  )
  expect(new Set(on.receiver.received.map(({ body }) => body)).size).toBe(1)
})

test('a redirect is a failure, and nothing goes where it points', async () => {
  on.receiver.answer = (response) =>
    void response.writeHead(308, { location: `${on.receiver.url}/trap` }).end()
  const webhook = await on.addWebhook('/redirect')
  await on.publish('stream.live')
  await on.delivered(webhook.id, { status: 'pending', attempts: 1, responseStatus: 308 })
  expect(on.receiver.at('/trap')).toEqual([])
})

test('a receiver that is not there: why is told', async () => {
  const { data: webhook } = await on.api('POST', '/webhooks', { url: 'http://127.0.0.1:1/', events: ['*'] })
  await on.publish('stream.live')
  const error = 'The connection failed (ECONNREFUSED).'
  await on.delivered(webhook.id, { status: 'pending', attempts: 1, responseStatus: null, error })
})

test('410 disables the webhook; its owner may enable it again', async () => {
  on.receiver.answer = (response) => void response.writeHead(410).end()
  const webhook = await on.addWebhook('/gone')
  await on.publish('stream.live')
  await on.delivered(webhook.id, { status: 'failed', attempts: 1 })
  const disabled = await on.api('GET', `/webhooks/${webhook.id}`)
  expect(disabled.data).toMatchObject({ enabled: false, disabledReason: 'The receiver answered 410 Gone.' })
  await on.publish('stream.ended')
  expect(await on.deliveries(webhook.id)).toHaveLength(1)
  expect((await on.api('POST', `/webhooks/${webhook.id}/test`)).error.code).toBe('WEBHOOK_DISABLED')
  const enabled = await on.api('PATCH', `/webhooks/${webhook.id}`, { enabled: true })
  expect(enabled.data).toMatchObject({ enabled: true, disabledReason: null, consecutiveFailures: 0 })
})

test('deliveries that are given up are counted, a success forgets them, the twentieth disables', async () => {
  const webhook = await on.addWebhook('/down')
  const exhaust = async () => {
    on.receiver.answer = (response) => void response.writeHead(503).end()
    await on.publish('stream.live')
    const { jobId } = await on.delivered(webhook.id, { status: 'pending', attempts: 1 })
    await on.retryNow(jobId, 8)
    await on.delivered(webhook.id, { status: 'failed', attempts: 2 })
    return (await on.api('GET', `/webhooks/${webhook.id}`)).data
  }
  expect(await exhaust()).toMatchObject({ enabled: true, consecutiveFailures: 1 })

  on.receiver.answer = (response) => void response.end()
  await on.publish('stream.live')
  await on.delivered(webhook.id, { status: 'completed' })
  expect((await on.api('GET', `/webhooks/${webhook.id}`)).data.consecutiveFailures).toBe(0)

  await on.db.execute(sql`update webhooks set consecutive_failures = 19 where id = ${webhook.id}`)
  const disabled = await exhaust()
  expect(disabled).toMatchObject({ enabled: false, consecutiveFailures: 20 })
  expect(disabled.disabledReason).toMatch(/last 20 deliveries/)
})

test('a delivery that waits for a webhook that was switched off ends without a request', async () => {
  on.receiver.answer = (response) => void response.writeHead(500).end()
  const webhook = await on.addWebhook('/switched-off')
  await on.publish('stream.live')
  const { jobId } = await on.delivered(webhook.id, { status: 'pending', attempts: 1 })
  await on.api('PATCH', `/webhooks/${webhook.id}`, { enabled: false })
  await on.retryNow(jobId)
  await on.delivered(webhook.id, { status: 'failed', attempts: 1 })
  expect(on.receiver.received).toHaveLength(1)
})

test('a delivery is replayed once it has ended, by one of two who ask', async () => {
  const webhook = await on.addWebhook('/replay')
  await on.publish('stream.live')
  const { id, jobId } = await on.delivered(webhook.id, { status: 'completed' })

  let release: () => void = () => undefined
  on.receiver.answer = (response) => {
    release = () => void response.end('again')
  }
  const replay = () => on.api('POST', `/deliveries/${id}/replay`)
  const answers = await Promise.all([replay(), replay(), replay()])
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409])
  await expect.poll(() => on.receiver.received.length, patience).toBe(2)
  expect((await replay()).error.code).toBe('DELIVERY_UNFINISHED')
  release()
  const replayed = await on.delivered(webhook.id, { status: 'completed', attempts: 2, responseBody: 'again' })
  expect(replayed.id).toBe(id)
  expect(replayed.jobId).not.toBe(jobId)
  const [first, second] = on.receiver.received
  expect(second?.body).toBe(first?.body)
  expect(second?.headers['webhook-id']).toBe(id)
})

test('for a day after a rotation both secrets sign', async () => {
  const webhook = await on.addWebhook('/rotated')
  const rotated = (await on.api('POST', `/webhooks/${webhook.id}/secret`)).data
  expect(rotated.secret).not.toBe(webhook.secret)
  const hoursLeft = (Date.parse(rotated.previousSecretUntil) - Date.now()) / 3_600_000
  expect(hoursLeft).toBeCloseTo(24, 1)

  await on.publish('stream.live')
  await on.delivered(webhook.id, { status: 'completed' })
  await on.db.execute(sql`update webhooks set previous_secret_until = now() where id = ${webhook.id}`)
  await on.publish('stream.ended')
  await on.delivered(webhook.id, { status: 'completed', eventType: 'stream.ended' })
  const signers = on.receiver.received.map((one) =>
    [webhook.secret, rotated.secret].map((secret) => isSignedBy(secret, one)),
  )
  expect(signers).toEqual([
    [true, true],
    [false, true],
  ])
})
