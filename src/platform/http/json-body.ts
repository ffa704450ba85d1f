import { badRequest } from '../errors.ts'
import type { App } from './http-server.ts'

/**
 * Reads JSON as Fastify does (keys such as `__proto__` refused), and refuses at once what PostgreSQL text cannot hold and no
 * field means: NUL characters, and halves of surrogate pairs.
 */
export const parseJsonBody = (app: App): void => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    // A POST without a body, such as a cancel, is fine with any content type.
    if (body === '') return done(null, undefined)
    if (body.includes('\\u0000')) {
      return done(badRequest('The body contains a NUL character.', 'INVALID_CHARACTER'))
    }
    if (!surrogateEscape.test(body)) return void parse(request, body, done)
    void parse(request, body, (error, value: unknown) => {
      const isWhole = error !== null || !halfPair.test(JSON.stringify(value))
      if (isWhole) done(error, value)
      else done(badRequest('The body contains half of a surrogate pair.', 'INVALID_CHARACTER'))
    })
  })
}

const surrogateEscape = /\\u[dD][89a-fA-F]/
/** `JSON.stringify` escapes only those that have no other half (ECMA-262, 25.5.2.2), and doubles backslashes that were there. */
const halfPair = /(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]/
