import { createHash, createHmac, randomBytes } from 'node:crypto'
import { deriveKey } from '../../platform/config/secret-files.ts'

/** One key a purpose, so that what is made for one is worth nothing to another. */
export const deriveAuthKeys = (secretKey: string) => ({
  accessToken: deriveKey(secretKey, 'auth/access-token'),
  refreshToken: deriveKey(secretKey, 'auth/refresh-token'),
  passwordSalt: deriveKey(secretKey, 'auth/password-salt'),
  mailedToken: deriveKey(secretKey, 'auth/mailed-token'),
  totpSecret: deriveKey(secretKey, 'auth/totp-secret'),
  oauthFlow: deriveKey(secretKey, 'auth/oauth-flow'),
  loggedUser: deriveKey(secretKey, 'auth/logged-user'),
})

export type AuthKeys = ReturnType<typeof deriveAuthKeys>

const tokenBytes = 32

/** 256 random bits, as 43 characters that fit into a URL or cookie. */
export const randomToken = (): string => randomBytes(tokenBytes).toString('base64url')

/** What is stored of a token. It is random enough that nobody can guess it, so a fast hash does. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** The one token that follows from `content` for whoever has the key. */
export const derivedToken = (key: Uint8Array, content: string): string =>
  createHmac('sha256', key).update(content).digest('base64url')

const loggedLength = 12

/** What stands for a user's id in logs. */
export const loggedUserOf = ({ loggedUser }: Pick<AuthKeys, 'loggedUser'>, userId: string): string =>
  derivedToken(loggedUser, userId).slice(0, loggedLength)
