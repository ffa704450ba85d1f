import { eq, sql } from 'drizzle-orm'
import { onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import { runtimeSettings, type SettingRow } from './settings.table.ts'

export const listSettingRows = (db: ReadDb): Promise<SettingRow[]> => db.select().from(runtimeSettings)

export const findSetting = async (db: ReadDb, key: string): Promise<SettingRow | undefined> => {
  const [row] = await db.select().from(runtimeSettings).where(eq(runtimeSettings.key, key))
  return row
}

export const lockSetting = async (tx: Tx, key: string): Promise<SettingRow | undefined> => {
  // Of a setting that has no row yet, too.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`setting ${key}`}, 0))`)
  return findSetting(tx, key)
}

export const putSettingRow = async (
  tx: Tx,
  setting: Pick<SettingRow, 'key' | 'value' | 'changedBy'>,
): Promise<SettingRow> => {
  const { value, changedBy } = setting
  const version = sql`${runtimeSettings.version} + 1`
  return onlyRow(
    await tx
      .insert(runtimeSettings)
      .values(setting)
      .onConflictDoUpdate({
        target: runtimeSettings.key,
        set: { value, changedBy, version, updatedAt: new Date() },
      })
      .returning(),
  )
}

export const deleteSettingRow = async (tx: Tx, key: string): Promise<void> => {
  await tx.delete(runtimeSettings).where(eq(runtimeSettings.key, key))
}
