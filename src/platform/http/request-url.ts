import type { FastifyRequest } from 'fastify'
import { AppError, badRequest } from '../errors.ts'

const maxUrlLength = 8 * 1024

/** Paths that belong to operations and to pages, and have no version. */
const unversioned = /^\/((v1|health|metrics|openapi\.json|docs|admin|setup|account)([/?]|$)|\?|$)/

/**
 * Where the router looks for a request target (RFC 9112, 3.2): `/posts` answers as `/v1/posts`, by one rewrite and no second
 * route. A path that cannot be decoded would be answered by the router before any hook has run; it gets one that can, and
 * `refuseBadUrl` refuses it in its turn.
 */
export const versionedUrl = (target: string): string => {
  const url = target.replace(/^https?:\/\/[^/?#]*/i, '')
  if (url === '*') return url
  const rooted = url.startsWith('/') ? url : `/${url}`
  const [path = '', ...rest] = rooted.split(/(?=[?#])/)
  const decodable = isDecodable(path) ? rooted : [path.replaceAll('%', '%25'), ...rest].join('')
  return unversioned.test(decodable) ? decodable : `/v1${decodable}`
}

const isDecodable = (path: string): boolean => {
  if (!path.includes('%')) return true
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** @throws 414 and 400 for a URL that no route can mean */
export const refuseBadUrl = ({ originalUrl }: FastifyRequest): void => {
  if (originalUrl.length > maxUrlLength) throw new AppError(414, 'URL_TOO_LONG', 'The URL is longer than 8 kB.')
  if (originalUrl.includes('%00')) throw badRequest('The URL contains a NUL character.', 'INVALID_URL')
  if (!isDecodable(originalUrl.split(/[?#]/, 1)[0] ?? '')) throw badRequest('The path is not valid.', 'INVALID_URL')
}
