import type { Storage } from '../../platform/storage/storage.ts'
import type { FileRow } from './files.table.ts'

export type FileLinks = { url: string | null; thumbnailUrl: string | null }

const goodForMs = 60 * 60_000
/** Links made within the same five minutes are alike, so that browsers find in their caches what they have shown before. */
const roundedToMs = 5 * 60_000

/**
 * Signed links to a file and its thumbnail, good for an hour at least; null until the file is ready.
 * @param origin is put before links to this server; without it those are relative
 */
export const linkFile = async (storage: Storage, file: FileRow, origin?: string): Promise<FileLinks> => {
  if (file.status !== 'ready') return { url: null, thumbnailUrl: null }
  const expiresAt = new Date(Math.ceil((Date.now() + goodForMs) / roundedToMs) * roundedToMs)
  const sign = async (key: string, contentType: string, fileName: string) => {
    const url = await storage.signDownload({ key, contentType, fileName, expiresAt })
    return origin === undefined ? url : new URL(url, origin).href
  }
  return {
    url: await sign(file.storageKey, file.contentType, file.name),
    thumbnailUrl:
      file.thumbnailKey === null
        ? null
        : await sign(file.thumbnailKey, 'image/webp', thumbnailName(file.name)),
  }
}

const thumbnailName = (name: string) => `${name.replace(/\.\w+$/, '')}-thumbnail.webp`
