import { takeAttempt } from '../../../platform/attempt-limit.ts'
import { openText } from '../../../platform/config/sealed-text.ts'
import type { Db, Executor } from '../../../platform/database/database.ts'
import type { AuthKeys } from '../auth-keys.ts'
import type { AuthLimits } from '../auth-limits.ts'
import { hashRecoveryCode } from './recovery-codes.ts'
import { findFactor, takeRecoveryCode, takeStep } from './second-factor.repository.ts'
import type { SecondFactor } from './second-factor.schema.ts'
import type { TotpFactorRow } from './second-factor.table.ts'
import { matchingStep } from './totp.ts'

export type SecondFactorDeps = {
  db: Db
  keys: Pick<AuthKeys, 'totpSecret'>
  limits: Pick<AuthLimits, 'codeByUser'>
}

/** Whether signing in takes more than the password. */
export const hasSecondFactor = async (executor: Executor, userId: string): Promise<boolean> => {
  const factor = await findFactor(executor, userId)
  return factor !== undefined && factor.confirmedAt !== null
}

export const openSecret = (
  keys: SecondFactorDeps['keys'],
  { userId, sealedSecret }: TotpFactorRow,
): Uint8Array => Buffer.from(openText(keys.totpSecret, sealedSecret, userId), 'base64url')

/** Uses a code of the app or a recovery code. False for a wrong one, and for one that was used before. */
export const takeSecondFactor = async (
  { keys }: Pick<SecondFactorDeps, 'keys'>,
  executor: Executor,
  userId: string,
  { code, recoveryCode }: SecondFactor,
): Promise<boolean> => {
  if (recoveryCode !== undefined) return takeRecoveryCode(executor, userId, hashRecoveryCode(recoveryCode))
  const factor = code === undefined ? undefined : await findFactor(executor, userId)
  if (code === undefined || factor === undefined) return false
  const step = matchingStep(openSecret(keys, factor), code, new Date())
  return step !== undefined && takeStep(executor, userId, step)
}

/**
 * Counts a guess at a user's code. Only who has his password or session comes this far, so counting by user locks out
 * nobody else.
 * @returns the function that takes it back, for a right one
 * @throws 429
 */
export const countGuess = ({ limits }: Pick<SecondFactorDeps, 'limits'>, userId: string) =>
  takeAttempt([limits.codeByUser, userId])
