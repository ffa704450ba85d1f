import { badRequest } from '../errors.ts'
import type { App } from './http-server.ts'

/**
 * Reads JSON as Fastify does (keys such as `__proto__` refused), and refuses NUL characters at once: PostgreSQL text
 * cannot hold them, and no field means them.
 */
export const parseJsonBody = (app: App): void => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.includes('\\u0000')) {
      done(badRequest('The body contains a NUL character.', 'INVALID_CHARACTER'))
      return
    }
    // A POST without a body, such as a cancel, is fine with any content type.
    if (body === '') done(null, undefined)
    else void parse(request, body, done)
  })
}
