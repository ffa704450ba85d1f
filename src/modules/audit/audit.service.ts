import type { Db } from '../../platform/database/database.ts'
import { decodeCursor, type PageRequest, pageOf } from '../../platform/http/paging.ts'
import { type Actor, requireGrant, type SessionActor } from '../auth/permissions.ts'
import {
  countActivity,
  countEntries,
  listActivity as listActivityRows,
  listEntries,
} from './audit.repository.ts'
import { type AuditQuery, viewActivity, viewEntry, viewHead } from './audit.schema.ts'
import { findHead, readBacklog } from './chain.repository.ts'

export type AuditDeps = { db: Db }

/** @throws 403 for who may not read the log */
export const listAudit = async ({ db }: AuditDeps, actor: Actor, query: AuditQuery) => {
  requireGrant(actor, 'audit:read')
  const { limit, cursor, total: wantsTotal, keyId: apiKeyId, ...others } = query
  const filter = { ...others, apiKeyId }
  const rows = await listEntries(db, filter, decodeCursor(cursor), limit)
  const total = wantsTotal ? await countEntries(db, filter) : undefined
  return pageOf(rows, limit, viewEntry, total)
}

export const showHead = async ({ db }: AuditDeps, actor: Actor) => {
  requireGrant(actor, 'audit:read')
  return viewHead(await findHead(db), (await readBacklog(db)).waiting)
}

/** What the actor did himself or by a key, and what was done to his account. */
export const listActivity = async ({ db }: AuditDeps, { userId }: SessionActor, query: PageRequest) => {
  const rows = await listActivityRows(db, userId, decodeCursor(query.cursor), query.limit)
  const total = query.total ? await countActivity(db, userId) : undefined
  return pageOf(rows, query.limit, viewActivity(userId), total)
}
