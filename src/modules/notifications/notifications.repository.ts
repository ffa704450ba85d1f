import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm'
import type { Db, ReadDb, Tx } from '../../platform/database/database.ts'
import { type NotificationRow, notificationCounters, notifications } from './notifications.table.ts'

/**
 * Appends a notification under the user's next number and tells `channel` of it at the commit, in one statement. Does
 * nothing for a user who is gone: what ends for him must end all the same.
 */
export const insertNotification = async (
  tx: Tx,
  channel: string,
  { ownerId, type, data }: Pick<NotificationRow, 'ownerId' | 'type' | 'data'>,
): Promise<void> => {
  await tx.execute(sql`
    with counted as (
      insert into ${notificationCounters} (owner_id, seq)
      select id, 1 from users where id = ${ownerId} for key share
      on conflict (owner_id) do update set seq = ${notificationCounters}.seq + 1
      returning owner_id, seq
    ), stored as (
      insert into ${notifications} (owner_id, seq, type, data)
      select owner_id, seq, ${type}, ${JSON.stringify(data)}::jsonb from counted
    )
    select pg_notify(${channel}, owner_id::text) from counted`)
}

/** Those after number `after`, oldest first. */
export const listAfter = (db: ReadDb, ownerId: string, after: number, limit: number) =>
  db
    .select()
    .from(notifications)
    .where(and(eq(notifications.ownerId, ownerId), gt(notifications.seq, after)))
    .orderBy(asc(notifications.seq))
    .limit(limit)

/** Those before number `before`, newest first. */
export const listBefore = (db: ReadDb, ownerId: string, before: number, limit: number) =>
  db
    .select()
    .from(notifications)
    .where(and(eq(notifications.ownerId, ownerId), lt(notifications.seq, before)))
    .orderBy(desc(notifications.seq))
    .limit(limit)

export const findCounters = (db: ReadDb, ownerIds: string[]) =>
  db
    .select()
    .from(notificationCounters)
    .where(sql`${notificationCounters.ownerId} = any(${sql.param(ownerIds)}::uuid[])`)

/** @returns how many are gone, at most `limit` */
export const deleteOlderThan = async (db: Db, days: number, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${notifications} where ctid in (
      select ctid from ${notifications} where created_at < now() - make_interval(days => ${days})
      order by created_at limit ${limit} for update skip locked)`)
  return rowCount ?? 0
}
