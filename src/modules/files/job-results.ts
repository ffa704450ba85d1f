import type { Tx } from '../../platform/database/database.ts'
import { AppError } from '../../platform/errors.ts'
import { resultKey } from '../../platform/storage/object-key.ts'
import { isPicture } from './file-kinds.ts'
import { cleanFileName } from './file-name.ts'
import { insertFile } from './files.repository.ts'
import type { FilesDeps, StagedFile } from './files.service.ts'
import type { FileMetadata, FileRow } from './files.table.ts'
import { makeThumbnail } from './images/prepare-image.ts'
import { keepObject, listUnfinishedObject } from './object-removals.repository.ts'
import { quotaExceeded, reserveRoom, roomLeft } from './quota.ts'

export type JobResult = {
  /** Given to the file, so that whatever the job was for can have the same one. */
  id?: string
  ownerId: string
  name: string
  contentType: string
  data: Buffer
  metadata?: FileMetadata
  job: { id: string; attempt: number; signal: AbortSignal }
}

/**
 * Stores what a job has made, with a thumbnail when it is a picture. Register it in the job's commit; a claim that is
 * lost leaves nothing behind.
 */
export const storeResult = async (
  { db, storage }: Pick<FilesDeps, 'db' | 'storage'>,
  { id, ownerId, name, contentType, data, metadata = {}, job }: JobResult,
): Promise<StagedFile> => {
  const put = async (part: string, content: Buffer) => {
    const storageKey = resultKey(job, part)
    await listUnfinishedObject(db, { storageKey, ownerId, sizeBytes: content.length })
    const { sha256 } = await storage.put(storageKey, [content], {
      maxBytes: content.length,
      signal: job.signal,
    })
    return { storageKey, sha256 }
  }
  const thumbnail = isPicture(contentType)
    ? await put('result-thumbnail', await makeThumbnail(data))
    : undefined
  return {
    ...(id === undefined ? {} : { id }),
    ownerId,
    kind: 'generated',
    name: cleanFileName(name, contentType),
    contentType,
    sizeBytes: data.length,
    metadata,
    thumbnailKey: thumbnail?.storageKey ?? null,
    ...(await put('result', data)),
  }
}

/**
 * The same for a result whose size nobody knew before: several at once must not have the same room.
 * @throws 413 `QUOTA_EXCEEDED`
 */
export const registerStreamedResult = async (
  tx: Tx,
  staged: StagedFile,
  quotaBytes: number,
): Promise<FileRow> => {
  await reserveRoom(tx, staged.ownerId, staged.sizeBytes, quotaBytes)
  return registerResult(tx, staged)
}

/** Results count for the quota but are never refused for it: the work is done, and its request was weighed before. */
export const registerResult = async (tx: Tx, staged: StagedFile): Promise<FileRow> => {
  await keepObject(tx, staged.storageKey)
  if (staged.thumbnailKey !== null) await keepObject(tx, staged.thumbnailKey)
  return insertFile(tx, { ...staged, status: 'ready' })
}

export type StreamedResult = Omit<JobResult, 'data' | 'metadata'> & {
  kind: 'export' | 'recording' | 'report'
  content: AsyncIterable<Uint8Array>
}

/**
 * The same for a result of any size, as it streams.
 * @throws 413 `QUOTA_EXCEEDED` when it is more than the owner may store, 507
 */
export const storeStreamedResult = async (
  { db, storage, quotaBytes }: Pick<FilesDeps, 'db' | 'storage' | 'quotaBytes'>,
  { id, ownerId, kind, name, contentType, content, job }: StreamedResult,
): Promise<StagedFile> => {
  const maxBytes = await roomLeft(db, ownerId, quotaBytes)
  const storageKey = resultKey(job, 'result')
  await listUnfinishedObject(db, { storageKey, ownerId, sizeBytes: 0 })
  const stored = await storage
    .put(storageKey, content, { maxBytes, signal: job.signal })
    .catch((error: unknown) => {
      throw error instanceof AppError && error.status === 413 ? quotaExceeded(maxBytes) : error
    })
  return {
    ...(id === undefined ? {} : { id }),
    ownerId,
    kind,
    name: cleanFileName(name, contentType),
    contentType,
    metadata: {},
    thumbnailKey: null,
    storageKey,
    ...stored,
  }
}
