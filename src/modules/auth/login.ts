import { takeAttempt } from '../../platform/attempt-limit.ts'
import type { Db } from '../../platform/database/database.ts'
import { forbidden, unauthorized } from '../../platform/errors.ts'
import { addressKey } from '../../platform/http/pipeline.ts'
import type { RecordFailure } from '../audit/failure-recorder.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { findOwnerOfAddress, lockActiveUser } from '../users/users.service.ts'
import type { Login } from './auth.schema.ts'
import { type AuthLimits, guessLimits } from './auth-limits.ts'
import { findPassword } from './credentials.repository.ts'
import { findUserByPassword, type PasswordDeps } from './credentials.ts'
import { hasSecondFactor } from './second-factor/check-second-factor.ts'
import { type Challenge, challenge } from './second-factor/finish-login.ts'
import { type Client, type OpenedSession, openSession } from './sessions.ts'

/**
 * Signs in, or begins to where a second factor is set: `finishLogin` ends that.
 * @throws 401 `INVALID_CREDENTIALS`, the same for an unknown address and a wrong password; 403 `ACCOUNT_DISABLED` for who
 * knows the password of a disabled account; 429 for who tries too often from one network address
 */
export const login = async (
  deps: PasswordDeps & { limits: AuthLimits; recordFailure: RecordFailure },
  { email, password }: Login,
  client: Client,
  signal: AbortSignal,
): Promise<OpenedSession | Challenge> => {
  const from = addressKey(client.address)
  const found = await deps.limits.passwordsInHand.during(from, async () => {
    const giveBack = await takeAttempt(...guessLimits(deps.limits, client.address, email), [
      deps.limits.passwordByAddress,
      from,
    ])
    const match = await findUserByPassword(deps, email, password, signal)
    if (match !== undefined) giveBack()
    return match
  })
  if (found === undefined) {
    await recordWrongPassword(deps, email)
    throw wrongCredentials()
  }
  const opened = await deps.db.transaction(async (tx) => {
    const user = await lockActiveUser(tx, found.user.id)
    if (user === undefined) return undefined
    // It may have been changed since, which ended all sessions.
    if ((await findPassword(tx, user.id))?.passwordHash !== found.passwordHash) throw wrongCredentials()
    const isChallenged = await hasSecondFactor(tx, user.id)
    await recordAct(tx, {
      action: isChallenged ? 'auth:challenge' : 'auth:sign-in',
      target: userTarget(user.id),
      details: { method: 'password' },
      by: { kind: 'user', userId: user.id },
    })
    return isChallenged ? challenge(tx, user.id) : openSession(tx, user, client)
  })
  if (opened !== undefined) return opened
  await deps.recordFailure(deps.db, {
    action: 'auth:sign-in',
    target: userTarget(found.user.id),
    details: { method: 'password', reason: 'disabled' },
  })
  throw forbidden('This account is disabled.', 'ACCOUNT_DISABLED')
}

/** What was typed as the address is not kept: it is somebody's, and now and then it is a password. */
const recordWrongPassword = async (
  { db, recordFailure }: { db: Db; recordFailure: RecordFailure },
  email: string,
): Promise<void> => {
  const owner = await findOwnerOfAddress(db, email)
  await recordFailure(db, {
    action: 'auth:sign-in',
    target: owner && userTarget(owner.id),
    details: { method: 'password', reason: 'password' },
  })
}

const wrongCredentials = () => unauthorized('E-mail address or password is wrong.', 'INVALID_CREDENTIALS')
