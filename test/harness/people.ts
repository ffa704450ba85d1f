import { createAccessTokens } from '../../src/modules/auth/access-token.ts'
import { deriveAuthKeys } from '../../src/modules/auth/auth-keys.ts'
import { storePassword } from '../../src/modules/auth/credentials.ts'
import { createPasswordHashing } from '../../src/modules/auth/password-hash.ts'
import type { Role } from '../../src/modules/auth/permissions.ts'
import { sessionCookie } from '../../src/modules/auth/session-cookie.ts'
import { openSession } from '../../src/modules/auth/sessions.ts'
import { addUser } from '../../src/modules/users/users.service.ts'
import type { TestApp } from './test-app.ts'

export const password = 'correct horse 42'
const cheapSalt = { cost: 4, bytes: Buffer.alloc(16, 'salt') }
const forever = AbortSignal.timeout(600_000)

export type SignedIn = Awaited<ReturnType<typeof signInAs>>
let people = 0

/** A new user of a role, signed in: as if through the door, but without waiting for the hash of a password. */
export const signInAs = async ({ platform: { db }, config }: TestApp, role: Role) => {
  people += 1
  const email = `${role}-${people}@example.com`
  const keys = deriveAuthKeys(config.secretKey)
  const passwordHash = await createPasswordHashing({ cost: 4, saltKey: keys.passwordSalt }).hash(
    password,
    cheapSalt,
    forever,
  )
  const owner = { email, name: `The ${role}`, role, emailVerifiedAt: null }
  const { user, sessionId, sessionToken, refreshToken } = await db.transaction(async (tx) => {
    const added = await addUser(tx, owner)
    await storePassword(tx, added, passwordHash)
    return openSession(tx, added, { address: '192.0.2.1', device: 'a test' })
  })
  const token = await createAccessTokens(keys.accessToken).issue({ userId: user.id, sessionId })
  return {
    id: user.id,
    email: user.email,
    role,
    sessionId,
    token,
    refreshToken,
    cookie: `${sessionCookie}=${sessionToken}`,
  }
}
