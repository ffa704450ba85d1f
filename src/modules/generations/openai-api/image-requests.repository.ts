import { sql } from 'drizzle-orm'
import type { Db, Tx } from '../../../platform/database/database.ts'
import { imageRequests } from './image-requests.table.ts'

/** Longer than the 10 minutes after which the `openai` client gives an attempt up and repeats it. */
const repeatedWithinMinutes = 15

export type ImageRequest = { ownerId: string; fingerprint: string; repetition: number }

/**
 * Takes what an earlier attempt at the same request started: the newest twin that has come fewer times. So two equal requests at
 * once, both of them repeated, keep a picture each. Only one transaction of an owner may ask at a time.
 */
export const resumeImageRequest = async (tx: Tx, request: ImageRequest): Promise<string[] | undefined> => {
  const { ownerId, fingerprint, repetition } = request
  if (repetition === 0) return undefined
  const { rows } = await tx.execute<{ ids: string[] }>(sql`
    update ${imageRequests} set repetition = ${repetition}, seen_at = now() where id = (
      select id from ${imageRequests}
      where owner_id = ${ownerId} and fingerprint = ${fingerprint} and repetition < ${repetition}
        and seen_at > now() - make_interval(mins => ${repeatedWithinMinutes})
      order by seen_at desc, id desc limit 1)
    returning generation_ids as ids`)
  return rows[0]?.ids
}

export const insertImageRequest = async (
  tx: Tx,
  request: ImageRequest & { generationIds: string[] },
): Promise<void> => {
  await tx.insert(imageRequests).values(request)
}

/** @returns how many were past the time in which they are repeated, and are gone now */
export const deleteOldImageRequests = async (db: Db, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${imageRequests} where id in (
      select id from ${imageRequests}
      where seen_at < now() - make_interval(mins => ${repeatedWithinMinutes}) limit ${limit})`)
  return rowCount ?? 0
}
