import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from '../database/columns.ts'

/** Work that one process of all does again and again, and how it went the last time. */
export const scheduledTasks = pgTable('scheduled_tasks', {
  name: text('name').primaryKey(),
  everySeconds: integer('every_seconds').notNull(),
  nextRunAt: instant('next_run_at').notNull(),
  /** Who does it now, until the lease runs out. */
  processId: text('process_id'),
  leaseExpiresAt: instant('lease_expires_at'),
  lastStartedAt: instant('last_started_at'),
  lastFinishedAt: instant('last_finished_at'),
  /** How much was done the last time, in the task's own unit. */
  lastTotal: integer('last_total'),
  lastError: text('last_error'),
})
