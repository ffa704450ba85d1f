import { takeAttempt } from '../../platform/attempt-limit.ts'
import type { Cache } from '../../platform/cache/cache.ts'
import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { invalidField } from '../../platform/errors.ts'
import { addressKey } from '../../platform/http/pipeline.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { confirmAddress, findActiveUser, findOwnerOfAddress, lockActiveUser } from '../users/users.service.ts'
import { mailAccount } from './auth.jobs.ts'
import type { ResetPassword } from './auth.schema.ts'
import type { AuthLimits } from './auth-limits.ts'
import { clearAccount } from './clear-account.ts'
import { hashNewPassword, type PasswordDeps, storePassword } from './credentials.ts'
import { endSessionsOf } from './sessions.ts'
import { findVerification, takeVerification } from './verifications.repository.ts'

/**
 * Mails links for choosing a new password, if the address has an account. Whether it has is only looked up by the job that
 * mails: answer and time are the same.
 */
export const forgotPassword = async (
  { db, limits }: { db: Db; limits: AuthLimits },
  email: string,
  address: string,
): Promise<void> => {
  await takeAttempt([limits.mailByAddress, addressKey(address)])
  if ((await limits.resetByMailbox.take(email)) > 0) return
  await db.transaction((tx) => mailAccount(tx, { template: 'reset-password', email }))
}

const refused = () =>
  invalidField('token', 'invalid_token', 'This link does not work any more. Ask for a new one.')

/**
 * Sets the password of whoever holds a link that was mailed to him, and ends all his sessions. The link also proves that the
 * mailbox is his, so the account becomes the owner of the address unless another one is. One that was not confirmed before may
 * be somebody else's work: nothing else opens it any more.
 * @throws 422 for a token that does not work, or a password that is too easy to guess
 */
export const resetPassword = async (
  deps: PasswordDeps & { cache: Cache },
  { token, password }: ResetPassword,
  signal: AbortSignal,
): Promise<void> => {
  const { userId } = (await findVerification(deps.db, 'reset-password', token)) ?? {}
  const user = userId && (await findActiveUser(deps.db, userId))
  if (!user) throw refused()
  const passwordHash = await hashNewPassword(deps, user, password, 'password', signal)
  const reset = async (tx: Tx) => {
    const active = await lockActiveUser(tx, user.id)
    const taken = await takeVerification(tx, 'reset-password', token)
    if (active === undefined || taken === undefined) throw refused()
    // Whoever signed up with somebody else's address must not keep a way into what is that person's from now on.
    const details = active.emailVerifiedAt === null ? await clearAccount(tx, user.id) : {}
    await storePassword(tx, user, passwordHash)
    if ((await findOwnerOfAddress(tx, user.email)) === undefined) await confirmAddress(tx, user.id)
    await endSessionsOf(tx, user.id)
    const by = { kind: 'user', userId: user.id } as const
    await recordAct(tx, { action: 'passwords:reset', target: userTarget(user.id), details, by })
    await mailAccount(tx, { template: 'password-changed', userId: user.id })
  }
  await invalidateAfter(
    () => deps.db.transaction(reset),
    () => deps.cache.invalidate(`user:${user.id}`),
  )
}
