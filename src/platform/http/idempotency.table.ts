import { sql } from 'drizzle-orm'
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
    /** What the answer counts for its owner, where that is bounded. */
    keptBytes: integer('kept_bytes'),
    createdAt: createdAtColumn(),
  },
  (answer) => [
    primaryKey({ columns: [answer.ownerId, answer.key] }),
    index('idempotency_keys_age').on(answer.createdAt),
    index('idempotency_keys_kept').on(answer.ownerId).where(sql`${answer.keptBytes} is not null`),
  ],
)
