import { AppError, badRequest } from '../errors.ts'

const maxUrlLength = 8 * 1024

/** Paths that belong to operations and to pages, and have no version. */
const unversioned = /^\/((v1|health|metrics|openapi\.json|docs|admin\/queues|setup|account)([/?]|$)|\?|$)/

/**
 * Where the router looks for a request target (RFC 9112, 3.2): `/posts` answers as `/v1/posts`, by one rewrite and no
 * second route. The router would answer a path that cannot be decoded before any hook has run, so it gets one that can,
 * and `refuseBadUrl` refuses it in its turn.
 */
export const versionedUrl = (target: string): string => {
  const url = target.startsWith('/') ? target : target.replace(/^(https?:\/\/[^/?#]*)?\/?/i, '/')
  const routed = isDecodable(url) ? url : url.replaceAll('%', '%25')
  return unversioned.test(routed) ? routed : `/v1${routed}`
}

/** @throws 414 and 400 for a URL that no route can mean */
export const refuseBadUrl = (url: string): void => {
  if (url.length > maxUrlLength) throw new AppError(414, 'URL_TOO_LONG', 'The URL is longer than 8 kB.')
  if (url.includes('%00')) throw badRequest('The URL contains a NUL character.', 'INVALID_URL')
  if (!isDecodable(url)) throw badRequest('The path is not valid.', 'INVALID_URL')
}

/** Whether the path is valid percent-encoded UTF-8. What stands in a query is for its schema to judge. */
const isDecodable = (url: string): boolean => {
  if (!url.includes('%')) return true
  try {
    decodeURI(url.split(/[?#]/, 1)[0] ?? '')
    return true
  } catch {
    return false
  }
}
