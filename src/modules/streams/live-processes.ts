import { gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Db } from '../../platform/database/database.ts'
import { liveProcesses, streams } from './streams.table.ts'

/** A live process that was not seen for this long is taken to be gone, and others may have its streams. */
export const processLostAfterMs = 1_500

/**
 * Says that a live process is alive, in database time. Called more often than `processLostAfterMs`, and once before its
 * first stream. A beat that a crash of the database loses is repaired by the next one, so it does not wait for the disk:
 * the setting holds for this statement's own transaction.
 */
export const beat = async (db: Db, { id, host }: { id: string; host: string }): Promise<void> => {
  await db.execute(sql`
    with quick as materialized (select set_config('synchronous_commit', 'off', true))
    insert into ${liveProcesses} (id, host) select ${id}::uuid, ${host}::text from quick
    on conflict (id) do update set seen_at = now()`)
}

/** For a process that ends in order: its streams are anybody's at once. */
export const forgetProcess = async (db: Db, id: string): Promise<void> => {
  await db.execute(sql`delete from ${liveProcesses} where id = ${id}`)
}

/** When the process of a stream was seen last; null for one that is gone in order, and for none. */
export const processSeenAt = (processId: PgColumn): SQL =>
  sql`(select process.seen_at from ${liveProcesses} process where process.id = ${processId})`

/** Whether the process of a stream is alive. */
export const isProcessAlive = (processId: PgColumn): SQL =>
  sql`exists (select from ${liveProcesses} process where process.id = ${processId}
    and process.seen_at > statement_timestamp() - ${processLostAfterMs} * interval '1 millisecond')`

/** How many live processes are alive, and how many streams have not ended. */
export const countLive = async (db: Db): Promise<{ processes: number; streams: number }> => {
  const lostBefore = sql`now() - ${processLostAfterMs} * interval '1 millisecond'`
  const [processes, open] = await Promise.all([
    db.$count(liveProcesses, gt(liveProcesses.seenAt, lostBefore)),
    db.$count(streams, isNull(streams.endedAt)),
  ])
  return { processes, streams: open }
}

/** Removes rows of processes that nobody saw for a day. Returns how many. */
export const deleteDeadProcesses = async (db: Db, limit: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${liveProcesses} where id in (
      select id from ${liveProcesses} where seen_at < now() - interval '1 day' limit ${limit}
      for update skip locked)`)
  return rowCount ?? 0
}
