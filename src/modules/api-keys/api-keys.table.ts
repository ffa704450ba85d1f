import { sql } from 'drizzle-orm'
import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant } from '../../platform/database/columns.ts'
import { permissions } from '../auth/permissions.ts'

/** What programs act with in a user's name, within their scopes. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: idColumn(),
    userId: uuid('user_id').notNull(),
    name: text('name').notNull(),
    /** The part of the key that everybody may see. */
    prefix: text('prefix').notNull(),
    /** SHA-256 of the whole key. */
    secretHash: text('secret_hash').notNull(),
    /** Works too until `previousSecretUntil`, so that a program can change over. */
    previousSecretHash: text('previous_secret_hash'),
    previousSecretUntil: instant('previous_secret_until'),
    scopes: text('scopes', { enum: permissions }).array().notNull(),
    createdAt: createdAtColumn(),
    /** To the minute. */
    lastUsedAt: instant('last_used_at'),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
  },
  (key) => [
    uniqueIndex('api_keys_prefix').on(key.prefix),
    uniqueIndex('api_keys_secret').on(key.secretHash),
    uniqueIndex('api_keys_previous_secret').on(key.previousSecretHash),
    index('api_keys_user').on(key.userId, key.id),
    index('api_keys_end').on(sql`least(${key.expiresAt}, ${key.revokedAt})`),
  ],
)

export type ApiKeyRow = typeof apiKeys.$inferSelect
