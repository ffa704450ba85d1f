import type { Db } from '../../platform/database/database.ts'
import { newId } from '../../platform/database/new-id.ts'
import { AppError, conflict, notFound } from '../../platform/errors.ts'
import { jobLinks } from '../../platform/http/envelope.ts'
import { decodeCursor, pageOf } from '../../platform/http/paging.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import {
  countDeliveries,
  countUnfinished,
  deleteDeliveriesOlderThan,
  findDelivery,
  holdWebhook,
  listDeliveries as listDeliveryRows,
  restartDelivery,
} from './deliveries.repository.ts'
import { addDelivery } from './publish-event.ts'
import { deliverEvent } from './webhooks.jobs.ts'
import { type ListDeliveries, viewDelivery } from './webhooks.schema.ts'
import { getWebhook, requireMayHear, type WebhooksDeps } from './webhooks.service.ts'
import type { WebhookRow } from './webhooks.table.ts'

const retentionDays = 30
/** Above this nobody adds to them by hand. Events that happen are always taken. */
const mostUnfinished = 100

export const listDeliveries = async (
  { readDb }: WebhooksDeps,
  actor: Actor,
  webhookId: string,
  query: ListDeliveries,
) => {
  await getWebhook({ readDb }, actor, webhookId)
  requireMayHear(actor)
  const filter = { webhookId, status: query.status }
  const rows = await listDeliveryRows(readDb, filter, decodeCursor(query.cursor), query.limit)
  const total = query.total ? await countDeliveries(readDb, filter) : undefined
  return pageOf(rows, query.limit, viewDelivery, total)
}

/**
 * Sends the event `webhook.test` to a webhook, whatever it filters.
 * @throws 409 when it is disabled, 429 when too much waits to be delivered to it
 */
export const testWebhook = async ({ db }: WebhooksDeps, actor: Actor, id: string) => {
  const webhook = await getWebhook({ readDb: db }, actor, id, 'webhooks:update')
  requireMayHear(actor)
  await requireOpen(db, webhook)
  return db.transaction(async (tx) => {
    if (!(await holdWebhook(tx, id))) throw notFound('webhook')
    const deliveryId = await newId(tx)
    const data = { webhookId: id, message: 'This is a test.' }
    const { ownerId } = webhook
    const event = { type: 'webhook.test' as const, ownerId, data, occurredAt: new Date() }
    const { jobId } = await addDelivery(tx, { webhookId: id, deliveryId }, event)
    return accepted(deliveryId, jobId)
  })
}

/**
 * Sends a delivery that has ended once more: the same id and body, so that a receiver that has it already can tell.
 * @throws 404, 409 when it has not ended or its webhook is disabled, 429 when too much waits to be delivered
 */
export const replayDelivery = async ({ db }: WebhooksDeps, actor: Actor, id: string) => {
  const delivery = await findDelivery(db, id)
  if (delivery === undefined) throw notFound('delivery')
  authorize(actor, 'webhooks:update', { name: 'delivery', ownerId: delivery.ownerId })
  requireMayHear(actor)
  await requireOpen(db, await getWebhook({ readDb: db }, actor, delivery.webhookId))
  return db.transaction(async (tx) => {
    const { jobId } = await enqueue(tx, deliverEvent, { deliveryId: id }, { ownerId: delivery.ownerId })
    if (!(await restartDelivery(tx, id, jobId))) {
      throw conflict('DELIVERY_UNFINISHED', 'This delivery has not ended yet.')
    }
    return accepted(id, jobId)
  })
}

const requireOpen = async (db: Db, { id, enabled }: WebhookRow) => {
  if (!enabled) throw conflict('WEBHOOK_DISABLED', 'This webhook is disabled. Enable it first.')
  if ((await countUnfinished(db, id)) >= mostUnfinished) {
    throw new AppError(429, 'TOO_MANY_DELIVERIES', `${mostUnfinished} deliveries wait. Wait for some.`, {
      retryAfterSeconds: 30,
    })
  }
}

const accepted = (deliveryId: string, jobId: string) => ({
  deliveryId,
  jobId,
  status: 'pending' as const,
  ...jobLinks(jobId),
})

/** Deletes deliveries past their 30 days, `limit` at most. Returns how many. */
export const deleteOldDeliveries = ({ db }: { db: Db }, limit: number): Promise<number> =>
  deleteDeliveriesOlderThan(db, retentionDays, limit)
