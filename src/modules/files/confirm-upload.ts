import type { Db, Tx } from '../../platform/database/database.ts'
import { AppError, conflict, notFound } from '../../platform/errors.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import { newUploadKey } from '../../platform/storage/object-key.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import { detectContentType } from './content-type.ts'
import { isAllowedType } from './file-kinds.ts'
import { processFile } from './files.jobs.ts'
import { findFile, insertFile, setFileJob } from './files.repository.ts'
import type { FileRow, UploadRow } from './files.table.ts'
import {
  keepObject,
  listSupersededObject,
  listUnfinishedObject,
  unlistObjects,
} from './object-removals.repository.ts'
import { uploadExpired } from './presign-upload.ts'
import { confirmWindowMs } from './quota.ts'
import { deleteUnconfirmedUpload, findUpload, lockUpload, setUploadFile } from './uploads.repository.ts'

export type ConfirmDeps = { db: Db; storage: Storage }

/** Verifying reads up to all of an upload, so those who confirm the same one meanwhile get the same answer. */
const confirming = new Map<string, Promise<FileRow>>()

/**
 * Makes a file of an upload whose bytes have arrived, and starts its processing; the second confirmation of an upload gives
 * the file of the first. What did not keep to the agreement is removed with the upload.
 * @throws 404 `UPLOAD_NOT_FOUND`; 409 `UPLOAD_MISSING` when nothing was PUT yet, `UPLOAD_EXPIRED`; 422 `SIZE_MISMATCH`,
 *   `TYPE_MISMATCH`, and `CHECKSUM_MISMATCH`, after which the bytes can be PUT again
 */
export const confirmUpload = async (deps: ConfirmDeps, actor: Actor, uploadId: string): Promise<FileRow> => {
  const upload = await findUpload(deps.db, uploadId)
  if (upload === undefined) throw notFound('upload')
  authorize(actor, 'files:create', { name: 'upload', ownerId: upload.ownerId })
  if (upload.fileId !== null) return fileOf(deps.db, upload.fileId)
  const underWay = confirming.get(upload.id)
  if (underWay !== undefined) return underWay
  const confirmed = verifyAndRegister(deps, upload).finally(() => confirming.delete(upload.id))
  confirming.set(upload.id, confirmed)
  return confirmed
}

/**
 * The file has a key of its own: the one of the upload may be written again while its URL is good. What was taken stays listed
 * for removal until it is a file's, or somebody else was first.
 */
const verifyAndRegister = async (deps: ConfirmDeps, upload: UploadRow): Promise<FileRow> => {
  if (upload.expiresAt.getTime() + confirmWindowMs < Date.now()) throw uploadExpired()
  const storageKey = newUploadKey()
  const { ownerId, sizeBytes } = upload
  await listUnfinishedObject(deps.db, { storageKey, ownerId, sizeBytes })
  try {
    await verifyContent(deps, upload, storageKey)
  } catch (error) {
    await deps.storage.delete([storageKey])
    await unlistObjects(deps.db, [storageKey])
    throw error
  }
  return deps.db.transaction((tx) => registerUpload(tx, upload.id, storageKey))
}

const fileOf = async (db: Db | Tx, fileId: string): Promise<FileRow> => {
  const file = await findFile(db, fileId)
  if (file === undefined) throw notFound('file')
  return file
}

const registerUpload = async (tx: Tx, uploadId: string, storageKey: string): Promise<FileRow> => {
  const upload = await lockUpload(tx, uploadId)
  if (upload === undefined) throw notFound('upload')
  if (upload.fileId !== null) return fileOf(tx, upload.fileId)
  const { ownerId, kind, name, contentType, sizeBytes, sha256 } = upload
  await keepObject(tx, storageKey)
  // It counts once for the quota: on a disk it is the same bytes, and elsewhere it goes with the URL.
  await listSupersededObject(tx, { ...upload, sizeBytes: 0 })
  const file = await insertFile(tx, { ownerId, kind, name, storageKey, contentType, sizeBytes, sha256 })
  await setUploadFile(tx, upload.id, file.id)
  return startProcessing(tx, file)
}

export const startProcessing = async (tx: Tx, file: FileRow): Promise<FileRow> => {
  const owner = file.ownerId === null ? {} : { ownerId: file.ownerId }
  const { jobId } = await enqueue(tx, processFile, { fileId: file.id }, owner)
  return setFileJob(tx, file.id, jobId)
}

const verifyContent = async (deps: ConfirmDeps, upload: UploadRow, storageKey: string): Promise<void> => {
  const sent = { key: upload.storageKey, sha256: upload.sha256 ?? undefined }
  const head = await deps.storage.take(sent, storageKey)
  if (head === undefined) {
    throw conflict('UPLOAD_MISSING', 'Nothing has arrived for this upload. PUT the bytes to its URL first.')
  }
  if (head.sizeBytes !== upload.sizeBytes) {
    const message = `${upload.sizeBytes} bytes were declared, ${head.sizeBytes} have arrived.`
    throw await refused(deps, upload, 'sizeBytes', 'SIZE_MISMATCH', message)
  }
  const { contentType, kind } = upload
  const actual = await detectContentType(deps.storage, storageKey, head.sizeBytes, contentType)
  if (actual !== contentType || !isAllowedType(kind, actual)) {
    const message = `${contentType} was declared; the content is ${actual ?? 'something else'}.`
    throw await refused(deps, upload, 'contentType', 'TYPE_MISMATCH', message)
  }
}

/**
 * Gives the upload up. Its URL may still be good, so the key stays listed for removal until it is not, in case something is
 * PUT there again.
 */
const refused = async (
  { db, storage }: ConfirmDeps,
  upload: UploadRow,
  field: string,
  code: string,
  message: string,
) => {
  const givenUp = await db.transaction(async (tx) => {
    const deleted = await deleteUnconfirmedUpload(tx, upload.id)
    if (deleted !== undefined) await listSupersededObject(tx, deleted)
    return deleted
  })
  if (givenUp !== undefined) await storage.delete([givenUp.storageKey])
  return new AppError(422, code, message, { errors: [{ path: field, code: code.toLowerCase(), message }] })
}
