import type { Cache } from '../../platform/cache/cache.ts'
import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { invalidField, notFound } from '../../platform/errors.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { type ConfirmPasswordDeps, confirmPassword } from '../auth/credentials.ts'
import { type Actor, authorize, requireSession } from '../auth/permissions.ts'
import { lockGovernance } from './update-user.ts'
import { deleteUser as deleteUserRow } from './users.repository.ts'
import { authorsTag } from './users.service.ts'

export type DeleteUserDeps = ConfirmPasswordDeps & { db: Db; cache: Cache }

/**
 * Deletes a user; foreign keys take along all that is his. To delete oneself takes the password, so that a device left
 * unlocked is not enough; an API key cannot.
 * @throws 409 `LAST_ADMIN`
 */
export const deleteUser = async (
  deps: DeleteUserDeps,
  actor: Actor,
  id: string,
  password: string | undefined,
  signal: AbortSignal,
): Promise<void> => {
  authorize(actor, 'users:delete', { name: 'user', ownerId: id })
  if (id === actor.userId) {
    if (password === undefined) {
      throw invalidField('password', 'required', 'Give your password to delete your own account.')
    }
    await confirmPassword(deps, requireSession(actor), password, 'password', signal)
  }
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
