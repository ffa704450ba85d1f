import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant, updatedAtColumn } from '../../platform/database/columns.ts'
import type { DraftParts } from '../../platform/storage/storage.ts'
import { fileKinds, uploadKindNames } from './file-kinds.ts'

export const fileStatuses = ['pending', 'processing', 'ready', 'failed'] as const
export type FileStatus = (typeof fileStatuses)[number]

/** What is known about the content. Where a picture was taken is never in here. */
export type FileMetadata = {
  /** Pixels, as the picture is meant to be seen. */
  width?: number
  height?: number
  /** More than one in an animation. */
  frames?: number
  camera?: string
  /** Local time of the camera, without a zone: `2026-11-05T10:20:30`. */
  takenAt?: string
}

const byteCount = (name: string) => bigint(name, { mode: 'number' })

/** Files that their owners see. A row without owner belonged to a user who is gone, and goes too. */
export const files = pgTable(
  'files',
  {
    id: idColumn(),
    ownerId: uuid('owner_id'),
    kind: text('kind', { enum: fileKinds }).notNull(),
    name: text('name').notNull(),
    storageKey: text('storage_key').notNull().unique(),
    /** By content, not as the client said. */
    contentType: text('content_type').notNull(),
    sizeBytes: byteCount('size_bytes').notNull(),
    /** Lower-case hex; known when processing is done. */
    sha256: text('sha256'),
    status: text('status', { enum: fileStatuses }).notNull().default('pending'),
    metadata: jsonb('metadata').$type<FileMetadata>().notNull().default({}),
    thumbnailKey: text('thumbnail_key').unique(),
    jobId: uuid('job_id'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
    deletedAt: instant('deleted_at'),
  },
  (file) => [
    check('files_status_known', sql`${file.status} in ('pending', 'processing', 'ready', 'failed')`),
    check('files_size_not_negative', sql`${file.sizeBytes} >= 0`),
    index('files_owner').on(file.ownerId, file.id),
    index('files_deleted').on(file.deletedAt).where(sql`${file.deletedAt} is not null`),
  ],
)

export type FileRow = typeof files.$inferSelect

/** URLs that were given out, with what was agreed on. Unconfirmed ones hold their size of the owner's quota. */
export const uploads = pgTable(
  'uploads',
  {
    id: idColumn(),
    ownerId: uuid('owner_id'),
    kind: text('kind', { enum: uploadKindNames }).notNull(),
    name: text('name').notNull(),
    contentType: text('content_type').notNull(),
    sizeBytes: byteCount('size_bytes').notNull(),
    sha256: text('sha256'),
    storageKey: text('storage_key').notNull().unique(),
    expiresAt: instant('expires_at').notNull(),
    /** Set by the confirmation. */
    fileId: uuid('file_id').references(() => files.id, { onDelete: 'cascade' }),
    createdAt: createdAtColumn(),
  },
  (upload) => [
    index('uploads_owner').on(upload.ownerId),
    index('uploads_unconfirmed').on(upload.expiresAt).where(sql`${upload.fileId} is null`),
    index('uploads_file').on(upload.fileId),
  ],
)

export type UploadRow = typeof uploads.$inferSelect

/** Uploads that arrive in several requests, and how far they are. */
export const resumableUploads = pgTable('resumable_uploads', {
  uploadId: uuid('upload_id')
    .primaryKey()
    .references(() => uploads.id, { onDelete: 'cascade' }),
  /** So much is in the storage. */
  receivedBytes: byteCount('received_bytes').notNull().default(0),
  /** Where on S3 it is. */
  parts: jsonb('parts').$type<DraftParts>(),
  /** `Upload-Metadata` as the client sent it. */
  metadata: text('metadata').notNull(),
  /** The request that works at it, until it says nothing more. */
  lockId: uuid('lock_id'),
  lockedUntil: instant('locked_until'),
  /** Another request waits for the lock. */
  lockWanted: boolean('lock_wanted').notNull().default(false),
})

/**
 * Objects that no row needs, and when they go. An object that is about to be written is listed first, for the case that its
 * writer dies; the transaction that makes it part of a file takes it off the list. So no object is ever forgotten.
 */
export const objectRemovals = pgTable(
  'object_removals',
  {
    storageKey: text('storage_key').primaryKey(),
    /** Whose quota the bytes count against until they are gone. */
    ownerId: uuid('owner_id'),
    sizeBytes: byteCount('size_bytes').notNull(),
    dueAt: instant('due_at').notNull(),
    /** From here on the object may be gone, so no file can have it any more. */
    begun: boolean('begun').notNull().default(false),
  },
  (removal) => [
    index('object_removals_due').on(removal.dueAt),
    index('object_removals_owner').on(removal.ownerId),
  ],
)

/** Pictures that were made of a file's for showing. All can be made again. */
export const imageVariants = pgTable(
  'image_variants',
  {
    storageKey: text('storage_key').primaryKey(),
    /** Null once the file is gone: then this goes too. */
    fileId: uuid('file_id').references(() => files.id, { onDelete: 'set null' }),
    /** What was made of it, as `nameOf` of `images/transform.ts` writes it. */
    variant: text('variant').notNull(),
    contentType: text('content_type').notNull(),
    sizeBytes: byteCount('size_bytes').notNull(),
    /** To the day: a row is not written each time that it is read. */
    usedAt: instant('used_at').notNull().defaultNow(),
  },
  (row) => [
    uniqueIndex('image_variants_of_file').on(row.fileId, row.variant),
    index('image_variants_used').on(row.usedAt),
  ],
)

export type ImageVariantRow = typeof imageVariants.$inferSelect
