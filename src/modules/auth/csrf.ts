import type { FastifyRequest } from 'fastify'
import { forbidden } from '../../platform/errors.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a change that a page of another site makes with this site's cookie. Browsers say where a request comes from in
 * `Sec-Fetch-Site`, and the older ones in `Origin`; a page cannot set either. (OWASP, CSRF Prevention, "Fetch Metadata".)
 * @param trustedOrigins of our own pages and of apps that may use the cookie
 * @throws 403 `CSRF_CHECK_FAILED`
 */
export const requireSameOrigin = (request: FastifyRequest, trustedOrigins: ReadonlySet<string>): void => {
  if (safeMethods.has(request.method)) return
  const site = request.headers['sec-fetch-site']
  if (site === 'same-origin' || site === 'none') return
  const { origin } = request.headers
  if (origin === `${request.protocol}://${request.host}`) return
  if (origin !== undefined && trustedOrigins.has(origin)) return
  throw forbidden('This request does not come from a page that may make it.', 'CSRF_CHECK_FAILED')
}
