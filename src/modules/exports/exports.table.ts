import { sql } from 'drizzle-orm'
import { bigint, check, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant, updatedAtColumn } from '../../platform/database/columns.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import type { ExportRequest } from './export-request.ts'

/** A row without owner belonged to a user who is gone, and goes too. */
export const dataExports = pgTable(
  'exports',
  {
    id: idColumn(),
    ownerId: uuid('owner_id'),
    jobId: uuid('job_id').notNull(),
    request: jsonb('request').$type<ExportRequest>().notNull(),
    /** Follows the job's status: written by each of its transitions. */
    status: text('status', { enum: jobStatuses }).notNull().default('pending'),
    fileId: uuid('file_id'),
    rowCount: bigint('row_count', { mode: 'number' }),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    expiresAt: instant('expires_at').notNull(),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
  },
  (row) => [
    check(
      'exports_status_known',
      sql`${row.status} in ('pending', 'in-progress', 'completed', 'failed', 'cancelled')`,
    ),
    index('exports_owner').on(row.ownerId, row.id),
    index('exports_expiry').on(row.expiresAt),
  ],
)

export type ExportRow = typeof dataExports.$inferSelect
