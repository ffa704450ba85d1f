import { sql } from 'drizzle-orm'
import { check, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant, updatedAtColumn } from '../../platform/database/columns.ts'
import { roles } from '../auth/permissions.ts'

/**
 * An address belongs to the one account that has confirmed it. Any number of accounts may name an address that they have
 * not confirmed, so that a sign-up never has to say whether an account exists.
 */
export const users = pgTable(
  'users',
  {
    id: idColumn(),
    /** In lower case. */
    email: text('email').notNull(),
    name: text('name'),
    role: text('role', { enum: roles }).notNull().default('user'),
    emailVerifiedAt: instant('email_verified_at'),
    disabledAt: instant('disabled_at'),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
  },
  (user) => [
    check('users_role_known', sql`${user.role} in ('viewer', 'user', 'manager', 'admin')`),
    check('users_email_lower', sql`${user.email} = lower(${user.email})`),
    uniqueIndex('users_verified_email').on(user.email).where(sql`${user.emailVerifiedAt} is not null`),
    index('users_email').on(user.email, user.id),
    index('users_role').on(user.role, user.id),
    // Whoever has no name stands before all who have one.
    index('users_name').on(sql`coalesce(${user.name}, '')`, user.id),
    // Of trigrams (pg_trgm), by which any part of an address or a name is found.
    index('users_search').using('gin', user.email.op('gin_trgm_ops'), user.name.op('gin_trgm_ops')),
    index('users_disabled').on(user.id).where(sql`${user.disabledAt} is not null`),
  ],
)

export type UserRow = typeof users.$inferSelect
