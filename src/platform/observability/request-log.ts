import type { FastifyReply } from 'fastify'
import type { App } from '../http/http-server.ts'

export type LoggedActor = { userId: string }

declare module 'fastify' {
  interface FastifyRequest {
    /** A hash of the user's id, set by whoever authenticates. */
    loggedUser: string | undefined
    /** The id of the API key, set by whoever authenticates. */
    loggedApiKey: string | undefined
  }
}

/** As nginx has it: the client went away before there was an answer. */
const clientClosedRequest = 499

export const answeredStatus = ({ raw, statusCode }: FastifyReply): number =>
  raw.headersSent ? statusCode : clientClosedRequest

/** One line a request. Bodies, query strings, headers and addresses do not reach it. */
export const registerRequestLog = (app: App): void => {
  app.decorateRequest('loggedUser', undefined)
  app.decorateRequest('loggedApiKey', undefined)
  // The line has the fields below and none is secret: looking for secrets would cost more than to write it.
  const log = app.log.child({}, { redact: [] })
  app.addHook('onResponse', async (request, reply) => {
    log.info(
      {
        requestId: request.id,
        user: request.loggedUser,
        apiKeyId: request.loggedApiKey,
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: answeredStatus(reply),
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    )
  })
}
