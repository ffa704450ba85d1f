import type { Tx } from '../../../platform/database/database.ts'
import { AppError, forbidden, unauthorized } from '../../../platform/errors.ts'
import type { RecordFailure } from '../../audit/failure-recorder.ts'
import { recordAct, userTarget } from '../../audit/record-act.ts'
import { lockActiveUser } from '../../users/users.service.ts'
import { randomToken } from '../auth-keys.ts'
import { type Client, type OpenedSession, openSession } from '../sessions.ts'
import { findVerification, insertVerification, takeVerification } from '../verifications.repository.ts'
import { countGuess, type SecondFactorDeps, takeSecondFactor } from './check-second-factor.ts'
import type { LoginTotp } from './second-factor.schema.ts'

/** What a right password gives where a second factor is set: no session, but a token that lets a code finish the sign-in. */
export type Challenge = { challengeToken: string; expiresInSeconds: number }

const challengeMinutes = 5

export const challenge = async (tx: Tx, userId: string): Promise<Challenge> => {
  const token = randomToken()
  await insertVerification(tx, { purpose: 'second-factor', token, userId, validMinutes: challengeMinutes })
  return { challengeToken: token, expiresInSeconds: challengeMinutes * 60 }
}

const challengeOver = () =>
  unauthorized('This took too long, or your password has changed. Sign in again.', 'CHALLENGE_INVALID')

const wrongCode = () => unauthorized('This code is wrong, or was used before.', 'INVALID_CODE')

/**
 * Signs in whoever showed the password and shows a code of the app or a recovery code now. A wrong code leaves the
 * challenge as it is.
 * @throws 401 `CHALLENGE_INVALID`, 401 `INVALID_CODE` for a wrong or used code, 403 `ACCOUNT_DISABLED`, 429
 */
export const finishLogin = async (
  deps: SecondFactorDeps & { recordFailure: RecordFailure },
  { challengeToken, code, recoveryCode }: LoginTotp,
  client: Client,
): Promise<OpenedSession> => {
  const { userId } = (await findVerification(deps.db, 'second-factor', challengeToken)) ?? {}
  if (!userId) throw challengeOver()
  const giveBack = await countGuess(deps, userId)
  const act = { action: 'auth:sign-in', target: userTarget(userId) } as const
  const method = code === undefined ? 'recovery code' : 'totp'
  const opened = await deps.db
    .transaction(async (tx) => {
      const user = await lockActiveUser(tx, userId)
      if (user === undefined) throw forbidden('This account is disabled.', 'ACCOUNT_DISABLED')
      if ((await takeVerification(tx, 'second-factor', challengeToken)) === undefined) throw challengeOver()
      if (!(await takeSecondFactor(deps, tx, userId, { code, recoveryCode }))) throw wrongCode()
      await recordAct(tx, { ...act, details: { method }, by: { kind: 'user', userId } })
      return openSession(tx, user, client)
    })
    .catch(async (error: unknown) => {
      if (error instanceof AppError && error.code === 'INVALID_CODE')
        await deps.recordFailure(deps.db, { ...act, details: { method, reason: 'code' } })
      throw error
    })
  giveBack()
  return opened
}
