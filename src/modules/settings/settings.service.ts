import { sql } from 'drizzle-orm'
import type { Db, Tx } from '../../platform/database/database.ts'
import { invalid, notFound } from '../../platform/errors.ts'
import { requireVersion } from '../../platform/http/entity-version.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import { isKnownSetting, knownSettings, type SettingKey, settingKeys } from './known-settings.ts'
import { type RuntimeSettings, settingsChannel } from './runtime-settings.ts'
import {
  deleteSettingRow,
  findSetting,
  listSettingRows,
  lockSetting,
  putSettingRow,
} from './settings.repository.ts'
import { viewSetting } from './settings.schema.ts'

export type SettingsDeps = { db: Db; settings: RuntimeSettings }

const ofAll = { name: 'setting', ownerId: null }

export const listSettings = async ({ db, settings }: SettingsDeps, actor: Actor) => {
  authorize(actor, 'settings:read', ofAll)
  const rows = await listSettingRows(db)
  return settingKeys.map((key) =>
    viewSetting(
      key,
      settings.defaults[key],
      rows.find((row) => row.key === key),
    ),
  )
}

/** @throws 404 for what is no setting */
export const showSetting = async ({ db, settings }: SettingsDeps, actor: Actor, key: string) => {
  authorize(actor, 'settings:read', ofAll)
  const known = requireKnown(key)
  return viewSetting(known, settings.defaults[known], await findSetting(db, known))
}

const requireKnown = (key: string): SettingKey => {
  if (!isKnownSetting(key)) throw notFound('setting')
  return key
}

/**
 * Sets a value; it acts at once, in every process.
 * @throws 404 for what is no setting, 412 for who has seen another version, 422 for what it cannot be
 */
export const putSetting = async (
  { db, settings }: SettingsDeps,
  actor: Actor,
  given: { key: string; value: boolean | number },
  ifMatch: string | undefined,
) => {
  authorize(actor, 'settings:update', ofAll)
  const key = requireKnown(given.key)
  const { data: value, error } = knownSettings[key].schema.safeParse(given.value)
  if (value === undefined) {
    throw invalid((error?.issues ?? []).map(({ code, message }) => ({ path: 'value', code, message })))
  }
  const row = await db.transaction(async (tx) => {
    const before = await lockSetting(tx, key)
    requireVersion(ifMatch, before?.version ?? 0)
    const from = before?.value ?? settings.defaults[key]
    await tellChange(tx, 'settings:set', key, { from, to: value })
    return putSettingRow(tx, { key, value, changedBy: actor.userId })
  })
  await settings.refresh()
  return viewSetting(key, settings.defaults[key], row)
}

/**
 * Lets the environment say again.
 * @throws 404, 412
 */
export const resetSetting = async (
  { db, settings }: SettingsDeps,
  actor: Actor,
  asked: string,
  ifMatch: string | undefined,
) => {
  authorize(actor, 'settings:update', ofAll)
  const key = requireKnown(asked)
  await db.transaction(async (tx) => {
    const before = await lockSetting(tx, key)
    requireVersion(ifMatch, before?.version ?? 0)
    if (before === undefined) return
    await deleteSettingRow(tx, key)
    await tellChange(tx, 'settings:reset', key, { from: before.value, to: settings.defaults[key] })
  })
  await settings.refresh()
  return viewSetting(key, settings.defaults[key], undefined)
}

const tellChange = async (
  tx: Tx,
  action: 'settings:set' | 'settings:reset',
  key: SettingKey,
  details: { from: boolean | number; to: boolean | number },
): Promise<void> => {
  await recordAct(tx, { action, target: { type: 'setting', id: key }, details })
  await tx.execute(sql`select pg_notify(${settingsChannel}, ${key})`)
}
