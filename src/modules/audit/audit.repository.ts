import { and, desc, eq, gte, lt, or, type SQL } from 'drizzle-orm'
import type { ReadDb } from '../../platform/database/database.ts'
import type { Action } from './actions.ts'
import { type ActorKind, type AuditRow, auditLog, type Outcome } from './audit.table.ts'

export type AuditFilter = {
  actorId?: string | undefined
  actorKind?: ActorKind | undefined
  apiKeyId?: string | undefined
  action?: Action | undefined
  targetType?: string | undefined
  targetId?: string | undefined
  outcome?: Outcome | undefined
  ip?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
}

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listEntries = (
  db: ReadDb,
  filter: AuditFilter,
  before: string | undefined,
  limit: number,
): Promise<AuditRow[]> =>
  list(db, and(matching(filter), before === undefined ? undefined : lt(auditLog.id, before)), limit)

/** What a user did, and what was done to his account, in the same order. */
export const listActivity = (
  db: ReadDb,
  userId: string,
  before: string | undefined,
  limit: number,
): Promise<AuditRow[]> =>
  list(db, and(ofUser(userId), before === undefined ? undefined : lt(auditLog.id, before)), limit)

export const countEntries = (db: ReadDb, filter: AuditFilter): Promise<number> =>
  db.$count(auditLog, matching(filter))

export const countActivity = (db: ReadDb, userId: string): Promise<number> =>
  db.$count(auditLog, ofUser(userId))

const list = (db: ReadDb, where: SQL | undefined, limit: number) =>
  db
    .select()
    .from(auditLog)
    .where(where)
    .orderBy(desc(auditLog.id))
    .limit(limit + 1)

const ofUser = (userId: string) =>
  or(eq(auditLog.actorId, userId), and(eq(auditLog.targetType, 'user'), eq(auditLog.targetId, userId)))

const matching = ({ from, to, ...equal }: AuditFilter): SQL | undefined =>
  and(
    equal.actorId === undefined ? undefined : eq(auditLog.actorId, equal.actorId),
    equal.actorKind === undefined ? undefined : eq(auditLog.actorKind, equal.actorKind),
    equal.apiKeyId === undefined ? undefined : eq(auditLog.apiKeyId, equal.apiKeyId),
    equal.action === undefined ? undefined : eq(auditLog.action, equal.action),
    equal.targetType === undefined ? undefined : eq(auditLog.targetType, equal.targetType),
    equal.targetId === undefined ? undefined : eq(auditLog.targetId, equal.targetId),
    equal.outcome === undefined ? undefined : eq(auditLog.outcome, equal.outcome),
    equal.ip === undefined ? undefined : eq(auditLog.ip, equal.ip),
    from === undefined ? undefined : gte(auditLog.at, from),
    to === undefined ? undefined : lt(auditLog.at, to),
  )
