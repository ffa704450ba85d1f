import { eq, sql } from 'drizzle-orm'
import type { Db } from '../database/database.ts'
import { queueIncarnation } from './queue-incarnation.table.ts'

/**
 * Notes which incarnation of the queue engine is in use. When it is another than the last one, as after a switch of the
 * engine or a flush of it, all that was dispatched before this moment counts as lost.
 */
export const noteIncarnation = async (db: Db, incarnation: string): Promise<void> => {
  const known = await db
    .select({ since: queueIncarnation.since })
    .from(queueIncarnation)
    .where(eq(queueIncarnation.incarnation, incarnation))
  if (known.length > 0) return
  const set = { incarnation, since: sql`now()` }
  await db
    .insert(queueIncarnation)
    .values({ incarnation })
    .onConflictDoUpdate({ target: queueIncarnation.only, set })
}

/** Since when the engine that is in use may have ids. */
export const incarnationSince = sql`(select since from ${queueIncarnation})`
