import { invalidField } from '../../../platform/errors.ts'
import { pathOfOurs } from '../sign-in-page.ts'

type Origins = { publicUrl: string; corsOrigins: string[] }

export const isPathOfOurs = (returnTo: string): boolean => pathOfOurs.safeParse(returnTo).success

/**
 * Lets a browser be sent on to a path of this server, or to an app at its own origin or one of `CORS_ORIGINS`, and nowhere
 * else (RFC 9700, 4.11: no open redirector).
 * @throws 422
 */
export const requireReturnTo = ({ publicUrl, corsOrigins }: Origins, returnTo: string): void => {
  if (isPathOfOurs(returnTo)) return
  const url = URL.canParse(returnTo) ? new URL(returnTo) : undefined
  const isWritten = url !== undefined && /^https?:\/\/[^\\@]*$/i.test(returnTo) && url.hash === ''
  if (isWritten && [publicUrl, ...corsOrigins].includes(url.origin)) return
  throw invalidField(
    'returnTo',
    'not_allowed',
    'Give a path of this server, or an address at its origin or at one of CORS_ORIGINS.',
  )
}

/** The address of an app with what it is to be told. */
export const withParameter = (returnTo: string, name: string, value: string): string => {
  const url = new URL(returnTo)
  url.searchParams.set(name, value)
  return url.href
}
