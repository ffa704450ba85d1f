import type { FastifyBaseLogger } from 'fastify'
import type { Cache } from '../../platform/cache/cache.ts'
import type { SignInProviderSettings } from '../../platform/config/oauth-variables.ts'
import type { Db } from '../../platform/database/database.ts'
import type { SharedLimits } from '../../platform/shared-limits.ts'
import type { KeyUses } from '../api-keys/key-uses.ts'
import { failureRecorder } from '../audit/failure-recorder.ts'
import { createAccessTokens } from './access-token.ts'
import { deriveAuthKeys } from './auth-keys.ts'
import { createAuthLimits } from './auth-limits.ts'
import { createPasswordHashing, defaultPasswordCost } from './password-hash.ts'

export type AuthDeps = ReturnType<typeof createAuthDeps>

const defaultProviderTimeoutMs = 5_000

type AuthOptions = {
  db: Db
  cache: Cache
  log: FastifyBaseLogger
  keyUses: KeyUses
  secretKey: string
  publicUrl: string
  corsOrigins: string[]
  /** The domain that passkeys are for; the host of `publicUrl` where it is left out. */
  passkeyRpId?: string | undefined
  /** Where else they may be used, beside `publicUrl` and `corsOrigins`: by native apps. */
  passkeyOrigins?: string[]
  /** Requests of one user. */
  identityPerMinute: number
  /** Requests of one network address. */
  addressPerMinute: number
  /** Where processes count attempts together. */
  sharedLimits?: SharedLimits | undefined
  /** Whether people may make accounts themselves now. */
  isSignupOpen?: () => boolean
  /** Where users can sign in besides. */
  signInProviders?: SignInProviderSettings[]
  /** For each call of such a provider; tests lower it. */
  providerTimeoutMs?: number
  /** bcrypt's cost; tests lower it. */
  passwordCost?: number
}

/** What the operations of this module work with, for one process: they share its limits and its bound on hashing. */
export const createAuthDeps = ({
  secretKey,
  passwordCost = defaultPasswordCost,
  isSignupOpen = () => true,
  signInProviders = [],
  providerTimeoutMs = defaultProviderTimeoutMs,
  ...given
}: AuthOptions) => {
  const keys = deriveAuthKeys(secretKey)
  return {
    ...given,
    isSignupOpen,
    signInProviders,
    providerTimeoutMs,
    keys,
    accessTokens: createAccessTokens(keys.accessToken),
    passwords: createPasswordHashing({ cost: passwordCost, saltKey: keys.passwordSalt }),
    limits: createAuthLimits(given),
    recordFailure: failureRecorder(),
    relyingParty: {
      id: given.passkeyRpId ?? new URL(given.publicUrl).hostname,
      origins: [given.publicUrl, ...given.corsOrigins, ...(given.passkeyOrigins ?? [])],
    },
  }
}
