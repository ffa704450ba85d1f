import { randomUUID } from 'node:crypto'
import { open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { LRUCache } from 'lru-cache'
import { codeOf } from '../database/infrastructure-error.ts'
import { AppError } from '../errors.ts'
import { makeDirectory, syncDirectory, writeNewFile } from './new-file.ts'
import { isObjectKey } from './object-key.ts'
import { signDownloadUrl, signUploadUrl } from './signed-url.ts'
import type { ObjectHead, Storage } from './storage.ts'

export type DiskStorageOptions = {
  /** Made when it is not there. Objects and drafts are below it, on one file system. */
  directory: string
  /** Signs the URLs that `storage.routes.ts` serves. */
  signingKey: Uint8Array
}

/** Lists show the same links again and again, two for each picture. */
const rememberedLinks = 10_000
const readChunkBytes = 256 * 1024
/** No upload lasts this long, so an older draft belongs to a process that died. */
const leftoverAgeMs = 24 * 60 * 60_000

/** Keeps objects as files of one directory, readable by this account only. */
export const openDiskStorage = async ({ directory, signingKey }: DiskStorageOptions): Promise<Storage> => {
  const drafts = path.join(directory, 'drafts')
  const links = new LRUCache<string, string>({ max: rememberedLinks })
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
    delete: async (key) => {
      const file = pathOf(key)
      await rm(file, { force: true })
      await unlessMissing(syncDirectory(path.dirname(file)))
    },
    signUpload: async (grant) => signUploadUrl(signingKey, grant),
    signDownload: async (grant) => {
      const { key, contentType, expiresAt, fileName } = grant
      const name = `${key}\n${contentType}\n${expiresAt.getTime()}\n${fileName}`
      const known = links.get(name)
      if (known !== undefined) return known
      const url = signDownloadUrl(signingKey, grant)
      links.set(name, url)
      return url
    },
    removeLeftovers: () => removeOlderThan(drafts, Date.now() - leftoverAgeMs),
  }
}

const uploadInProgress = () =>
  new AppError(409, 'UPLOAD_IN_PROGRESS', 'This is being uploaded at this moment.', { retryAfterSeconds: 30 })

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

const removeOlderThan = async (directory: string, latestMs: number): Promise<number> => {
  let removed = 0
  for (const name of await readdir(directory)) {
    const file = path.join(directory, name)
    const found = await unlessMissing(stat(file))
    if (found === undefined || found.mtimeMs > latestMs) continue
    await rm(file, { force: true })
    removed += 1
  }
  return removed
}

const unlessMissing = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
