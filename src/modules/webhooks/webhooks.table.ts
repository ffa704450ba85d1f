import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import {
  bytesColumn,
  createdAtColumn,
  idColumn,
  instant,
  updatedAtColumn,
} from '../../platform/database/columns.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'

/** Where a user's events are sent. */
export const webhooks = pgTable(
  'webhooks',
  {
    id: idColumn(),
    ownerId: uuid('owner_id').notNull(),
    /** Only events of this project; null: of all that the owner has. */
    projectId: uuid('project_id'),
    url: text('url').notNull(),
    description: text('description').notNull().default(''),
    /** Names of events, `destination.*`, or `*`. */
    events: text('events').array().notNull(),
    sealedSecret: bytesColumn('sealed_secret').notNull(),
    /** Signs too until `previousSecretUntil`, so that a receiver can change over. */
    previousSealedSecret: bytesColumn('previous_sealed_secret'),
    previousSecretUntil: instant('previous_secret_until'),
    enabled: boolean('enabled').notNull().default(true),
    /** Why Backlot disabled it; null when its owner did. */
    disabledReason: text('disabled_reason'),
    /** Deliveries in a row that were given up. */
    consecutiveFailures: integer('consecutive_failures').notNull().default(0),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
  },
  (webhook) => [
    index('webhooks_owner').on(webhook.ownerId, webhook.id),
    index('webhooks_project').on(webhook.projectId).where(sql`${webhook.projectId} is not null`),
  ],
)

export type WebhookRow = typeof webhooks.$inferSelect

/** One event for one webhook. Its id is the `webhook-id` of every attempt. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: idColumn(),
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    ownerId: uuid('owner_id').notNull(),
    eventType: text('event_type').notNull(),
    /** The body, byte for byte as it is sent and signed. */
    payload: text('payload').notNull(),
    /** The job that delivers it now, or did last. */
    jobId: uuid('job_id').notNull(),
    /** These two follow that job: written by each of its transitions. */
    status: text('status', { enum: jobStatuses }).notNull().default('pending'),
    failures: integer('failures').notNull().default(0),
    attempts: integer('attempts').notNull().default(0),
    lastAttemptAt: instant('last_attempt_at'),
    /** What came of the last attempt: an answer, or an error that says why there is none. */
    responseStatus: integer('response_status'),
    responseBody: text('response_body'),
    error: text('error'),
    createdAt: createdAtColumn(),
  },
  (delivery) => [
    check(
      'webhook_deliveries_status_known',
      sql`${delivery.status} in ('pending', 'in-progress', 'completed', 'failed', 'cancelled')`,
    ),
    index('webhook_deliveries_webhook').on(delivery.webhookId, delivery.id),
    index('webhook_deliveries_unfinished')
      .on(delivery.webhookId)
      .where(sql`${delivery.status} in ('pending', 'in-progress')`),
    index('webhook_deliveries_age').on(delivery.createdAt),
  ],
)

export type DeliveryRow = typeof webhookDeliveries.$inferSelect
