import { bigint, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytesColumn, createdAtColumn, instant } from '../../../platform/database/columns.ts'

/** The secret that a user's app and Backlot share, for codes by time. */
export const totpFactors = pgTable('totp_factors', {
  userId: uuid('user_id').primaryKey(),
  sealedSecret: bytesColumn('sealed_secret').notNull(),
  createdAt: createdAtColumn(),
  /** Null until the user has shown a code: only then it is asked for. */
  confirmedAt: instant('confirmed_at'),
  /** The newest step of which a code was used. It and all before it are used up. */
  lastStep: bigint('last_step', { mode: 'number' }),
})

export type TotpFactorRow = typeof totpFactors.$inferSelect

/** What helps whoever has lost the app, each once. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    userId: uuid('user_id').notNull(),
    codeHash: text('code_hash').notNull(),
    usedAt: instant('used_at'),
  },
  (code) => [primaryKey({ columns: [code.userId, code.codeHash] })],
)
