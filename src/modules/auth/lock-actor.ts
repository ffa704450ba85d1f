import type { Tx } from '../../platform/database/database.ts'
import { unauthorized } from '../../platform/errors.ts'
import { isKeyWorking } from '../api-keys/key-state.ts'
import { lockActiveUser } from '../users/users.service.ts'
import type { Actor } from './permissions.ts'
import { findSession } from './sessions.repository.ts'

/**
 * For what stays with whoever makes it when his session or key has ended. Whoever takes an account over ends and deletes all under the lock
 * on its user: this waits for that, and then asks whether the actor may still come in. Nobody else makes such things for the user
 * until the transaction ends.
 * @throws 401
 */
export const lockActor = async (tx: Tx, actor: Actor): Promise<void> => {
  const user = await lockActiveUser(tx, actor.userId)
  const comesIn =
    'keyId' in actor
      ? await isKeyWorking(tx, actor)
      : (await findSession(tx, actor.sessionId))?.userId === actor.userId
  if (user === undefined || !comesIn) throw unauthorized()
}
