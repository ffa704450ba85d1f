import { asc, desc, eq, gt, lt, sql } from 'drizzle-orm'
import type { Executor, Tx } from '../../platform/database/database.ts'
import { auditCheckpoints, auditLog, auditSeals, auditUnsealed } from './audit.table.ts'
import { chainStart, type Head } from './seal.ts'

/** Any fixed number: who adds to the chain or shortens it is alone. */
const chainLock = 4_115_207_031

/** Held until the transaction ends. False when somebody else has it. */
export const tryLockChain = async (tx: Tx): Promise<boolean> => {
  const { rows } = await tx.execute<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(${chainLock}) as locked`,
  )
  return rows[0]?.locked === true
}

/**
 * An entry as one text, from which nothing that stands in it can be changed unseen: its columns in this order, as PostgreSQL writes a
 * jsonb array. Null where the entry is missing. It never changes: old seals are of it.
 */
const canonical = sql<string | null>`case when ${auditLog.id} is not null then jsonb_build_array(
  ${auditLog.id}, to_char(${auditLog.at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ${auditLog.actorKind},
  ${auditLog.actorId}, ${auditLog.apiKeyId}, ${auditLog.action}, ${auditLog.targetType}, ${auditLog.targetId},
  ${auditLog.outcome}, ${auditLog.ip}, ${auditLog.userAgent}, ${auditLog.requestId}, ${auditLog.details})::text end`

export const hasUnsealed = async (executor: Executor): Promise<boolean> => {
  const rows = await executor.select({ entryId: auditUnsealed.entryId }).from(auditUnsealed).limit(1)
  return rows.length > 0
}

/** Entries that wait for a seal, the oldest first. */
export const findUnsealed = (tx: Tx, limit: number) =>
  tx
    .select({ entryId: auditLog.id, canonical: sql<string>`${canonical}` })
    .from(auditUnsealed)
    .innerJoin(auditLog, eq(auditLog.id, auditUnsealed.entryId))
    .orderBy(asc(auditUnsealed.entryId))
    .limit(limit)

/** Where the chain ends: its newest seal, or what is known of it when all were removed. */
export const findHead = async (executor: Executor): Promise<Head> => {
  const [seal] = await executor
    .select({ seq: auditSeals.seq, hash: auditSeals.hash })
    .from(auditSeals)
    .orderBy(desc(auditSeals.seq))
    .limit(1)
  return seal ?? (await findCheckpoint(executor)) ?? chainStart
}

/** Where what is kept begins, when older entries were removed. */
export const findCheckpoint = async (executor: Executor) => {
  const [checkpoint] = await executor
    .select()
    .from(auditCheckpoints)
    .orderBy(desc(auditCheckpoints.seq))
    .limit(1)
  return checkpoint
}

export type NewSeal = Head & { entryId: string; mac: Buffer }

export const insertSeals = async (tx: Tx, seals: NewSeal[]): Promise<void> => {
  await tx.insert(auditSeals).values(seals)
  const ids = sql.param(seals.map(({ entryId }) => entryId))
  await tx.execute(sql`delete from ${auditUnsealed} where entry_id = any(${ids}::uuid[])`)
}

/** Seals after `seq` with what they cover; `canonical` is null where the entry is gone. */
export const listSeals = (executor: Executor, seq: number, limit: number) =>
  executor
    .select({
      seq: auditSeals.seq,
      entryId: auditSeals.entryId,
      hash: auditSeals.hash,
      mac: auditSeals.mac,
      canonical,
    })
    .from(auditSeals)
    .leftJoin(auditLog, eq(auditLog.id, auditSeals.entryId))
    .where(gt(auditSeals.seq, seq))
    .orderBy(asc(auditSeals.seq))
    .limit(limit)

/** Of the entries after one of them: the last one looked at, and the oldest that has neither a seal nor waits for one. */
export const findUnknownEntry = async (executor: Executor, after: string, limit: number) => {
  const { rows } = await executor.execute<{ last: string | null; unknown: string | null }>(sql`
    with looked as (select id from ${auditLog} where id > ${after} order by id limit ${limit})
    select (array_agg(id order by id desc))[1] as last, (array_agg(id order by id) filter (
      where not exists (select from ${auditSeals} where entry_id = id)
        and not exists (select from ${auditUnsealed} where entry_id = id)))[1] as unknown
    from looked`)
  return rows[0]
}

/** How many wait for a seal, and for how many seconds the oldest has. */
export const readBacklog = async (
  executor: Executor,
): Promise<{ waiting: number; oldestSeconds: number }> => {
  const { rows } = await executor.execute<{ waiting: number; oldestSeconds: number }>(sql`
    select count(*)::int as waiting, coalesce(extract(epoch from now() - min(at)), 0)::float8 as "oldestSeconds"
    from ${auditUnsealed}`)
  return rows[0] ?? { waiting: 0, oldestSeconds: 0 }
}

/** The newest of the `limit` oldest seals up to which every entry is older than so many days. */
export const findOldSeal = async (tx: Tx, days: number, limit: number): Promise<Head | undefined> => {
  const oldest = tx
    .select({ seq: auditSeals.seq, hash: auditSeals.hash, at: auditLog.at })
    .from(auditSeals)
    .innerJoin(auditLog, eq(auditLog.id, auditSeals.entryId))
    .orderBy(asc(auditSeals.seq))
    .limit(limit)
    .as('oldest')
  const isOld = lt(oldest.at, sql`now() - make_interval(days => ${days})`)
  const [young] = await tx
    .select({ seq: sql<number | null>`min(${oldest.seq})::float8` })
    .from(oldest)
    .where(sql`not (${isOld})`)
  const [last] = await tx
    .select({ seq: oldest.seq, hash: oldest.hash })
    .from(oldest)
    .where(young?.seq == null ? undefined : lt(oldest.seq, young.seq))
    .orderBy(desc(oldest.seq))
    .limit(1)
  return last
}

/** Removes entries with their seals up to `head`. Returns how many. */
export const removeUpTo = async (tx: Tx, { seq }: Head, mac: Buffer): Promise<number> => {
  const { rows } = await tx.execute<{ removed: number }>(
    sql`select remove_audit_entries(${seq}, ${mac})::int as removed`,
  )
  return rows[0]?.removed ?? 0
}
