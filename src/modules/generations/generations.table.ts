import { sql } from 'drizzle-orm'
import { bigint, index, integer, pgTable, real, text, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant, updatedAtColumn } from '../../platform/database/columns.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import { imageProviderNames, styles } from './providers/provider.ts'

export const outputFormats = ['png', 'jpeg', 'webp'] as const
export type OutputFormat = (typeof outputFormats)[number]

export const generations = pgTable(
  'generations',
  {
    id: idColumn(),
    ownerId: uuid('owner_id').notNull(),
    jobId: uuid('job_id').notNull(),
    prompt: text('prompt').notNull(),
    style: text('style', { enum: styles }).notNull(),
    seed: bigint('seed', { mode: 'number' }).notNull(),
    strength: real('strength').notNull(),
    width: integer('width'),
    height: integer('height'),
    inputFileId: uuid('input_file_id'),
    /** A PNG as large as the input: only where it is wholly transparent does the picture differ from the input. */
    maskFileId: uuid('mask_file_id'),
    /** Null: as the provider gives it. */
    outputFormat: text('output_format', { enum: outputFormats }),
    /** 0 to 100, for JPEG and WebP. */
    outputQuality: integer('output_quality'),
    provider: text('provider', { enum: imageProviderNames }).notNull(),
    /** Follows the job's status: written by each of its transitions. */
    status: text('status', { enum: jobStatuses }).notNull().default('pending'),
    /** Set before a paid provider is called and cleared when it certainly made nothing. */
    sentAt: instant('sent_at'),
    /** The one that was asked for, if any, and then the one that made it. */
    model: text('model'),
    durationMs: integer('duration_ms'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
  },
  (generation) => [
    index('generations_owner').on(generation.ownerId, generation.id),
    index('generations_active')
      .on(generation.ownerId)
      .where(sql`${generation.status} in ('pending', 'in-progress')`),
  ],
)

export type GenerationRow = typeof generations.$inferSelect
