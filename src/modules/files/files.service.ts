import type { Readable } from 'node:stream'
import { boundedTurns } from '../../platform/bounded-turns.ts'
import type { Db, ReadDb, Tx } from '../../platform/database/database.ts'
import { isInfrastructureError } from '../../platform/database/infrastructure-error.ts'
import { AppError, conflict, notFound, tooLarge } from '../../platform/errors.ts'
import { newUploadKey } from '../../platform/storage/object-key.ts'
import { pacedChunks } from '../../platform/storage/paced-chunks.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import { startProcessing } from './confirm-upload.ts'
import { detectContentType, detectTableType } from './content-type.ts'
import { isAllowedType, type UploadKind, uploadKinds } from './file-kinds.ts'
import { linkFile } from './file-links.ts'
import { cleanFileName } from './file-name.ts'
import { deleteFileRow, findFile, insertFile, markFileDeleted, type NewFile } from './files.repository.ts'
import type { FileRow } from './files.table.ts'
import { dropVariantsOf } from './images/variants.repository.ts'
import {
  keepObject,
  listErasedObject,
  listUnfinishedObject,
  unlistObjects,
} from './object-removals.repository.ts'
import { quotaExceeded, reserveRoom, roomLeft } from './quota.ts'
import { readObject } from './read-object.ts'

export { fileFollowsJob } from './files.jobs.ts'
export { findFile, findFiles } from './files.repository.ts'
export type { FileRow } from './files.table.ts'

export type FilesDeps = { db: Db; storage: Storage; quotaBytes: number }

/** @throws 404 for a file that does not exist and for one that the actor may not see */
export const getFile = async ({ db }: { db: ReadDb }, actor: Actor, id: string): Promise<FileRow> => {
  const file = await findFile(db, id)
  if (file === undefined) throw notFound('file')
  authorize(actor, 'files:read', { name: 'file', ownerId: file.ownerId })
  return file
}

/**
 * A link to a file that is ready, good for an hour, for whoever gets it.
 * @param origin is put before links to this server
 * @throws 409 `FILE_NOT_READY`
 */
export const signedFileUrl = async (
  { storage }: Pick<FilesDeps, 'storage'>,
  file: FileRow,
  origin: string,
): Promise<string> => {
  const { url } = await linkFile(storage, file, origin)
  if (url === null) throw conflict('FILE_NOT_READY', `The file cannot be read: it is ${file.status}.`)
  return url
}

/**
 * The whole content of a file that is ready or still being processed, for a job. Who may read it is for whoever made
 * the job to know.
 * @throws 404, 409 `FILE_FAILED`, 413 above `maxBytes`
 */
export const readFileBytes = async (
  { db, storage }: Pick<FilesDeps, 'db' | 'storage'>,
  id: string,
  maxBytes: number,
): Promise<Buffer> => {
  // Processing may replace the object between the row and the read; the second look sees the new one.
  for (let look = 0; look < 2; look += 1) {
    const file = await findFile(db, id)
    if (file === undefined) throw notFound('file')
    if (file.status === 'failed')
      throw conflict('FILE_FAILED', file.errorMessage ?? 'The file could not be processed.')
    if (file.sizeBytes > maxBytes) throw tooLarge(`The file has more than ${maxBytes} bytes.`)
    const data = await readObject(storage, file.storageKey, file.sizeBytes)
    if (data !== undefined) return data
  }
  throw notFound('file')
}

/** Content that is stored and checked, and not yet a file. It is removed if nobody registers it within a day. */
export type StagedFile = Pick<
  NewFile,
  'id' | 'kind' | 'name' | 'contentType' | 'sizeBytes' | 'storageKey' | 'metadata'
> & {
  ownerId: string
  sha256: string
  thumbnailKey: string | null
}

export type Received = {
  kind: UploadKind
  /** As the client calls it. */
  name: string
  /** As the client says; only kinds of text are believed. */
  contentType?: string
}

/**
 * Stores a body, such as a part of a form, as it streams. Give the outcome to `registerFile` or to `discardStagedFile`.
 * @throws 400 and 408 for a body that breaks off or trickles; 413 above the kind's size or the quota; 422 `TYPE_MISMATCH`
 */
