import type { Tx } from '../../platform/database/database.ts'
import { conflict } from '../../platform/errors.ts'
import { findPassword } from './credentials.repository.ts'
import { listIdentities } from './oauth/identities.repository.ts'
import { countPasskeys } from './passkeys/passkeys.repository.ts'

/** How many ways a user has to sign in, each by itself enough. */
const countWaysIn = async (tx: Tx, userId: string): Promise<number> => {
  const password = (await findPassword(tx, userId)) === undefined ? 0 : 1
  const identities = await listIdentities(tx, userId)
  return password + identities.length + (await countPasskeys(tx, userId))
}

/**
 * Keeps a user from taking away the last of them.
 * @throws 409 `LAST_WAY_IN`
 */
export const requireWayIn = async (tx: Tx, userId: string): Promise<void> => {
  if ((await countWaysIn(tx, userId)) > 0) return
  throw conflict(
    'LAST_WAY_IN',
    'You could not sign in any more. Set a password or another way to sign in first.',
  )
}
