import { z } from 'zod'
import { acceptedJobSchema } from '../../platform/http/envelope.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { fileKinds, isAllowedType, uploadKindNames, uploadKinds } from './file-kinds.ts'
import { linkFile } from './file-links.ts'
import { type FileRow, type FileStatus, fileStatuses, type UploadRow } from './files.table.ts'

const sha256 = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, 'Send the SHA-256 as 64 hexadecimal digits.')
  .toLowerCase()

export const presignBody = z
  .object({
    kind: z.enum(uploadKindNames),
    name: z.string().min(1).max(255).describe('How the file is called when it is downloaded.'),
    contentType: z.string().max(127).toLowerCase().describe('One of those that the kind takes.'),
    sizeBytes: z.int().min(1).describe('The exact size.'),
    sha256: sha256.optional().describe('When given, only content with this hash is taken.'),
  })
  .superRefine(({ kind, contentType, sizeBytes }, context) => {
    const { maxBytes, types } = uploadKinds[kind]
    if (!isAllowedType(kind, contentType)) {
      const message = `A file of kind ${kind} is one of: ${types.join(', ')}.`
      context.addIssue({ code: 'custom', path: ['contentType'], message })
    }
    if (sizeBytes > maxBytes) {
      const message = `A file of kind ${kind} has at most ${maxBytes} bytes.`
      context.addIssue({ code: 'custom', path: ['sizeBytes'], message })
    }
  })
  .meta({ examples: [{ kind: 'document', name: 'notes.txt', contentType: 'text/plain', sizeBytes: 1_024 }] })
export type PresignUpload = z.infer<typeof presignBody>

export const presignedSchema = z.object({
  uploadId: z.uuid(),
  url: z.url().describe('Send the bytes here, in the body, once.'),
  method: z.literal('PUT'),
  headers: z.record(z.string(), z.string()).describe('To be sent with the bytes.'),
  expiresAt: z.iso.datetime(),
  maxBytes: z.int(),
})

export const confirmBody = z.object({ uploadId: z.uuid() })
export const fileParams = z.object({ id: z.uuid() })

export const listFilesQuery = pageQuery.extend({
  kind: z.enum(fileKinds).optional(),
  status: z.enum(fileStatuses).optional(),
  ownerId: z.uuid().optional().describe("Another user's files: managers and admins only."),
})
export type ListFiles = z.infer<typeof listFilesQuery>

export const fileSchema = z
  .object({
    id: z.uuid(),
    ownerId: z.uuid().nullable(),
    kind: z.enum(fileKinds),
    name: z.string(),
    status: z.enum(fileStatuses),
    contentType: z.string(),
    sizeBytes: z.int(),
    sha256: z.string().nullable(),
    metadata: z.object({
      width: z.int().optional(),
      height: z.int().optional(),
      frames: z.int().optional(),
      camera: z.string().optional(),
      takenAt: z.string().optional(),
    }),
    url: z
      .url()
      .nullable()
      .describe('Signed and good for an hour; null until the file is ready, and for who may not read it.'),
    thumbnailUrl: z.url().nullable().describe('Of pictures: WebP, at most 512 pixels a side.'),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    jobId: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'File' })

export const confirmedSchema = acceptedJobSchema.extend({ file: fileSchema })

/** @param origin is put before links to this server */
export const viewFile = async (storage: Storage, file: FileRow, origin: string) => {
  const { url, thumbnailUrl } = await linkFile(storage, file, origin)
  const { width, height, frames, camera, takenAt } = file.metadata
  return {
    id: file.id,
    ownerId: file.ownerId,
    kind: file.kind,
    name: file.name,
    status: file.status,
    contentType: file.contentType,
    sizeBytes: file.sizeBytes,
    sha256: file.sha256,
    metadata: { width, height, frames, camera, takenAt },
    url,
    thumbnailUrl,
    error: file.errorCode === null ? null : { code: file.errorCode, message: file.errorMessage ?? '' },
    jobId: file.jobId,
    createdAt: file.createdAt.toISOString(),
    updatedAt: file.updatedAt.toISOString(),
  }
}

export const viewUpload = async (storage: Storage, upload: UploadRow, origin: string) => {
  const { url, headers } = await storage.signUpload({
    key: upload.storageKey,
    contentType: upload.contentType,
    maxBytes: upload.sizeBytes,
    sha256: upload.sha256 ?? undefined,
    expiresAt: upload.expiresAt,
  })
  return {
    uploadId: upload.id,
    url: new URL(url, origin).href,
    method: 'PUT' as const,
    headers,
    expiresAt: upload.expiresAt.toISOString(),
    maxBytes: upload.sizeBytes,
  }
}

/** How far the job of a file is, as the file tells it. */
export const jobStatusOf = {
  pending: 'pending',
  processing: 'in-progress',
  ready: 'completed',
  failed: 'failed',
} as const satisfies Record<FileStatus, string>
