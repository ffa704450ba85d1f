import { takeAttempt } from '../../platform/attempt-limit.ts'
import type { Db } from '../../platform/database/database.ts'
import { invalidField } from '../../platform/errors.ts'
import { addressKey } from '../../platform/http/pipeline.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { confirmAddress, findActiveUser, type User } from '../users/users.service.ts'
import { mailAccount } from './auth.jobs.ts'
import type { VerifyEmail } from './auth.schema.ts'
import { type AuthLimits, guessLimits } from './auth-limits.ts'
import { type PasswordDeps, requirePassword } from './credentials.ts'
import type { Actor, SessionActor } from './permissions.ts'
import { findVerification, takeVerification } from './verifications.repository.ts'

/**
 * Makes the account that the token was mailed for the owner of its address. The token shows who reads the mail, which says nothing
 * of who made the account: a stranger's password and sessions would stay in it. So it takes a session of the account too, or its
 * password.
 * @param by who asks, if he says so
 * @throws 422 for a token that does not work, and without session for a missing or wrong password; 409 `EMAIL_TAKEN` when another
 * account owns the address; 429 for too many wrong passwords from one network address
 */
export const verifyEmail = async (
  deps: PasswordDeps & { limits: AuthLimits },
  { token, password }: VerifyEmail,
  by: { actor?: Actor | undefined; address: string },
  signal: AbortSignal,
): Promise<User> => {
  const { userId } = (await findVerification(deps.db, 'confirm-address', token)) ?? {}
  const user = userId && (await findActiveUser(deps.db, userId))
  if (!user) throw refused()
  const hasSession = by.actor !== undefined && 'sessionId' in by.actor && by.actor.userId === user.id
  if (!hasSession) await requirePasswordOf(deps, user, password, by.address, signal)
  return deps.db.transaction(async (tx) => {
    if ((await takeVerification(tx, 'confirm-address', token)) === undefined) throw refused()
    const target = userTarget(user.id)
    await recordAct(tx, { action: 'emails:confirm', target, by: { kind: 'user', userId: user.id } })
    return confirmAddress(tx, user.id)
  })
}

const refused = () =>
  invalidField('token', 'invalid_token', 'This link does not work any more. Ask for a new one.')

const requirePasswordOf = async (
  deps: PasswordDeps & { limits: AuthLimits },
  { id, email }: User,
  password: string | undefined,
  address: string,
  signal: AbortSignal,
): Promise<void> => {
  if (password === undefined) {
    const message =
      'Give the password of this account, or confirm in a session of it. If you did not make it, choose a new password by mail.'
    throw invalidField('password', 'required', message)
  }
  const { limits } = deps
  const from = addressKey(address)
  await limits.passwordsInHand.during(from, async () => {
    const giveBack = await takeAttempt(...guessLimits(limits, address, email), [
      limits.passwordByAddress,
      from,
    ])
    await requirePassword(deps, id, password, 'password', signal)
    giveBack()
  })
}

/** Mails the link again, unless the address is confirmed or its mailbox has had enough mail for now. */
export const resendVerification = async (
  { db, limits }: { db: Db; limits: AuthLimits },
  actor: SessionActor,
  address: string,
): Promise<void> => {
  await takeAttempt([limits.mailByAddress, addressKey(address)])
  const user = await findActiveUser(db, actor.userId)
  if (user === undefined || user.emailVerifiedAt !== null) return
  if ((await limits.confirmationByMailbox.take(user.email)) > 0) return
  await db.transaction((tx) => mailAccount(tx, { template: 'confirm-address', userId: user.id }))
}
