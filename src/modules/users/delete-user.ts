import type { Cache } from '../../platform/cache/cache.ts'
import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { invalidField, notFound } from '../../platform/errors.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { type ConfirmPasswordDeps, confirmPassword, hasPassword } from '../auth/credentials.ts'
import { type Actor, authorize, requireSession, type SessionActor } from '../auth/permissions.ts'
import { requireRecentProof } from '../auth/reauthenticate.ts'
import { lockGovernance } from './update-user.ts'
import { deleteUser as deleteUserRow } from './users.repository.ts'
import { authorsTag } from './users.service.ts'

export type DeleteUserDeps = ConfirmPasswordDeps & { db: Db; cache: Cache }

/**
 * Deletes a user; foreign keys take along all that is his. To delete oneself takes the password, or a recent proof of who has
 * none, so that a device left unlocked is not enough; an API key cannot.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 409 `LAST_ADMIN`, 422 for a wrong or missing password
 */
export const deleteUser = async (
  deps: DeleteUserDeps,
  actor: Actor,
  id: string,
  password: string | undefined,
  signal: AbortSignal,
): Promise<void> => {
  authorize(actor, 'users:delete', { name: 'user', ownerId: id })
  if (id === actor.userId) await requireOwnProof(deps, requireSession(actor), password, signal)
  const remove = async (tx: Tx) => {
    await lockGovernance(tx, actor, id, true)
    if (!(await deleteUserRow(tx, id))) throw notFound('user')
    await recordAct(tx, { action: 'users:delete', target: userTarget(id) })
  }
  await invalidateAfter(
    () => deps.db.transaction(remove),
    async () => {
      deps.cache.invalidate(`user:${id}`)
      await deps.cache.invalidateShared([authorsTag])
    },
  )
}

const requireOwnProof = async (
  deps: DeleteUserDeps,
  actor: SessionActor,
  password: string | undefined,
  signal: AbortSignal,
): Promise<void> => {
  if (password !== undefined) {
    await confirmPassword(deps, actor, password, 'password', signal)
    return
  }
  if (await hasPassword(deps.db, actor.userId)) {
    throw invalidField('password', 'required', 'Give your password to delete your own account.')
  }
  await requireRecentProof(deps, actor)
}
