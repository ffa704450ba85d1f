import { takeAttempt } from '../../platform/attempt-limit.ts'
import type { Db } from '../../platform/database/database.ts'
import { invalidField } from '../../platform/errors.ts'
import { addressKey } from '../../platform/http/pipeline.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { confirmAddress, findActiveUser, type User } from '../users/users.service.ts'
import { mailAccount } from './auth.jobs.ts'
import type { AuthLimits } from './auth-limits.ts'
import type { SessionActor } from './permissions.ts'
import { takeVerification } from './verifications.repository.ts'

/**
 * Makes the account that the token was mailed for the owner of its address.
 * @throws 422 for a token that does not work, 409 `EMAIL_TAKEN` when another account owns the address
 */
export const verifyEmail = ({ db }: { db: Db }, token: string): Promise<User> =>
  db.transaction(async (tx) => {
    const { userId } = (await takeVerification(tx, 'confirm-address', token)) ?? {}
    if (!userId) {
      throw invalidField('token', 'invalid_token', 'This link does not work any more. Ask for a new one.')
    }
    const by = { kind: 'user', userId } as const
    await recordAct(tx, { action: 'emails:confirm', target: userTarget(userId), by })
    return confirmAddress(tx, userId)
  })

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
