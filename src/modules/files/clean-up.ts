import type { Db } from '../../platform/database/database.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { listUnneededVariants } from './images/variants.repository.ts'
import {
  beginRemovals,
  listAbandonedUploads,
  listDeletedFiles,
  unlistObjects,
} from './object-removals.repository.ts'

/** Gives up at most `limit` uploads that were not confirmed in time. Returns how many. */
export const removeAbandonedUploads = ({ db }: { db: Db }, limit: number): Promise<number> =>
  listAbandonedUploads(db, limit)

/** Gives up at most `limit` files that were deleted a day ago, or whose users are gone. Returns how many objects go. */
export const removeDeletedFiles = ({ db }: { db: Db }, limit: number): Promise<number> =>
  listDeletedFiles(db, limit)

/** Gives up at most `limit` pictures made of files that are deleted, and those unused for 30 days. Returns how many. */
export const removeUnneededVariants = ({ db }: { db: Db }, limit: number): Promise<number> =>
  listUnneededVariants(db, limit)

/** Removes at most `limit` objects that are due. Several processes never remove the same one. Returns how many. */
export const removeDueObjects = async (
  { db, storage }: { db: Db; storage: Storage },
  limit: number,
): Promise<number> => {
  const keys = await beginRemovals(db, limit)
  if (keys.length === 0) return 0
  await storage.delete(keys)
  await unlistObjects(db, keys)
  return keys.length
}
