import type { Db } from '../../../platform/database/database.ts'
import { AppError, invalid, notFound, tooLarge } from '../../../platform/errors.ts'
import { newUploadKey } from '../../../platform/storage/object-key.ts'
import type { Draft, Storage } from '../../../platform/storage/storage.ts'
import { isUploadLost } from '../../../platform/storage/storage-faults.ts'
import type { Actor } from '../../auth/permissions.ts'
import { confirmUpload } from '../confirm-upload.ts'
import { uploadKinds } from '../file-kinds.ts'
import { cleanFileName } from '../file-name.ts'
import { type PresignUpload, presignBody } from '../files.schema.ts'
import type { FileRow } from '../files.table.ts'
import { reserveRoom } from '../quota.ts'
import { deleteUnconfirmedUpload, insertUpload } from '../uploads.repository.ts'
import { countOpen, findResumable, forgetBytes, insertResumable } from './tus.repository.ts'

export type TusDeps = { db: Db; storage: Storage; quotaBytes: number }

export const uploadGoodForMs = 24 * 60 * 60_000
const mostOpen = 100

type Metadata = Record<string, string | null>

/** @throws 413 above what the kind takes; 422 that names fields of `Upload-Metadata` */
export const readWish = (metadata: Metadata, sizeBytes: number): PresignUpload => {
  const { filename: name, filetype: contentType, kind } = metadata
  const limit = Object.entries(uploadKinds).find(([name]) => name === kind)?.[1].maxBytes
  if (limit !== undefined && sizeBytes > limit) {
    throw tooLarge(`A file of kind ${kind} has at most ${limit} bytes.`)
  }
  const wish = presignBody.safeParse({ kind, name, contentType, sizeBytes })
  if (wish.success) return wish.data
  const names: Record<string, string> = {
    name: 'filename',
    contentType: 'filetype',
    sizeBytes: 'Upload-Length',
  }
  throw invalid(
    wish.error.issues.map(({ path: [field], message }) => ({
      path: names[String(field)] ?? String(field),
      code: 'invalid',
      message,
    })),
  )
}

/**
 * Agrees on an upload that may come in several requests, and holds its size of the quota.
 * @throws 413 `QUOTA_EXCEEDED`, 429 `TOO_MANY_OPEN_UPLOADS`
 */
export const openUpload = (
  { db, quotaBytes }: TusDeps,
  actor: Actor,
  id: string,
  wish: PresignUpload,
  metadata: string,
): Promise<void> =>
  db.transaction(async (tx) => {
    await reserveRoom(tx, actor.userId, wish.sizeBytes, quotaBytes)
    if ((await countOpen(tx, actor.userId)) >= mostOpen) {
      const message = `${mostOpen} uploads are under way. Finish or delete them, or let them expire.`
      throw new AppError(429, 'TOO_MANY_OPEN_UPLOADS', message, { retryAfterSeconds: 3_600 })
    }
    const { kind, name, contentType, sizeBytes } = wish
    const expiresAt = new Date(Date.now() + uploadGoodForMs)
    const agreed = { kind, name: cleanFileName(name, contentType), contentType, sizeBytes, expiresAt }
    await insertUpload(tx, { id, ownerId: actor.userId, ...agreed, storageKey: newUploadKey() })
    await insertResumable(tx, id, metadata)
  })

/** @throws 404 for what does not exist, and for what is somebody else's */
export const getOwnUpload = async ({ db }: TusDeps, actor: Actor, id: string) => {
  const found = await findResumable(db, id, actor.userId)
  if (found === undefined) throw notFound('upload')
  const { upload, progress, metadata } = found
  const draft: Draft = { key: upload.storageKey, totalBytes: upload.sizeBytes, ...progress }
  return { upload, metadata, draft }
}

/**
 * Makes a file of an upload whose last byte has arrived, as `confirmUpload` does of others. Repeating it gives the same file.
 * @throws 409 `UPLOAD_LOST`, and what `confirmUpload` throws
 */
export const finishUpload = async (deps: TusDeps, actor: Actor, id: string): Promise<FileRow> => {
  const { upload, draft } = await getOwnUpload(deps, actor, id)
  if (upload.fileId === null) await forgettingLost(deps, id, deps.storage.drafts.finish(draft))
  return confirmUpload(deps, actor, id)
}

export const deleteUpload = async (deps: TusDeps, actor: Actor, id: string): Promise<void> => {
  const { draft } = await getOwnUpload(deps, actor, id)
  const deleted = await deps.db.transaction((tx) => deleteUnconfirmedUpload(tx, id))
  if (deleted !== undefined) await deps.storage.drafts.delete(draft)
}

/** Lets the client begin again where what had arrived is gone, as after a restore of the database. */
export const forgettingLost = async <T>({ db }: TusDeps, id: string, work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (isUploadLost(error)) await forgetBytes(db, id)
    throw error
  }
}
