import type { Tx } from '../../platform/database/database.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import { insertDelivery } from './deliveries.repository.ts'
import type { EventType } from './event-types.ts'
import { deliverEvent } from './webhooks.jobs.ts'
import { findReceivers } from './webhooks.repository.ts'

export type WebhookEvent = {
  type: EventType
  /** Whose webhooks hear of it. */
  ownerId: string
  /** Webhooks of other projects do not hear of it. */
  projectId?: string
  /** What receivers need to know, a few facts and ids. It is stored once for each receiver. */
  data: Record<string, unknown>
  occurredAt: Date
}

/**
 * Tells the owner's webhooks of an event: a delivery and its job for each that wants it, in the transaction of what
 * happened. Costs one query when none does.
 */
export const publishEvent = async (tx: Tx, event: WebhookEvent): Promise<void> => {
  const { type, ownerId, projectId = null } = event
  const receivers = await findReceivers(tx, { ownerId, projectId, filters: filtersFor(type) })
  for (const receiver of receivers) await addDelivery(tx, receiver, event)
}

/** `stream.live` passes `*`, `stream.*` and `stream.live`. */
const filtersFor = (type: string): string[] => {
  const parts = type.split('.')
  const groups = parts.slice(1).map((_, index) => `${parts.slice(0, index + 1).join('.')}.*`)
  return ['*', ...groups, type]
}

/** @returns the job that delivers it */
export const addDelivery = async (
  tx: Tx,
  { webhookId, deliveryId }: { webhookId: string; deliveryId: string },
  { type, ownerId, data, occurredAt }: WebhookEvent,
): Promise<{ jobId: string }> => {
  const { jobId } = await enqueue(tx, deliverEvent, { deliveryId }, { ownerId })
  const payload = JSON.stringify({ type, timestamp: occurredAt.toISOString(), data })
  await insertDelivery(tx, { id: deliveryId, webhookId, ownerId, eventType: type, payload, jobId })
  return { jobId }
}
