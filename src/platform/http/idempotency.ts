import { createHash } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Db, onlyRow, type Tx } from '../database/database.ts'
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
 * @param request `mostKeptBytes`: of routes whose answers can be large, what all of them may come to that are kept of an owner; then
 * nothing new is done with a key until there is room
 * @throws 409 while a twin of the request is running, 422 when the key came before with another request, 429 `KEPT_ANSWERS_FULL`
 */
export const runOnce = <Body>(
  db: Db,
  request: { ownerId: string; key: string | undefined; fingerprint: string; mostKeptBytes?: number },
  work: (tx: Tx) => Promise<Answer<Body>>,
): Promise<Answer<Body> & { replayed: boolean }> =>
  db.transaction(async (tx) => {
    const { ownerId, key, fingerprint, mostKeptBytes } = request
    if (key === undefined) return { ...(await work(tx)), replayed: false }
    await lockKey(tx, ownerId, key)
    const [known] = await tx
      .select()
      .from(idempotencyKeys)
      .where(and(eq(idempotencyKeys.ownerId, ownerId), eq(idempotencyKeys.key, key)))
    if (known === undefined) {
      if (mostKeptBytes !== undefined) await requireRoom(tx, ownerId, mostKeptBytes)
      const { status, body } = await work(tx)
      const keptBytes = mostKeptBytes === undefined ? null : countedBytes(body)
      await tx.insert(idempotencyKeys).values({ ownerId, key, fingerprint, status, body, keptBytes })
      return { status, body, replayed: false }
    }
    if (known.fingerprint !== fingerprint) {
      const message = 'This Idempotency-Key came before with another request.'
      throw new AppError(422, 'IDEMPOTENCY_KEY_REUSED', message, {
        errors: [{ path: 'headers.idempotency-key', code: 'reused', message }],
      })
    }
    return { status: known.status, body: known.body as Body, replayed: true }
  })

/** A row of its own takes that, whatever is in it. */
const leastCountedBytes = 1_024
const countedBytes = (body: unknown): number =>
  Math.max(leastCountedBytes, Buffer.byteLength(JSON.stringify(body)))

/** Answers are never dropped before their time to make room: a repetition would do its work twice. */
const requireRoom = async (tx: Tx, ownerId: string, mostKeptBytes: number): Promise<void> => {
  const { rows } = await tx.execute<{ bytes: number; secondsLeft: number }>(sql`
    select coalesce(sum(kept_bytes), 0)::float8 as bytes, greatest(1, ceil(extract(epoch from
      min(created_at) + make_interval(hours => ${keysKeptHours}) - now())))::int as "secondsLeft"
    from ${idempotencyKeys} where owner_id = ${ownerId} and kept_bytes is not null`)
  const { bytes, secondsLeft } = onlyRow(rows)
  if (bytes < mostKeptBytes) return
  const message =
    'The answers that are kept for your Idempotency-Keys have reached their limit. Wait until the oldest is a day old, or send no key.'
  throw new AppError(429, 'KEPT_ANSWERS_FULL', message, { retryAfterSeconds: secondsLeft })
}

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
