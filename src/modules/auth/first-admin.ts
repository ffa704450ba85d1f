import { sql } from 'drizzle-orm'
import type { Db, Tx } from '../../platform/database/database.ts'
import { conflict, invalid, invalidField } from '../../platform/errors.ts'
import { recordAct, userTarget } from '../audit/record-act.ts'
import { addUser, hasAdmin, type User } from '../users/users.service.ts'
import { type Setup, type Signup, signupBody } from './auth.schema.ts'
import { randomToken } from './auth-keys.ts'
import { hashNewPassword, type PasswordDeps, storePassword } from './credentials.ts'
import { type Client, type OpenedSession, openSession } from './sessions.ts'
import {
  findVerification,
  insertVerification,
  takeVerification,
  voidVerifications,
} from './verifications.repository.ts'

const linkValidMinutes = 24 * 60
/** Any fixed number: whoever makes the first admin, or a link for it, waits for others on it. */
const firstAdminLock = 4_115_207_002

const lockFirstAdmin = (tx: Tx) => tx.execute(sql`select pg_advisory_xact_lock(${firstAdminLock})`)

/** A link that makes the first admin, once, within a day; undefined when there is one. Earlier links end. */
export const firstAdminLink = ({
  db,
  publicUrl,
}: {
  db: Db
  publicUrl: string
}): Promise<string | undefined> =>
  db.transaction(async (tx) => {
    await lockFirstAdmin(tx)
    if (await hasAdmin(tx)) return undefined
    const token = randomToken()
    await voidVerifications(tx, 'first-admin', null)
    await insertVerification(tx, { purpose: 'first-admin', token, validMinutes: linkValidMinutes })
    return `${publicUrl}/setup?token=${token}`
  })

/**
 * Makes the first admin, for who holds the link, and signs in.
 * @throws 409 `ADMIN_EXISTS`, 422 for a token that does not work
 */
export const setUpFirstAdmin = async (
  deps: PasswordDeps,
  { token, email, name, password }: Setup,
  client: Client,
  signal: AbortSignal,
): Promise<OpenedSession> => {
  const refused = () =>
    invalidField('token', 'invalid_token', 'This link does not work any more. See the log for a new one.')
  if (await hasAdmin(deps.db)) throw conflict('ADMIN_EXISTS', 'There is an admin already.')
  if ((await findVerification(deps.db, 'first-admin', token)) === undefined) throw refused()
  const owner = { email, name: name ?? null }
  const passwordHash = await hashNewPassword(deps, owner, password, 'password', signal)
  return deps.db.transaction(async (tx) => {
    await lockFirstAdmin(tx)
    if (await hasAdmin(tx)) throw conflict('ADMIN_EXISTS', 'There is an admin already.')
    if ((await takeVerification(tx, 'first-admin', token)) === undefined) throw refused()
    const admin = await addAdmin(tx, owner, passwordHash)
    const by = { kind: 'user', userId: admin.id } as const
    await recordAct(tx, { ...madeAdmin(admin), by })
    return openSession(tx, admin, client)
  })
}

/**
 * Makes an admin, for whoever has a shell on the server.
 * @throws 422 for an address or password that is not valid, 409 `EMAIL_TAKEN`
 */
export const createAdmin = async (
  deps: PasswordDeps,
  given: Pick<Signup, 'email' | 'password'> & { name?: string | undefined },
): Promise<User> => {
  const parsed = signupBody.safeParse(given)
  if (!parsed.success) {
    throw invalid(
      parsed.error.issues.map(({ path, code, message }) => ({ path: path.join('.'), code, message })),
    )
  }
  const { email, name, password } = parsed.data
  const owner = { email, name: name ?? null }
  const passwordHash = await hashNewPassword(deps, owner, password, 'password', AbortSignal.timeout(60_000))
  return deps.db.transaction(async (tx) => {
    await lockFirstAdmin(tx)
    const admin = await addAdmin(tx, owner, passwordHash)
    await recordAct(tx, { ...madeAdmin(admin), by: { kind: 'operator' } })
    return admin
  })
}

const madeAdmin = ({ id, role }: User) =>
  ({ action: 'users:create', target: userTarget(id), details: { role } }) as const

const addAdmin = async (tx: Tx, owner: { email: string; name: string | null }, passwordHash: string) => {
  const user = await addUser(tx, { ...owner, role: 'admin', emailVerifiedAt: new Date() })
  await storePassword(tx, user, passwordHash)
  return user
}
