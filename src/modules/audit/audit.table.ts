import { sql } from 'drizzle-orm'
import { bigint, check, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytesColumn, idColumn, instant } from '../../platform/database/columns.ts'

export const actorKinds = ['user', 'api-key', 'anonymous', 'operator', 'system'] as const
export type ActorKind = (typeof actorKinds)[number]

export const outcomes = ['success', 'failure'] as const
export type Outcome = (typeof outcomes)[number]

/**
 * Who did what to what, when and from where. Rows are only ever added: a trigger refuses anything else. They name things and people
 * by id alone, without foreign keys, since they outlive them.
 */
export const auditLog = pgTable(
  'audit_log',
  {
    id: idColumn(),
    at: instant('at').notNull().defaultNow(),
    actorKind: text('actor_kind', { enum: actorKinds }).notNull(),
    /** The user, also where a key of his acted. */
    actorId: uuid('actor_id'),
    apiKeyId: uuid('api_key_id'),
    action: text('action').notNull(),
    targetType: text('target_type'),
    targetId: text('target_id'),
    outcome: text('outcome', { enum: outcomes }).notNull(),
    ip: text('ip'),
    userAgent: text('user_agent'),
    requestId: text('request_id'),
    details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
  },
  (entry) => [
    check(
      'audit_log_kind_known',
      sql`${entry.actorKind} in ('user', 'api-key', 'anonymous', 'operator', 'system')`,
    ),
    check('audit_log_outcome_known', sql`${entry.outcome} in ('success', 'failure')`),
    check('audit_log_bounded', sql`octet_length(${entry.details}::text) <= 8192`),
    index('audit_log_actor').on(entry.actorId, entry.id),
    index('audit_log_target').on(entry.targetId, entry.id),
    index('audit_log_action').on(entry.action, entry.id),
    index('audit_log_ip').on(entry.ip, entry.id),
  ],
)

export type AuditRow = typeof auditLog.$inferSelect

/** Entries that no seal covers yet. A trigger writes them beside each entry. */
export const auditUnsealed = pgTable('audit_unsealed', {
  entryId: uuid('entry_id').primaryKey(),
  at: instant('at').notNull().defaultNow(),
})

/** The chain: each seal covers one entry and all seals before it. Only ever added to, without gaps. */
export const auditSeals = pgTable('audit_seals', {
  seq: bigint('seq', { mode: 'number' }).primaryKey(),
  entryId: uuid('entry_id').notNull().unique(),
  /** SHA-256 over the hash before, `seq` and the entry. */
  hash: bytesColumn('hash').notNull(),
  /** HMAC-SHA256 over the hash: made by who has `SECRET_KEY`. */
  mac: bytesColumn('mac').notNull(),
  sealedAt: instant('sealed_at').notNull().defaultNow(),
})

/** Up to which seal entries were removed because they were old, and where the chain goes on. Only ever added to. */
export const auditCheckpoints = pgTable('audit_checkpoints', {
  seq: bigint('seq', { mode: 'number' }).primaryKey(),
  hash: bytesColumn('hash').notNull(),
  mac: bytesColumn('mac').notNull(),
  madeAt: instant('made_at').notNull().defaultNow(),
})