export const receiveFile = async (
  deps: Pick<FilesDeps, 'db' | 'storage' | 'quotaBytes'>,
  actor: Actor,
  body: Readable,
  { kind, name, contentType: declared }: Received,
): Promise<StagedFile> => {
  const { db, storage, quotaBytes } = deps
  const ownerId = actor.userId
  const limitBytes = uploadKinds[kind].maxBytes
  const room = await roomLeft(db, ownerId, quotaBytes)
  if (room === 0) throw quotaExceeded(0)
  const maxBytes = Math.min(limitBytes, room)
  const storageKey = newUploadKey()
  await listUnfinishedObject(db, { storageKey, ownerId, sizeBytes: maxBytes })
  try {
    const { sizeBytes, sha256 } = await storage.put(storageKey, pacedChunks(body), { maxBytes })
    const detect = kind === 'table' ? detectTableType : detectContentType
    const contentType = await detect(storage, storageKey, sizeBytes, declared)
    if (sizeBytes === 0) throw wrongType('The file is empty.')
    if (contentType === undefined || !isAllowedType(kind, contentType)) {
      const allowed = uploadKinds[kind].types.join(', ')
      throw wrongType(`This is ${contentType ?? 'nothing that is known'}; send one of: ${allowed}.`)
    }
    return {
      ownerId,
      kind,
      name: cleanFileName(name, contentType),
      storageKey,
      contentType,
      sizeBytes,
      sha256,
      metadata: {},
      thumbnailKey: null,
    }
  } catch (error) {
    await dropObjects(deps, [storageKey])
    const outOfRoom = error instanceof AppError && error.status === 413 && maxBytes < limitBytes
    throw outOfRoom ? quotaExceeded(room) : error
  }
}

const wrongType = (message: string) =>
  new AppError(422, 'TYPE_MISMATCH', message, {
    errors: [{ path: 'file', code: 'type_mismatch', message }],
  })

/** One picture in memory at a time, with what it takes to decode it. */
const inCheckTurn = boundedTurns('check of pictures', { atOnce: 1, maxWaiting: 20 })

/**
 * Shows the whole of received content to `check`, which throws when it is not as it should be.
 * @throws 503 when too many wait for their check
 */
export const checkStagedFile = (
  { storage }: Pick<FilesDeps, 'storage'>,
  { storageKey, sizeBytes }: StagedFile,
  check: (data: Buffer) => Promise<unknown>,
): Promise<void> =>
  inCheckTurn(async () => {
    await check((await readObject(storage, storageKey, sizeBytes)) ?? Buffer.alloc(0))
  })

/**
 * Makes received content a file, in the transaction of whatever needs it, and starts its processing.
 * @throws 413 `QUOTA_EXCEEDED`
 */
export const registerFile = async (tx: Tx, staged: StagedFile, quotaBytes: number): Promise<FileRow> => {
  await keepObject(tx, staged.storageKey)
  await reserveRoom(tx, staged.ownerId, staged.sizeBytes, quotaBytes)
  return startProcessing(tx, await insertFile(tx, staged))
}

/**
 * Makes received content a file that is whole as it is, such as a table, in the transaction of whatever needs it.
 * @param status `pending` when a job of the caller's processes it, which then calls `fileFollowsJob`
 * @throws 413 `QUOTA_EXCEEDED`
 */
export const registerUpload = async (
  tx: Tx,
  staged: StagedFile,
  { quotaBytes, status }: { quotaBytes: number; status: 'pending' | 'ready' },
): Promise<FileRow> => {
  await keepObject(tx, staged.storageKey)
  await reserveRoom(tx, staged.ownerId, staged.sizeBytes, quotaBytes)
  return insertFile(tx, { ...staged, status })
}

export const discardStagedFile = (
  deps: Pick<FilesDeps, 'db' | 'storage'>,
  staged: StagedFile,
): Promise<void> =>
  dropObjects(
    deps,
    staged.thumbnailKey === null ? [staged.storageKey] : [staged.storageKey, staged.thumbnailKey],
  )

/**
 * Runs what makes received content a file, and discards the content when nothing is to have it: `work` was refused, or had
 * done it before. When the database fails in the middle the commit may have been carried out, so the content stays; if it
 * was not, it goes in time with all that nothing names.
 */
export const consumeStagedFile = async <Answer extends { replayed: boolean }>(
  deps: Pick<FilesDeps, 'db' | 'storage'>,
  staged: StagedFile,
  work: () => Promise<Answer>,
): Promise<Answer> => {
  let isNeeded = false
  try {
    const answer = await work()
    isNeeded = !answer.replayed
    return answer
  } catch (error) {
    isNeeded = isInfrastructureError(error)
    throw error
  } finally {
    if (!isNeeded) await discardStagedFile(deps, staged)
  }
}

const dropObjects = async ({ db, storage }: Pick<FilesDeps, 'db' | 'storage'>, keys: string[]) => {
  await storage.delete(keys)
  await unlistObjects(db, keys)
}

/**
 * Deletes a file with its bytes, whose links end with them, in the transaction of what it belonged to.
 * @returns what to call after the commit; whoever dies before that leaves it to the removal of due objects
 */
export const eraseFile = async (
  tx: Tx,
  id: string,
): Promise<(deps: Pick<FilesDeps, 'db' | 'storage'>) => Promise<void>> => {
  const variants = await dropVariantsOf(tx, id)
  const file = await deleteFileRow(tx, id)
  if (file === undefined) return async () => undefined
  await listErasedObject(tx, file)
  return (deps) => dropObjects(deps, [file.storageKey, ...variants])
}

/** Deletes a file in the transaction of what it belonged to. */
export const deleteFile = async (tx: Tx, id: string): Promise<void> => {
  await markFileDeleted(tx, id)
}
