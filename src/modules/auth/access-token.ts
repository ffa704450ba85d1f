import { createSecretKey } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { unauthorized } from '../../platform/errors.ts'

export type AccessTokens = ReturnType<typeof createAccessTokens>
export type AccessClaims = { userId: string; sessionId: string }
type VerifiedClaims = AccessClaims & { expiresAtMs: number }

export const accessTokenSeconds = 15 * 60
const issuer = 'backlot'
const audience = 'backlot-api'
const algorithm = 'HS256'
/** RFC 9068, 2.1: an access token says that it is one, and no other token passes for it. */
const tokenType = 'at+jwt'
const maxRemembered = 20_000

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.int() })

/**
 * Access tokens: JWTs that say which session they belong to, and nothing that could change while they are valid. A token's
 * signature is checked once; then the token is remembered until it expires.
 */
export const createAccessTokens = (secret: Uint8Array) => {
  const key = createSecretKey(secret)
  const verified = new LRUCache<string, VerifiedClaims>({ max: maxRemembered })
  return {
    issue: ({ userId, sessionId }: AccessClaims): Promise<string> =>
      new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: algorithm, typ: tokenType })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime(`${accessTokenSeconds}s`)
        .sign(key),

    /** @throws 401 `ACCESS_TOKEN_EXPIRED` or `ACCESS_TOKEN_INVALID` */
    async verify(token: string): Promise<VerifiedClaims> {
      const known = verified.get(token)
      if (known !== undefined) return known
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [algorithm],
          issuer,
          audience,
          typ: tokenType,
          requiredClaims: ['sub', 'sid', 'iat', 'exp'],
          maxTokenAge: accessTokenSeconds,
        })
        const { sub, sid, exp } = claimsSchema.parse(payload)
        const claims = { userId: sub, sessionId: sid, expiresAtMs: exp * 1_000 }
        verified.set(token, claims, { ttl: Math.max(1, claims.expiresAtMs - Date.now()) })
        return claims
      } catch (error) {
        if (error instanceof errors.JWTExpired) {
          throw unauthorized('The access token has expired.', 'ACCESS_TOKEN_EXPIRED')
        }
        throw unauthorized('The access token is not valid.', 'ACCESS_TOKEN_INVALID')
      }
    },
  }
}
