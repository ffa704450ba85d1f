import type { Cache } from '../../platform/cache/cache.ts'
import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { conflict, forbidden, notFound } from '../../platform/errors.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { type Actor, authorize, requireSession, scopeOf } from '../auth/permissions.ts'
import { requireRecentProof } from '../auth/reauthenticate.ts'
import { endSessionsOf } from '../auth/sessions.ts'
import { lockAdmins, updateUser as updateUserRow } from './users.repository.ts'
import type { UpdateUser } from './users.schema.ts'
import { authorsTag, type User } from './users.service.ts'

/**
 * Changes a user. Role and `disabled` hold from the next request on; disabling ends all sessions.
 * @throws 403 for role or `disabled` by who is no admin, by an API key, or of oneself; 403 `REAUTHENTICATION_REQUIRED`; 409 `LAST_ADMIN` when nobody would be left
 */
export const updateUser = async (
  { db, cache }: { db: Db; cache: Cache },
  actor: Actor,
  id: string,
  changes: UpdateUser,
): Promise<User> => {
  authorize(actor, 'users:update', { name: 'user', ownerId: id })
  const { name, role, disabled } = changes
  const governs = role !== undefined || disabled !== undefined
  if (governs) await requireGovernance({ db }, actor, id)
  const change = async (tx: Tx) => {
    if (governs)
      await lockGovernance(tx, actor, id, (role !== undefined && role !== 'admin') || disabled === true)
    const changed = await updateUserRow(tx, id, {
      ...(name === undefined ? {} : { name }),
      ...(role === undefined ? {} : { role }),
      ...(disabled === undefined ? {} : { disabledAt: disabled ? new Date() : null }),
    })
    if (changed === undefined) throw notFound('user')
    if (disabled) await endSessionsOf(tx, id)
    const details = { role, disabled, isRenamed: name === undefined ? undefined : true }
    await recordAct(tx, { action: 'users:update', target: userTarget(id), details })
    return changed
  }
  return invalidateAfter(
    () => db.transaction(change),
    async () => {
      cache.invalidate(`user:${id}`)
      if (name !== undefined) await cache.invalidateShared([authorsTag])
    },
  )
}

const requireGovernance = async (deps: { db: Db }, actor: Actor, id: string): Promise<void> => {
  const session = requireSession(actor)
  if (scopeOf(actor, 'users:update') !== 'any') throw forbidden('Only admins change roles and disable users.')
  if (id === actor.userId) throw forbidden('You may not change your own role or disable yourself.')
  await requireRecentProof(deps, session)
}

/**
 * Lets one change to the set of admins happen at a time, made by somebody who still is one.
 * @param removes whether `id` will no longer be an admin who can sign in
 */
export const lockGovernance = async (tx: Tx, actor: Actor, id: string, removes: boolean): Promise<void> => {
  const admins = await lockAdmins(tx)
  if (id !== actor.userId && !admins.includes(actor.userId)) throw forbidden()
  if (removes && admins.length === 1 && admins[0] === id) {
    throw conflict('LAST_ADMIN', 'This is the last admin. Make somebody else an admin first.')
  }
}
