import { randomUUID } from 'node:crypto'
import { link, open, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { openDiskDrafts } from './disk-drafts.ts'
import { leftoverAgeMs, removeFilesBefore, unlessMissing } from './leftover-files.ts'
import { makeDirectory, syncDirectory, toDiskFault, writeNewFile } from './new-file.ts'
import { isObjectKey } from './object-key.ts'
import { rememberLinks } from './remembered-links.ts'
import { signDownloadUrl, signUploadUrl } from './signed-url.ts'
import type { ObjectHead, Storage } from './storage.ts'
import { uploadInProgress } from './storage-faults.ts'

export type DiskStorageOptions = {
  /** Made when it is not there. Objects and drafts are below it, on one file system. */
  directory: string
  /** Signs the URLs that `storage.routes.ts` serves. */
  signingKey: Uint8Array
}

const readChunkBytes = 256 * 1024

/** Keeps objects as files of one directory, readable by this account only. */
export const openDiskStorage = async ({ directory, signingKey }: DiskStorageOptions): Promise<Storage> => {
  const drafts = path.join(directory, 'drafts')
  /** Keys that are being put: many drafts of one object would take many times the room that was granted. */
  const writing = new Set<string>()
  await makeDirectory(drafts)
  const pathOf = (key: string): string => {
    if (!isObjectKey(key)) throw new Error('Not the key of an object')
    return path.join(directory, key)
  }
  return {
    put: async (key, content, options) => {
      const target = pathOf(key)
      if (writing.has(key)) throw uploadInProgress()
      writing.add(key)
      try {
        return await writeNewFile(target, path.join(drafts, randomUUID()), content, options)
      } finally {
        writing.delete(key)
      }
    },
    // The checksum of the grant was verified when the content came.
    take: async ({ key: sentKey }, key) => {
      const target = pathOf(key)
      const sent = await headOf(pathOf(sentKey))
      if (sent === undefined) return undefined
      await secondName(pathOf(sentKey), target)
      return sent
    },
    head: async (key) => headOf(pathOf(key)),
    read: async (key, range) => {
      const file = await unlessMissing(open(pathOf(key), 'r'))
      return file?.createReadStream({
        highWaterMark: readChunkBytes,
        ...(range === undefined ? {} : { start: range.first, end: range.last }),
      })
    },
    openLocally: async (key) => {
      const file = pathOf(key)
      if ((await headOf(file)) === undefined) return undefined
      // Objects never change, so the object itself will do.
      return { path: file, [Symbol.asyncDispose]: async () => undefined }
    },
    delete: async (keys) => {
      for (const key of keys) {
        const file = pathOf(key)
        await rm(file, { force: true })
        await unlessMissing(syncDirectory(path.dirname(file)))
      }
    },
    signUpload: async (grant) => signUploadUrl(signingKey, grant),
    signDownload: rememberLinks((grant) => signDownloadUrl(signingKey, grant)),
    drafts: openDiskDrafts(drafts, pathOf),
    removeLeftovers: () => removeFilesBefore(drafts, new Date(Date.now() - leftoverAgeMs)),
    check: async () => {
      await stat(drafts)
    },
    close: () => undefined,
  }
}

const secondName = async (file: string, target: string): Promise<void> => {
  try {
    await makeDirectory(path.dirname(target))
    await link(file, target)
    await syncDirectory(path.dirname(target))
  } catch (error) {
    throw toDiskFault(error)
  }
}

const headOf = async (file: string): Promise<ObjectHead | undefined> => {
  const found = await unlessMissing(stat(file))
  if (found === undefined || !found.isFile()) return undefined
  const modifiedMs = Math.round(found.mtimeMs)
  return {
    sizeBytes: found.size,
    modifiedAt: new Date(modifiedMs),
    etag: `"${modifiedMs.toString(36)}-${found.size.toString(36)}"`,
  }
}
