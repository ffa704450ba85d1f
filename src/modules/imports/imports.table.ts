import { sql } from 'drizzle-orm'
import { bigint, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { idColumn, instant } from '../../platform/database/columns.ts'

/** Each file that came by `POST /upload`. Goes with its file, whoever deletes that. */
export const uploadedFiles = pgTable(
  'uploaded_files',
  {
    id: idColumn(),
    jobId: uuid('job_id'),
    fileId: uuid('file_id').notNull(),
    /** Set when the file is a table. */
    datasetId: uuid('dataset_id'),
    originalName: text('original_name').notNull(),
    storedPath: text('stored_path').notNull(),
    mimeType: text('mime_type').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    status: text('status', { enum: ['pending', 'completed', 'failed'] })
      .notNull()
      .default('pending'),
    uploadedAt: instant('uploaded_at').notNull().defaultNow(),
  },
  (upload) => [
    check('uploaded_files_status_known', sql`${upload.status} in ('pending', 'completed', 'failed')`),
    index('uploaded_files_file').on(upload.fileId),
    index('uploaded_files_job').on(upload.jobId),
  ],
)

export type UploadedFileRow = typeof uploadedFiles.$inferSelect
