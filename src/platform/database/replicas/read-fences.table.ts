import { customType, index, pgTable, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'
import { parseLsn } from './lsn.ts'

const lsn = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'pg_lsn',
  fromDriver: parseLsn,
})

/**
 * How far a replica must have replayed for a user to find there what he wrote. Unlogged: it costs no write to the WAL. After a
 * crash or a failover it is empty, which `read-fences.ts` notices.
 */
export const readFences = pgTable(
  'read_fences',
  {
    userId: uuid('user_id').primaryKey(),
    lsn: lsn('lsn').notNull(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [index('read_fences_updated').on(table.updatedAt)],
)
