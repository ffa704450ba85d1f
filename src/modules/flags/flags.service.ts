import type { Client } from '@openfeature/server-sdk'
import { sql } from 'drizzle-orm'
import type { Db, Tx } from '../../platform/database/database.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { requireVersion } from '../../platform/http/entity-version.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize, requireGrant } from '../auth/permissions.ts'
import { countFlags, deleteFlagRow, findFlag, insertFlag, lockFlag, replaceFlag } from './flags.repository.ts'
import type { PutFlag } from './flags.schema.ts'
import type { FlagRow } from './flags.table.ts'
import { type Flags, flagsChannel } from './open-flags.ts'
import { flagContextOf } from './require-feature.ts'

export type FlagsDeps = { db: Db; flags: Flags }

const mostFlags = 500

/** All flags as they are for the actor, by OpenFeature. Asks no database. */
export const evaluateAll = async ({ flags: { client, rows } }: FlagsDeps, actor: Actor) => {
  requireGrant(actor, 'flags:read')
  return Promise.all(
    rows.rows.map(async (flag) => {
      const { value, reason } = await detailsOf(client, flag, flagContextOf(actor))
      return { key: flag.key, value, reason: reason ?? 'UNKNOWN' }
    }),
  )
}

const detailsOf = (client: Client, { key, type }: FlagRow, context: ReturnType<typeof flagContextOf>) => {
  if (type === 'boolean') return client.getBooleanDetails(key, false, context)
  if (type === 'number') return client.getNumberDetails(key, 0, context)
  return type === 'string'
    ? client.getStringDetails(key, '', context)
    : client.getObjectDetails(key, {}, context)
}

const ofAll = { name: 'flag', ownerId: null }
const requireReader = (actor: Actor) => authorize(actor, 'settings:read', ofAll)
const requireAdmin = (actor: Actor) => authorize(actor, 'flags:update', ofAll)

export const listFlags = (deps: FlagsDeps, actor: Actor): readonly FlagRow[] => {
  requireReader(actor)
  return deps.flags.rows.rows
}

/** @throws 404 */
export const getFlag = async ({ db }: FlagsDeps, actor: Actor, key: string): Promise<FlagRow> => {
  requireReader(actor)
  const flag = await findFlag(db, key)
  if (flag === undefined) throw notFound('flag')
  return flag
}

/**
 * Makes a flag, or replaces it; it acts at once, in every process.
 * @throws 409 `TOO_MANY_FLAGS`, 412 for who has seen another version
 */
export const putFlag = async (
  { db, flags }: FlagsDeps,
  actor: Actor,
  key: string,
  { default: defaultValue, ...given }: PutFlag,
  ifMatch: string | undefined,
): Promise<{ flag: FlagRow; isNew: boolean }> => {
  requireAdmin(actor)
  const content = { ...given, key, defaultValue, changedBy: actor.userId }
  const put = await db.transaction(async (tx) => {
    const before = await lockFlag(tx, key)
    requireVersion(ifMatch, before?.version)
    const flag = before === undefined ? await addFlag(tx, content) : await replaceFlag(tx, content)
    const { version, type, enabled, rules } = flag
    await tellChange(tx, 'flags:set', key, { version, type, enabled, rules: rules.length })
    return { flag, isNew: before === undefined }
  })
  await flags.rows.refresh()
  return put
}

const addFlag = async (tx: Tx, content: Parameters<typeof insertFlag>[1]): Promise<FlagRow> => {
  if ((await countFlags(tx)) >= mostFlags)
    throw conflict('TOO_MANY_FLAGS', `There are ${mostFlags} flags, which is as many as there may be.`)
  const flag = await insertFlag(tx, content)
  if (flag === undefined) throw conflict('FLAG_EXISTS', 'Somebody else has just made this flag.')
  return flag
}

/** @throws 404, 412 */
export const deleteFlag = async (
  { db, flags }: FlagsDeps,
  actor: Actor,
  key: string,
  ifMatch: string | undefined,
): Promise<void> => {
  requireAdmin(actor)
  await db.transaction(async (tx) => {
    const flag = await lockFlag(tx, key)
    if (flag === undefined) throw notFound('flag')
    requireVersion(ifMatch, flag.version)
    await deleteFlagRow(tx, key)
    await tellChange(tx, 'flags:delete', key, { version: flag.version })
  })
  await flags.rows.refresh()
}

/** In the transaction: whoever hears of it finds it done. Such commits wait for each other, but are few. */
const tellChange = async (
  tx: Tx,
  action: 'flags:set' | 'flags:delete',
  key: string,
  details: Record<string, unknown>,
): Promise<void> => {
  await recordAct(tx, { action, target: { type: 'flag', id: key }, details })
  await tx.execute(sql`select pg_notify(${flagsChannel}, ${key})`)
}
