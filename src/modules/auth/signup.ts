import { takeAttempt } from '../../platform/attempt-limit.ts'
import { forbidden } from '../../platform/errors.ts'
import { addressKey } from '../../platform/http/pipeline.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { addUser } from '../users/users.service.ts'
import { mailAccount } from './auth.jobs.ts'
import type { Signup } from './auth.schema.ts'
import { type AuthLimits, guessLimits } from './auth-limits.ts'
import { hashNewPassword, type PasswordDeps, storePassword } from './credentials.ts'
import { type Client, type OpenedSession, openSession } from './sessions.ts'

/**
 * For every way in by which people make accounts themselves.
 * @throws 403 `SIGNUPS_CLOSED`
 */
export const requireOpenSignups = ({ isSignupOpen }: { isSignupOpen: () => boolean }): void => {
  if (!isSignupOpen()) throw forbidden('Accounts are made by admins here.', 'SIGNUPS_CLOSED')
}

/**
 * Makes an account and signs in to it. The account is a new one even when others name the same e-mail address: to whom an
 * address belongs is decided by mail, not by who comes first, so nothing here tells whether it was known.
 * @throws 403 `SIGNUPS_CLOSED`, 422 for a password that is too easy to guess, 429
 */
export const signup = async (
  deps: PasswordDeps & { limits: AuthLimits; isSignupOpen: () => boolean },
  { email, password, name }: Signup,
  client: Client,
  signal: AbortSignal,
): Promise<OpenedSession> => {
  requireOpenSignups(deps)
  const owner = { email, name: name ?? null }
  const { limits } = deps
  const from = addressKey(client.address)
  const passwordHash = await limits.passwordsInHand.during(from, async () => {
    // Counted with wrong passwords: else whoever guesses could sign up with each guess and then sign in with it.
    await takeAttempt(...guessLimits(limits, client.address, email), [limits.signupByAddress, from])
    return hashNewPassword(deps, owner, password, 'password', signal)
  })
  const mayMail = (await limits.confirmationByMailbox.take(email)) === 0
  return deps.db.transaction(async (tx) => {
    const user = await addUser(tx, { ...owner, role: 'user', emailVerifiedAt: null })
    await storePassword(tx, user, passwordHash)
    if (mayMail) await mailAccount(tx, { template: 'confirm-address', userId: user.id })
    const by = { kind: 'user', userId: user.id } as const
    await recordAct(tx, { action: 'auth:sign-up', target: userTarget(user.id), by })
    return openSession(tx, user, client)
  })
}
