import type { FastifyReply } from 'fastify'
import { ok } from '../../platform/http/envelope.ts'
import { viewUser } from '../users/users.schema.ts'
import { type AccessTokens, accessTokenSeconds } from './access-token.ts'
import type { Refreshed } from './refresh.ts'
import type { Challenge } from './second-factor/finish-login.ts'
import { setSessionCookie } from './session-cookie.ts'
import type { OpenedSession } from './sessions.ts'

/** A pair of tokens, as signup, login and refresh answer it. */
export const tokensOf = async (accessTokens: AccessTokens, { user, sessionId, refreshToken }: Refreshed) => ({
  user: viewUser(user),
  accessToken: await accessTokens.issue({ userId: user.id, sessionId }),
  refreshToken,
  expiresIn: accessTokenSeconds,
})

/** The same, and the cookie of the new session, whose user makes the request from here on. */
export const answerSignIn = async (
  accessTokens: AccessTokens,
  reply: FastifyReply,
  opened: OpenedSession,
) => {
  const { user, sessionId } = opened
  reply.request.actor = { userId: user.id, role: user.role, sessionId }
  setSessionCookie(reply, opened.sessionToken)
  return ok(await tokensOf(accessTokens, opened))
}

/** What a right password, or a provider's word, gives where a second factor is set. */
export const answerChallenge = (reply: FastifyReply, { challengeToken, expiresInSeconds }: Challenge) => {
  reply.status(202)
  return ok({ code: 'TOTP_REQUIRED' as const, challengeToken, expiresIn: expiresInSeconds })
}
