import type { Executor } from '../../platform/database/database.ts'
import { AppError, forbidden, invalidField, unauthorized } from '../../platform/errors.ts'
import type { RecordFailure } from '../audit/failure-recorder.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { lockActiveUser } from '../users/users.service.ts'
import type { Reauthenticate } from './auth.schema.ts'
import { type ConfirmPasswordDeps, confirmPassword } from './credentials.ts'
import type { SessionActor } from './permissions.ts'
import {
  countGuess,
  hasSecondFactor,
  type SecondFactorDeps,
  takeSecondFactor,
} from './second-factor/check-second-factor.ts'
import type { SecondFactor } from './second-factor/second-factor.schema.ts'
import { isProvedWithin, noteProof } from './sessions.repository.ts'

export const proofGoodForMinutes = 10

/**
 * Lets nobody change how an account can be entered by no more than a session, which somebody else may hold: a device left
 * unlocked, a stolen token. Signing in is a proof too.
 * @throws 403 `REAUTHENTICATION_REQUIRED` when the last proof in this session is too long ago
 */
export const requireRecentProof = async (
  { db }: { db: Executor },
  { sessionId }: SessionActor,
): Promise<void> => {
  if (await isProvedWithin(db, sessionId, proofGoodForMinutes)) return
  throw forbidden('Prove first that it is you, at auth/reauthenticate.', 'REAUTHENTICATION_REQUIRED')
}

/**
 * Notes that whoever holds the session has proved who he is: by his second factor where he has one, else by his password.
 * @throws 422 for a wrong proof, 429 for too many of them
 */
export const reauthenticate = async (
  deps: ConfirmPasswordDeps & SecondFactorDeps & { recordFailure: RecordFailure },
  actor: SessionActor,
  { password, code, recoveryCode }: Reauthenticate,
  signal: AbortSignal,
): Promise<void> => {
  const act = { action: 'auth:reauthenticate', target: userTarget(actor.userId) } as const
  try {
    if (password === undefined) await confirmSecondFactor(deps, actor, { code, recoveryCode })
    else {
      await requireNoSecondFactor(deps.db, actor)
      await confirmPassword(deps, actor, password, 'password', signal)
    }
  } catch (error) {
    if (error instanceof AppError && error.status === 422) await deps.recordFailure(deps.db, act)
    throw error
  }
  await deps.db.transaction(async (tx) => {
    if ((await lockActiveUser(tx, actor.userId)) === undefined) throw unauthorized()
    // It may have been set while the password was hashed, and voided all proofs.
    if (password !== undefined) await requireNoSecondFactor(tx, actor)
    await noteProof(tx, actor.sessionId)
    await recordAct(tx, act)
  })
}

const requireNoSecondFactor = async (executor: Executor, { userId }: SessionActor): Promise<void> => {
  if (!(await hasSecondFactor(executor, userId))) return
  throw invalidField('password', 'code_needed', 'Give a code of your second factor.')
}

const confirmSecondFactor = async (
  deps: SecondFactorDeps,
  { userId }: SessionActor,
  given: SecondFactor,
): Promise<void> => {
  const giveBack = await countGuess(deps, userId)
  if (!(await takeSecondFactor(deps, deps.db, userId, given))) {
    const field = given.code === undefined ? 'recoveryCode' : 'code'
    throw invalidField(field, 'wrong_code', 'This code is wrong, or was used before.')
  }
  giveBack()
}
