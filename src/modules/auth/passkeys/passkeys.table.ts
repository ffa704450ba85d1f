import { bigint, boolean, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { bytesColumn, createdAtColumn, idColumn, instant } from '../../../platform/database/columns.ts'

/** What is kept of a passkey (WebAuthn level 3, 4, "credential record"): nothing of it opens anything. */
export const passkeys = pgTable(
  'passkeys',
  {
    id: idColumn(),
    userId: uuid('user_id').notNull(),
    /** What the authenticator calls it, in base64url. */
    credentialId: text('credential_id').notNull(),
    /** A COSE_Key (RFC 9052, 7). */
    publicKey: bytesColumn('public_key').notNull(),
    /** How often it was used, as the authenticator counts; 0 for one that does not count. */
    signCount: bigint('sign_count', { mode: 'number' }).notNull(),
    /** How the browser reaches the authenticator, as it told: hints for the next time. */
    transports: text('transports').array().notNull(),
    /** Whether it may be copied to other devices of its owner. It never changes. */
    backupEligible: boolean('backup_eligible').notNull(),
    backedUp: boolean('backed_up').notNull(),
    name: text('name').notNull(),
    createdAt: createdAtColumn(),
    lastUsedAt: instant('last_used_at'),
  },
  (passkey) => [
    uniqueIndex('passkeys_credential').on(passkey.credentialId),
    index('passkeys_user').on(passkey.userId, passkey.id),
  ],
)

export type PasskeyRow = typeof passkeys.$inferSelect
