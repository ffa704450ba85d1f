import type { Db } from '../../platform/database/database.ts'
import { forbidden } from '../../platform/errors.ts'
import type { Reauthenticate } from './auth.schema.ts'
import { type ConfirmPasswordDeps, confirmPassword } from './credentials.ts'
import type { SessionActor } from './permissions.ts'
import { isProvedWithin, noteProof } from './sessions.repository.ts'

export const proofGoodForMinutes = 10

/**
 * Lets nobody change how an account can be entered by no more than a session, which somebody else may hold: a device left
 * unlocked, a stolen token. Signing in is a proof too.
 * @throws 403 `REAUTHENTICATION_REQUIRED` when the last proof in this session is too long ago
 */
export const requireRecentProof = async ({ db }: { db: Db }, { sessionId }: SessionActor): Promise<void> => {
  if (await isProvedWithin(db, sessionId, proofGoodForMinutes)) return
  throw forbidden('Prove first that it is you, at auth/reauthenticate.', 'REAUTHENTICATION_REQUIRED')
}

/**
 * Notes that whoever holds the session has proved who he is.
 * @throws 422 for a wrong password, 429 for too many of them in one session
 */
export const reauthenticate = async (
  deps: ConfirmPasswordDeps,
  actor: SessionActor,
  { password }: Reauthenticate,
  signal: AbortSignal,
): Promise<void> => {
  await confirmPassword(deps, actor, password, 'password', signal)
  await noteProof(deps.db, actor.sessionId)
}
