import { asc, eq, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import { type FlagRow, featureFlags } from './flags.table.ts'

export const listAllFlags = (db: ReadDb): Promise<FlagRow[]> =>
  db.select().from(featureFlags).orderBy(asc(featureFlags.key))

export const countFlags = (tx: Tx): Promise<number> => tx.$count(featureFlags)

export const findFlag = async (db: Executor, key: string): Promise<FlagRow | undefined> => {
  const [flag] = await db.select().from(featureFlags).where(eq(featureFlags.key, key))
  return flag
}

export const lockFlag = async (tx: Tx, key: string): Promise<FlagRow | undefined> => {
  const [flag] = await tx.select().from(featureFlags).where(eq(featureFlags.key, key)).for('update')
  return flag
}

export type FlagContent = Pick<
  FlagRow,
  'key' | 'type' | 'description' | 'enabled' | 'defaultValue' | 'rules' | 'changedBy'
>

/** Undefined when there is one meanwhile. */
export const insertFlag = async (tx: Tx, flag: FlagContent): Promise<FlagRow | undefined> => {
  const [row] = await tx.insert(featureFlags).values(flag).onConflictDoNothing().returning()
  return row
}

export const replaceFlag = async (tx: Tx, { key, ...content }: FlagContent): Promise<FlagRow> =>
  onlyRow(
    await tx
      .update(featureFlags)
      .set({ ...content, version: sql`${featureFlags.version} + 1` })
      .where(eq(featureFlags.key, key))
      .returning(),
  )

export const deleteFlagRow = async (tx: Tx, key: string): Promise<void> => {
  await tx.delete(featureFlags).where(eq(featureFlags.key, key))
}
