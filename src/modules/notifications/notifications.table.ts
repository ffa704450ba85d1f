import { bigint, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn } from '../../platform/database/columns.ts'

/** The number of the newest notification of a user. To count on locks the row, so numbers are committed in their order. */
export const notificationCounters = pgTable('notification_counters', {
  ownerId: uuid('owner_id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
})

/** What a user is told, numbered from 1 without gaps. */
export const notifications = pgTable(
  'notifications',
  {
    ownerId: uuid('owner_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    type: text('type').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    createdAt: createdAtColumn(),
  },
  (notification) => [
    primaryKey({ columns: [notification.ownerId, notification.seq] }),
    index('notifications_age').on(notification.createdAt),
  ],
)

export type NotificationRow = typeof notifications.$inferSelect
