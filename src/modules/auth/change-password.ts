import type { Cache } from '../../platform/cache/cache.ts'
import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import type { Tx } from '../../platform/database/database.ts'
import { conflict, invalidField, unauthorized } from '../../platform/errors.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { findActiveUser, lockActiveUser } from '../users/users.service.ts'
import { mailAccount } from './auth.jobs.ts'
import type { ChangePassword } from './auth.schema.ts'
import { findPassword, replacePassword } from './credentials.repository.ts'
import { type ConfirmPasswordDeps, confirmPassword, hashNewPassword, storePassword } from './credentials.ts'
import type { SessionActor } from './permissions.ts'
import { requireRecentProof } from './reauthenticate.ts'
import { endSessionsOf } from './sessions.ts'

/**
 * Sets a new password and ends all other sessions. Who has none yet proves otherwise that it is him.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 422 for a wrong or missing current password or a new one that is too easy to guess
 */
export const changePassword = async (
  deps: ConfirmPasswordDeps & { cache: Cache },
  actor: SessionActor,
  { currentPassword, newPassword }: ChangePassword,
  signal: AbortSignal,
): Promise<void> => {
  if (currentPassword === undefined) return setFirstPassword(deps, actor, newPassword, signal)
  const { userId, sessionId } = actor
  const current = await confirmPassword(deps, actor, currentPassword, 'currentPassword', signal)
  const name = (await findActiveUser(deps.db, userId))?.name ?? null
  const owner = { email: current.email, name }
  const passwordHash = await hashNewPassword(deps, owner, newPassword, 'newPassword', signal)
  const replace = async (tx: Tx) => {
    // A sign-in with the old password ends before this, with its session, or sees the new one.
    if ((await lockActiveUser(tx, userId)) === undefined) throw unauthorized()
    const change = { userId, from: current.passwordHash, to: passwordHash }
    if (!(await replacePassword(tx, change))) throw passwordChanged()
    await endSessionsOf(tx, userId, sessionId)
    await recordAct(tx, { action: 'passwords:change', target: userTarget(userId) })
    await mailAccount(tx, { template: 'password-changed', userId })
  }
  await invalidateAfter(
    () => deps.db.transaction(replace),
    () => deps.cache.invalidate(`user:${userId}`),
  )
}

const setFirstPassword = async (
  deps: ConfirmPasswordDeps & { cache: Cache },
  actor: SessionActor,
  newPassword: string,
  signal: AbortSignal,
): Promise<void> => {
  const { userId, sessionId } = actor
  const owner = await findActiveUser(deps.db, userId)
  if (owner === undefined) throw unauthorized()
  if ((await findPassword(deps.db, userId)) !== undefined) {
    throw invalidField('currentPassword', 'required', 'Give your current password.')
  }
  await requireRecentProof(deps, actor)
  const passwordHash = await hashNewPassword(deps, owner, newPassword, 'newPassword', signal)
  const set = async (tx: Tx) => {
    if ((await lockActiveUser(tx, userId)) === undefined) throw unauthorized()
    if ((await findPassword(tx, userId)) !== undefined) throw passwordChanged()
    await storePassword(tx, owner, passwordHash)
    await endSessionsOf(tx, userId, sessionId)
    await recordAct(tx, { action: 'passwords:change', target: userTarget(userId) })
    await mailAccount(tx, { template: 'password-changed', userId })
  }
  await invalidateAfter(
    () => deps.db.transaction(set),
    () => deps.cache.invalidate(`user:${userId}`),
  )
}

const passwordChanged = () =>
  conflict('PASSWORD_CHANGED', 'The password was changed by somebody else meanwhile.')
