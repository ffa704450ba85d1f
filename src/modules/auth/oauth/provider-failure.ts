import type { FastifyBaseLogger } from 'fastify'
import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import { AppError, forbidden, unauthorized, unavailable } from '../../../platform/errors.ts'

const retryAfterSeconds = 10

/** What says that the provider is broken or badly set up, not that somebody tries something. */
const brokenAnswers = new Set<string>([
  'DataError',
  oauth.PARSE_ERROR,
  oauth.RESPONSE_IS_NOT_JSON,
  oauth.RESPONSE_IS_NOT_CONFORM,
  oauth.HTTP_REQUEST_FORBIDDEN,
  oauth.REQUEST_PROTOCOL_FORBIDDEN,
  oauth.MISSING_SERVER_METADATA,
  oauth.INVALID_SERVER_METADATA,
])

/** 503: the provider is away, broken or does not know us. */
export const providerAway = (label: string, cause?: unknown) =>
  unavailable(`sign-in with ${label}`, retryAfterSeconds, cause)

export const signInFailed = () =>
  unauthorized('This sign-in did not work out. Begin again.', 'SIGN_IN_FAILED')

/**
 * A failure of a sign-in elsewhere as the client gets it. The log has its kind and no more: the library's errors carry what the
 * provider answered, tokens included.
 */
export const toSignInError = (error: unknown, label: string, log: FastifyBaseLogger): unknown => {
  if (error instanceof AppError) {
    const reason = codeOf(error.cause) ?? (error.cause instanceof Error ? error.cause.message : error.code)
    log.warn({ provider: label, reason }, 'sign-in provider failed')
    return error
  }
  if (error instanceof oauth.AuthorizationResponseError) {
    log.info({ provider: label, reason: error.error }, 'sign-in denied by the provider')
    return error.error === 'server_error' || error.error === 'temporarily_unavailable'
      ? providerAway(label)
      : forbidden(`${label} did not let you sign in, or you said no there.`, 'SIGN_IN_DENIED')
  }
  if (error instanceof oauth.ResponseBodyError) {
    log.warn({ provider: label, reason: error.error }, 'sign-in refused by the provider')
    // Anything but a wrong code is between the provider and us: the client's secret, say, or a redirect that it does not know.
    return error.error === 'invalid_grant' ? signInFailed() : providerAway(label)
  }
  if (error instanceof z.ZodError) {
    log.warn({ provider: label, reason: 'claims out of bounds' }, 'sign-in refused')
    return signInFailed()
  }
  const code = codeOf(error)
  if (code === undefined) return error
  log.warn({ provider: label, reason: code }, 'sign-in refused')
  return brokenAnswers.has(code) ? providerAway(label) : signInFailed()
}

/** Of the library, and of Web Crypto for a key that is none. */
const codeOf = (error: unknown): string | undefined => {
  if (error instanceof DOMException) return error.name
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code.startsWith('OAUTH_') ? code : undefined
}
