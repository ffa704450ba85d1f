import { timingSafeEqual } from 'node:crypto'
import { takeAttempt } from '../../platform/attempt-limit.ts'
import type { Db, Executor, Tx } from '../../platform/database/database.ts'
import { invalidField } from '../../platform/errors.ts'
import { findUserToSignIn, type User } from '../users/users.service.ts'
import type { AuthLimits } from './auth-limits.ts'
import { findHashOfAddress, findPassword, findUserIdsByHash, putPassword } from './credentials.repository.ts'
import { type PasswordHashing, saltOfHash } from './password-hash.ts'
import { requireGoodPassword } from './password-rules.ts'
import type { SessionActor } from './permissions.ts'

export type PasswordDeps = { db: Db; passwords: PasswordHashing }
export type ConfirmPasswordDeps = PasswordDeps & { limits: Pick<AuthLimits, 'passwordBySession'> }

/**
 * All accounts of one address share a salt, so that one hash says which of them a password opens, however many there are,
 * and an address without account costs exactly as much as any other. The salt of the first account is derived from a key
 * and read back from its hash ever after: passwords outlive the key.
 */
const hashForAddress = async (
  { db, passwords }: PasswordDeps,
  email: string,
  password: string,
  signal: AbortSignal,
): Promise<string> => {
  const stored = await findHashOfAddress(db, email)
  const salt = stored === undefined ? passwords.newSaltOf(email) : saltOfHash(stored)
  return passwords.hash(password, salt, signal)
}

/**
 * The account that address and password open, disabled ones included, with the hash that matched. Takes the same time whether
 * there is one or not.
 */
export const findUserByPassword = async (
  deps: PasswordDeps,
  email: string,
  password: string,
  signal: AbortSignal,
): Promise<{ user: User; passwordHash: string } | undefined> => {
  const passwordHash = await hashForAddress(deps, email, password, signal)
  const user = await findUserToSignIn(deps.db, await findUserIdsByHash(deps.db, email, passwordHash))
  return user && { user, passwordHash }
}

/**
 * @param field where the password stands in the request
 * @throws 422 for a password that is too easy to guess
 */
export const hashNewPassword = (
  deps: PasswordDeps,
  owner: { email: string; name: string | null },
  password: string,
  field: string,
  signal: AbortSignal,
): Promise<string> => {
  requireGoodPassword(password, owner, field)
  return hashForAddress(deps, owner.email, password, signal)
}

/** Who came in by a provider, or has not taken up his invitation, has none. */
export const hasPassword = async (executor: Executor, userId: string): Promise<boolean> =>
  (await findPassword(executor, userId)) !== undefined

/** Sets the password of a user, whether he had one or not. */
export const storePassword = (
  tx: Tx,
  { id, email }: { id: string; email: string },
  passwordHash: string,
): Promise<void> => putPassword(tx, { userId: id, email, passwordHash })

/**
 * Makes sure that whoever holds the session also knows the password.
 * @returns the stored hash that it matched
 * @throws 422 for a wrong one, 429 for too many of them in one session
 */
export const confirmPassword = async (
  deps: ConfirmPasswordDeps,
  actor: SessionActor,
  password: string,
  field: string,
  signal: AbortSignal,
): Promise<{ email: string; passwordHash: string }> => {
  const giveBack = await takeAttempt([deps.limits.passwordBySession, actor.sessionId])
  const known = await requirePassword(deps, actor.userId, password, field, signal)
  giveBack()
  return known
}

/**
 * Whoever calls it bounds the guesses.
 * @returns the stored hash that the password matched
 * @throws 422 for a wrong one
 */
export const requirePassword = async (
  { db, passwords }: PasswordDeps,
  userId: string,
  password: string,
  field: string,
  signal: AbortSignal,
): Promise<{ email: string; passwordHash: string }> => {
  const known = await findPassword(db, userId)
  if (known === undefined) throw invalidField(field, 'no_password', 'This account has no password yet.')
  const given = await passwords.hash(password, saltOfHash(known.passwordHash), signal)
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(known.passwordHash))) {
    throw invalidField(field, 'wrong_password', 'This is not the password of the account.')
  }
  return known
}
