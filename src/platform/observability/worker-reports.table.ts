import { jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from '../database/columns.ts'

/** What each worker process says of itself every few seconds. Workers take no connections, so `/metrics` reads it here. */
export const workerReports = pgTable('worker_reports', {
  workerId: text('worker_id').primaryKey(),
  metrics: jsonb('metrics').notNull(),
  seenAt: instant('seen_at').notNull().defaultNow(),
})
