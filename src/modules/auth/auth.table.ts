import { index, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant, updatedAtColumn } from '../../platform/database/columns.ts'

/** How a user can prove who he is. */
export const accounts = pgTable(
  'accounts',
  {
    id: idColumn(),
    userId: uuid('user_id').notNull(),
    provider: text('provider', { enum: ['credential'] }).notNull(),
    /** Who the user is to the provider: for a password, the e-mail address. */
    accountId: text('account_id').notNull(),
    passwordHash: text('password_hash').notNull(),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
  },
  (account) => [
    unique('accounts_one_per_provider').on(account.userId, account.provider),
    index('accounts_sign_in').on(account.provider, account.accountId, account.passwordHash),
  ],
)

/** One sign-in on one device: a family of refresh tokens and, for browsers, a cookie. Ending a session deletes it. */
export const sessions = pgTable(
  'sessions',
  {
    id: idColumn(),
    userId: uuid('user_id').notNull(),
    /** SHA-256 of the cookie's value. */
    tokenHash: text('token_hash').notNull(),
    device: text('device'),
    /** Without the part that tells one household from the next. */
    address: text('address').notNull(),
    createdAt: createdAtColumn(),
    lastUsedAt: instant('last_used_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    /** When the user last proved in this session who he is. Null in those from before this was noted. */
    provedAt: instant('proved_at'),
  },
  (session) => [
    uniqueIndex('sessions_token').on(session.tokenHash),
    index('sessions_user').on(session.userId, session.id),
    index('sessions_expiry').on(session.expiresAt),
  ],
)

export type SessionRow = typeof sessions.$inferSelect

/** The refresh tokens of a session: one that can be used, and used ones, kept to notice that one is used again. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    tokenHash: text('token_hash').primaryKey(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    createdAt: createdAtColumn(),
    usedAt: instant('used_at'),
    expiresAt: instant('expires_at').notNull(),
  },
  (token) => [
    index('refresh_tokens_session').on(token.sessionId),
    index('refresh_tokens_expiry').on(token.expiresAt),
  ],
)

export const verificationPurposes = [
  'confirm-address',
  'reset-password',
  'first-admin',
  'second-factor',
  'add-passkey',
  'passkey-sign-in',
  'passkey-proof',
  'oauth-state',
  'oauth-code',
] as const
export type VerificationPurpose = (typeof verificationPurposes)[number]

/** Tokens that work once, for whoever reads a mailbox or the server's output, or has shown a password. */
export const verifications = pgTable(
  'verifications',
  {
    id: idColumn(),
    purpose: text('purpose', { enum: verificationPurposes }).notNull(),
    tokenHash: text('token_hash').notNull(),
    /** Null for the token that makes the first admin. */
    userId: uuid('user_id'),
    createdAt: createdAtColumn(),
    expiresAt: instant('expires_at').notNull(),
    /** A used token stays until it expires, so that a mail that is sent twice does not make it work twice. */
    usedAt: instant('used_at'),
  },
  (verification) => [
    uniqueIndex('verifications_token').on(verification.tokenHash),
    index('verifications_user').on(verification.userId, verification.purpose),
    index('verifications_expiry').on(verification.expiresAt),
  ],
)
