import type { Db } from '../../platform/database/database.ts'
import { purgePosts } from './posts.repository.ts'

/** How long a deleted post can be brought back. */
const restorableDays = 30

/** Removes for good what was deleted longer ago than that. Returns how many. */
export const purgeDeletedPosts = (db: Db, limit: number): Promise<number> =>
  purgePosts(db, restorableDays, limit)
