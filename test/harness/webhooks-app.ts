import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import type { EventType } from '../../src/modules/webhooks/event-types.ts'
import { publishEvent, type WebhookEvent } from '../../src/modules/webhooks/publish-event.ts'
import { startWebhookReceiver } from '../fakes/webhook-receiver.ts'
import { call, type Person, signUp } from './client.ts'
import { startTestApp } from './test-app.ts'

export const patience = { timeout: 10_000 }
export const startOf2030 = new Date('2030-01-01T00:00:00Z')

/** Backlot with its worker, a receiver of webhooks, and one user after another who has some. */
export const startWebhooksApp = async () => {
  const receiver = await startWebhookReceiver()
  const backlot = await startTestApp({ worker: true, env: { WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: 'true' } })
  let ada = await signUp(backlot)

  const api = (method: Parameters<typeof call>[2], path: string, body?: object, who: Person = ada) =>
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

  const publish = (type: EventType, changes: Partial<WebhookEvent> = {}) =>
    backlot.platform.db.transaction((tx) =>
      publishEvent(tx, {
        type,
        ownerId: ada.id,
        data: { streamId: 's' },
        occurredAt: startOf2030,
        ...changes,
      }),
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

  return {
    backlot,
    db: backlot.platform.db,
    receiver,
    user: () => ada,
    /** A new user, and a receiver that has nothing, thanks for everything, and hears of nobody else's webhooks. */
    begin: async () => {
      await backlot.platform.db.execute(sql`update webhooks set enabled = false`)
      ada = await signUp(backlot)
      receiver.received.length = 0
      receiver.answer = (response) => void response.end('thanks')
    },
    ...{ api, addWebhook, publish, deliveries, delivered, retryNow, secondsToRetry },
    close: async () => {
      await backlot.close()
      await receiver.close()
    },
  }
}

export type WebhooksApp = Awaited<ReturnType<typeof startWebhooksApp>>
