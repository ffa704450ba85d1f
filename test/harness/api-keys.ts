import { newApiKey, newKeyPrefix } from '../../src/modules/api-keys/api-key.ts'
import { insertKey } from '../../src/modules/api-keys/api-keys.repository.ts'
import { hashToken } from '../../src/modules/auth/auth-keys.ts'
import type { Permission } from '../../src/modules/auth/permissions.ts'
import type { Db } from '../../src/platform/database/database.ts'

/** A key of a user, stored without asking whether he may have it. */
export const newKeyOf = async (
  db: Db,
  userId: string,
  scopes: Permission[],
  { expiresAt = null }: { expiresAt?: Date | null } = {},
) => {
  const prefix = newKeyPrefix()
  const text = newApiKey(prefix)
  const stored = { userId, name: 'a test', prefix, secretHash: hashToken(text), scopes, expiresAt }
  const { id } = await db.transaction((tx) => insertKey(tx, stored))
  return { id, prefix, text }
}
