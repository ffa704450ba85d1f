import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWebhookReceiver, type WebhookReceiver } from '../../../test/fakes/webhook-receiver.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { deleteOldDeliveries } from './deliveries.service.ts'

let backlot: TestApp
let receiver: WebhookReceiver
let ada: Person

beforeAll(async () => {
  receiver = await startWebhookReceiver()
  backlot = await startTestApp({ worker: true })
  ada = await signUp(backlot)
})
afterAll(async () => {
  await backlot.close()
  await receiver.close()
})

const publicUrl = 'https://example.com/hook'
const add = (url: string) => call(backlot, ada, 'POST', '/v1/webhooks', { body: { url, events: ['*'] } })

test.each(['127.0.0.1', '0x7f.1', '2130706433', '[::1]', '169.254.169.254', 'localhost', 'db.internal'])(
  'a webhook on %s is refused when it is added and when it is changed',
  async (host) => {
    const refused = await add(`http://${host}:8080/`)
    expect(refused.status).toBe(422)
    expect(refused.error.errors).toMatchObject([{ path: 'url', code: 'private_address' }])
    const { data: webhook } = await add(publicUrl)
    const body = { url: `http://${host}/` }
    expect((await call(backlot, ada, 'PATCH', `/v1/webhooks/${webhook.id}`, { body })).status).toBe(422)
    await call(backlot, ada, 'DELETE', `/v1/webhooks/${webhook.id}`)
  },
)

test('an address that became private is not connected to, and its delivery is not tried again', async () => {
  const { data: webhook } = await add(publicUrl)
  const { db } = backlot.platform
  await db.execute(sql`update webhooks set url = ${`${receiver.url}/`} where id = ${webhook.id}`)
  await call(backlot, ada, 'POST', `/v1/webhooks/${webhook.id}/test`)
  const deliveries = async () =>
    (await call(backlot, ada, 'GET', `/v1/webhooks/${webhook.id}/deliveries`)).data
  await expect
    .poll(async () => (await deliveries())[0], { timeout: 10_000 })
    .toMatchObject({
      status: 'failed',
      attempts: 1,
      responseStatus: null,
      error: expect.stringContaining('not on the public internet'),
    })
  expect(receiver.received).toEqual([])

  expect(await deleteOldDeliveries({ db }, 10)).toBe(0)
  await db.execute(sql`update webhook_deliveries set created_at = now() - interval '31 days'`)
  expect(await deleteOldDeliveries({ db }, 10)).toBe(1)
  expect(await deliveries()).toEqual([])
})
