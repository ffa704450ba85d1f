import type { Db } from '../../platform/database/database.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { mailAccount } from '../auth/auth.jobs.ts'
import { hashNewPassword, type PasswordDeps, storePassword } from '../auth/credentials.ts'
import { type Actor, authorize, requireSession } from '../auth/permissions.ts'
import { requireRecentProof } from '../auth/reauthenticate.ts'
import type { CreateUser } from './users.schema.ts'
import { addUser, type User } from './users.service.ts'

/**
 * Makes an account that owns its address, because an admin says so.
 * @throws 409 `EMAIL_TAKEN`; for more than a user 403 for an API key, and `REAUTHENTICATION_REQUIRED`
 */
export const createUser = async (
  deps: { db: Db } & PasswordDeps,
  actor: Actor,
  { email, name, role, password }: CreateUser,
  signal: AbortSignal,
): Promise<User> => {
  authorize(actor, 'users:create', { name: 'user', ownerId: null })
  // Else a key of an admin could make itself an admin to sign in as, and so step out of its scopes.
  if (role === 'admin' || role === 'manager') await requireRecentProof(deps, requireSession(actor))
  const owner = { email, name: name ?? null }
  const passwordHash =
    password === undefined ? undefined : await hashNewPassword(deps, owner, password, 'password', signal)
  return deps.db.transaction(async (tx) => {
    const user = await addUser(tx, { ...owner, role, emailVerifiedAt: new Date() })
    if (passwordHash === undefined) await mailAccount(tx, { template: 'invitation', userId: user.id })
    else await storePassword(tx, user, passwordHash)
    await recordAct(tx, { action: 'users:create', target: userTarget(user.id), details: { role } })
    return user
  })
}
