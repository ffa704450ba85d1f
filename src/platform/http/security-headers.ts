import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from 'helmet'

const hstsSeconds = 31_536_000

/**
 * What Helmet puts on a response, by name. It is the same for all of them, so it is asked once: to work its headers out
 * for each would cost as much as all else that a cheap request costs.
 */
export const securityHeaders = () => {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], formAction: ["'self'"] },
    },
    hsts: { maxAge: hstsSeconds, includeSubDomains: true, preload: true },
    referrerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
  setHeaders(request, response, () => undefined)
  return response.getHeaders()
}
