import type { Tx } from '../../../platform/database/database.ts'
import { recordAct, userTarget } from '../../audit/record-act.ts'
import type { User } from '../../users/users.service.ts'
import { hasSecondFactor } from '../second-factor/check-second-factor.ts'
import { type Challenge, challenge } from '../second-factor/finish-login.ts'
import { type Client, type OpenedSession, openSession } from '../sessions.ts'

/** Signs a user in whom the transaction has locked, or asks for his second factor where one is set. */
export const openSessionOrAsk = async (
  tx: Tx,
  user: User,
  client: Client,
): Promise<OpenedSession | Challenge> => {
  const isChallenged = await hasSecondFactor(tx, user.id)
  await recordAct(tx, {
    action: isChallenged ? 'auth:challenge' : 'auth:sign-in',
    target: userTarget(user.id),
    details: { method: 'provider' },
    by: { kind: 'user', userId: user.id },
  })
  return isChallenged ? challenge(tx, user.id) : openSession(tx, user, client)
}
