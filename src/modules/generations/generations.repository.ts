import { and, desc, eq, ilike, inArray, lt, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import { preparedOn } from '../../platform/database/prepared.ts'
import { readTogether } from '../../platform/database/read-together.ts'
import type { ChangedJob } from '../../platform/jobs/transitions.ts'
import { type GenerationRow, generations } from './generations.table.ts'

export type GenerationFilter = {
  ownerId?: string | undefined
  status?: GenerationRow['status'] | undefined
  style?: GenerationRow['style'] | undefined
  q?: string | undefined
}

export const insertGeneration = async (
  db: Executor,
  row: typeof generations.$inferInsert,
): Promise<GenerationRow> => onlyRow(await db.insert(generations).values(row).returning())

const generationsByIds = preparedOn((db: ReadDb) =>
  db
    .select()
    .from(generations)
    .where(sql`${generations.id} = any(${sql.placeholder('ids')}::uuid[])`)
    .prepare('find_generations'),
)

export const findGeneration = readTogether(
  (db: ReadDb, ids: string[]): Promise<GenerationRow[]> => generationsByIds(db).execute({ ids }),
)

const matches = ({ ownerId, status, style, q }: GenerationFilter) =>
  and(
    ownerId === undefined ? undefined : eq(generations.ownerId, ownerId),
    status === undefined ? undefined : eq(generations.status, status),
    style === undefined ? undefined : eq(generations.style, style),
    q === undefined ? undefined : ilike(generations.prompt, `%${q.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`),
  )

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listGenerations = (
  db: ReadDb,
  filter: GenerationFilter,
  before: string | undefined,
  limit: number,
) =>
  db
    .select()
    .from(generations)
    .where(and(matches(filter), before === undefined ? undefined : lt(generations.id, before)))
    .orderBy(desc(generations.id))
    .limit(limit + 1)

export const countGenerations = (db: ReadDb, filter: GenerationFilter): Promise<number> =>
  db.$count(generations, matches(filter))

/** Copies what happened to the job into its generation. */
export const followJob = async (db: Executor, id: string, job: ChangedJob): Promise<void> => {
  const { status, errorCode, errorMessage } = job
  const failed = status === 'failed'
  await db
    .update(generations)
    .set({ status, errorCode: failed ? errorCode : null, errorMessage: failed ? errorMessage : null })
    .where(eq(generations.id, id))
}

export const storeOutcome = async (
  db: Executor,
  id: string,
  outcome: Pick<GenerationRow, 'model' | 'durationMs'>,
): Promise<void> => {
  await db.update(generations).set(outcome).where(eq(generations.id, id))
}

/** Locks the row, so that it is not deleted while its result is stored. */
export const lockGeneration = async (tx: Tx, id: string): Promise<boolean> => {
  const rows = await tx
    .select({ id: generations.id })
    .from(generations)
    .where(eq(generations.id, id))
    .for('update')
  return rows.length === 1
}

/** Until the transaction ends nobody else counts or adds generations of this owner. */
export const lockOwner = async (tx: Tx, ownerId: string): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`generations of ${ownerId}`}, 0))`)
}

/** How many of an owner's generations are unfinished; it stays so until the transaction ends. */
export const countActive = async (tx: Tx, ownerId: string): Promise<number> => {
  await lockOwner(tx, ownerId)
  return tx.$count(
    generations,
    and(eq(generations.ownerId, ownerId), inArray(generations.status, ['pending', 'in-progress'])),
  )
}

/** Notes that the paid request is about to leave. False when one left before and its outcome is not known. */
export const markSent = async (db: Executor, id: string): Promise<boolean> => {
  const { rowCount } = await db.execute(
    sql`update ${generations} set sent_at = now() where id = ${id} and sent_at is null`,
  )
  return rowCount === 1
}

/** The provider has certainly made nothing. */
export const clearSent = async (db: Executor, id: string): Promise<void> => {
  await db.update(generations).set({ sentAt: null }).where(eq(generations.id, id))
}

/** Lets an ended generation ask its provider once more, as its owner wishes. */
export const allowSending = async (db: Executor, id: string): Promise<void> => {
  await db
    .update(generations)
    .set({ sentAt: null })
    .where(and(eq(generations.id, id), inArray(generations.status, ['failed', 'cancelled'])))
}

export const deleteGeneration = async (db: Executor, id: string): Promise<GenerationRow | undefined> => {
  const [row] = await db.delete(generations).where(eq(generations.id, id)).returning()
  return row
}
