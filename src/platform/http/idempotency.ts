import { createHash } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db, Tx } from '../database/database.ts'
import { AppError, conflict } from '../errors.ts'
import { idempotencyKeys } from './idempotency.table.ts'

/** The header of routes that create something (draft-ietf-httpapi-idempotency-key-header). Keys are kept for 24 hours. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'Between 1 and 255 printable ASCII characters.')
    .optional()
    .describe(
      'Repeating a request with the same key and body gives the stored answer and does nothing twice.',
    ),
})

const keysKeptHours = 24

export type Answer<Body> = { status: number; body: Body }

/** Names a request: its route, and everything in it that decides what it does. */
export const fingerprintOf = (route: string, content: unknown): string =>
  createHash('sha256').update(route).update('\n').update(JSON.stringify(content)).digest('base64url')

/**
 * Runs `work` in one transaction. With a key, the answer is stored by that same transaction, so that either the work and its
 * answer exist or neither: a repetition gets the answer and does nothing.
 * @throws 409 while a twin of the request is running, 422 when the key came before with another request.
 */
export const runOnce = <Body>(
  db: Db,
  request: { ownerId: string; key: string | undefined; fingerprint: string },
  work: (tx: Tx) => Promise<Answer<Body>>,
): Promise<Answer<Body> & { replayed: boolean }> =>
  db.transaction(async (tx) => {
    const { ownerId, key, fingerprint } = request
    if (key === undefined) return { ...(await work(tx)), replayed: false }
    await lockKey(tx, ownerId, key)
    const [known] = await tx
      .select()
      .from(idempotencyKeys)
      .where(and(eq(idempotencyKeys.ownerId, ownerId), eq(idempotencyKeys.key, key)))
    if (known === undefined) {
      const answer = await work(tx)
      await tx
        .insert(idempotencyKeys)
        .values({ ownerId, key, fingerprint, status: answer.status, body: answer.body })
      return { ...answer, replayed: false }
    }
    if (known.fingerprint !== fingerprint) {
      const message = 'This Idempotency-Key came before with another request.'
      throw new AppError(422, 'IDEMPOTENCY_KEY_REUSED', message, {
        errors: [{ path: 'headers.idempotency-key', code: 'reused', message }],
      })
    }
    return { status: known.status, body: known.body as Body, replayed: true }
  })

/** Held until the transaction ends. */
const lockKey = async (tx: Tx, ownerId: string, key: string) => {
  const { rows } = await tx.execute<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`${ownerId}\n${key}`}, 0)) as locked`,
  )
  if (!rows[0]?.locked) {
    throw conflict('IDEMPOTENCY_KEY_IN_USE', 'A request with this Idempotency-Key is still running.')
  }
}

/** @returns how many keys were past their time and are gone now */
export const deleteOldKeys = async (db: Db, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${idempotencyKeys} where (owner_id, key) in (
      select owner_id, key from ${idempotencyKeys}
      where created_at < now() - make_interval(hours => ${keysKeptHours}) limit ${limit})`)
  return rowCount ?? 0
}
