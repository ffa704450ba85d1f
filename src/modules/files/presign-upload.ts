import type { Db } from '../../platform/database/database.ts'
import { conflict } from '../../platform/errors.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { newUploadKey } from '../../platform/storage/object-key.ts'
import type { Actor } from '../auth/permissions.ts'
import { cleanFileName } from './file-name.ts'
import type { PresignUpload } from './files.schema.ts'
import type { UploadRow } from './files.table.ts'
import { reserveRoom } from './quota.ts'
import { findUpload, insertUpload } from './uploads.repository.ts'

export type PresignDeps = { db: Db; quotaBytes: number }

const urlGoodForMs = 15 * 60_000

/**
 * Agrees on an upload and holds its size of the quota. Only its id is remembered for a repetition of the request, never
 * its URL: that is signed anew for whoever asks.
 * @throws 413 `QUOTA_EXCEEDED`, 409 `UPLOAD_EXPIRED` for a repetition that comes too late
 */
export const presignUpload = async (
  { db, quotaBytes }: PresignDeps,
  actor: Actor,
  wish: PresignUpload,
  idempotencyKey: string | undefined,
): Promise<UploadRow> => {
  const fingerprint = fingerprintOf('uploads/presigned', wish)
  const { body } = await runOnce(
    db,
    { ownerId: actor.userId, key: idempotencyKey, fingerprint },
    async (tx) => {
      await reserveRoom(tx, actor.userId, wish.sizeBytes, quotaBytes)
      const upload = await insertUpload(tx, {
        ownerId: actor.userId,
        kind: wish.kind,
        name: cleanFileName(wish.name, wish.contentType),
        contentType: wish.contentType,
        sizeBytes: wish.sizeBytes,
        sha256: wish.sha256,
        storageKey: newUploadKey(),
        expiresAt: new Date(Date.now() + urlGoodForMs),
      })
      return { status: 201, body: { uploadId: upload.id } }
    },
  )
  const upload = await findUpload(db, body.uploadId)
  if (upload === undefined) throw uploadExpired()
  return upload
}

export const uploadExpired = () =>
  conflict('UPLOAD_EXPIRED', 'This upload was not confirmed in time. Ask for a new one.')
