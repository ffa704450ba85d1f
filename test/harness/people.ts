import { type AccessTokens, createAccessTokens } from '../../src/modules/auth/access-token.ts'
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
/** Everybody's. What hashes it has a key for the salts of unknown addresses alone. */
let passwordHash: Promise<string> | undefined
const hashPassword = () =>
  createPasswordHashing({ cost: 4, saltKey: Buffer.alloc(32) }).hash(
    password,
    cheapSalt,
    AbortSignal.timeout(10_000),
  )

const accessTokens = new WeakMap<TestApp['config'], AccessTokens>()
const tokensOf = (config: TestApp['config']): AccessTokens => {
  const tokens = accessTokens.get(config) ?? createAccessTokens(deriveAuthKeys(config.secretKey).accessToken)
  accessTokens.set(config, tokens)
  return tokens
}

export type SignedIn = Awaited<ReturnType<typeof signInAs>>
let people = 0

/** A new user of a role, signed in: as if through the door, but without waiting for the hash of a password. */
export const signInAs = async ({ platform: { db }, config }: TestApp, role: Role) => {
  people += 1
  const email = `${role}-${people}@example.com`
  passwordHash ??= hashPassword()
  const hash = await passwordHash
  const owner = { email, name: `The ${role}`, role, emailVerifiedAt: null }
  const { user, sessionId, sessionToken, refreshToken } = await db.transaction(async (tx) => {
    const added = await addUser(tx, owner)
    await storePassword(tx, added, hash)
    return openSession(tx, added, { address: '192.0.2.1', device: 'a test' })
  })
  const token = await tokensOf(config).issue({ userId: user.id, sessionId })
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
