import type { App } from '../http/http-server.ts'

export type LoggedActor = { userId: string }

declare module 'fastify' {
  interface FastifyRequest {
    /** A hash of the user's id, set by whoever authenticates. */
    loggedUser: string | undefined
  }
}

/** One line a request. Bodies, query strings, headers and addresses do not reach it. */
export const registerRequestLog = (app: App): void => {
  app.decorateRequest('loggedUser', undefined)
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        requestId: request.id,
        user: request.loggedUser,
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    )
  })
}
