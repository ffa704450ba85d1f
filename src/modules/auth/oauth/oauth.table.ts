import { pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant } from '../../../platform/database/columns.ts'

/**
 * Who a user is to a sign-in provider. An identity is issuer and subject, never an address: addresses change hands (OIDC Core, 5.7).
 */
export const identities = pgTable(
  'identities',
  {
    id: idColumn(),
    userId: uuid('user_id').notNull(),
    /** The provider's name in addresses. */
    provider: text('provider').notNull(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    /** The address that the provider named last, for showing which account of his it is. */
    email: text('email'),
    createdAt: createdAtColumn(),
    lastUsedAt: instant('last_used_at').notNull().defaultNow(),
  },
  (identity) => [
    uniqueIndex('identities_subject').on(identity.issuer, identity.subject),
    uniqueIndex('identities_user_issuer').on(identity.userId, identity.issuer),
  ],
)

/** Providers that a user has taken away from his account: only by hand do they come back to it. */
export const unlinkedIssuers = pgTable(
  'unlinked_issuers',
  {
    userId: uuid('user_id').notNull(),
    issuer: text('issuer').notNull(),
    createdAt: createdAtColumn(),
  },
  (unlinked) => [primaryKey({ columns: [unlinked.userId, unlinked.issuer] })],
)

export type IdentityRow = typeof identities.$inferSelect
