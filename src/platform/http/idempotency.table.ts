import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn } from '../database/columns.ts'

/** Answers to requests that carried an `Idempotency-Key`, stored by the transaction that did the work. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    ownerId: uuid('owner_id').notNull(),
    key: text('key').notNull(),
    /** Hash of the route and the body that came first with this key. */
    fingerprint: text('fingerprint').notNull(),
    status: integer('status').notNull(),
    body: jsonb('body').notNull(),
    createdAt: createdAtColumn(),
  },
  (answer) => [
    primaryKey({ columns: [answer.ownerId, answer.key] }),
    index('idempotency_keys_age').on(answer.createdAt),
  ],
)
