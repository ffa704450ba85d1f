import { sql } from 'drizzle-orm'
import { check, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant, updatedAtColumn } from '../../platform/database/columns.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import type { ReportRequest } from './report-request.ts'

/** A row without owner belonged to a user who is gone, and goes too. */
export const reports = pgTable(
  'reports',
  {
    id: idColumn(),
    ownerId: uuid('owner_id'),
    jobId: uuid('job_id').notNull(),
    request: jsonb('request').$type<ReportRequest>().notNull(),
    /** Follows the job's status: written by each of its transitions. */
    status: text('status', { enum: jobStatuses }).notNull().default('pending'),
    fileId: uuid('file_id'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    expiresAt: instant('expires_at').notNull(),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
  },
  (row) => [
    check(
      'reports_status_known',
      sql`${row.status} in ('pending', 'in-progress', 'completed', 'failed', 'cancelled')`,
    ),
    index('reports_owner').on(row.ownerId, row.id),
    index('reports_expiry').on(row.expiresAt),
  ],
)

export type ReportRow = typeof reports.$inferSelect
