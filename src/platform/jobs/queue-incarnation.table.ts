import { sql } from 'drizzle-orm'
import { boolean, check, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from '../database/columns.ts'

/** One row: which incarnation of the queue engine has the ids that were dispatched, and since when. */
export const queueIncarnation = pgTable(
  'queue_incarnation',
  {
    only: boolean('only').primaryKey().default(true),
    incarnation: text('incarnation').notNull(),
    since: instant('since').notNull().defaultNow(),
  },
  (row) => [check('queue_incarnation_only', sql`${row.only}`)],
)
