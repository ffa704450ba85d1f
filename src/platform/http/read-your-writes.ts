import type { FastifyRequest } from 'fastify'
import { runInReadScope } from '../database/replicas/read-scope.ts'
import { isShared } from '../database/shared-transaction.ts'
import type { App } from './http-server.ts'

/** RFC 9110, 9.2.1: methods that change nothing. */
const onlyReads = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD'

/** With a 5xx nobody knows. */
const mayHaveWritten = (status: number): boolean => status < 400 || status >= 500

/**
 * Lets requests that only read use replicas, and users find what they wrote: whatever else succeeded for a user is noted
 * before he has its answer, so that his next read, through whichever process, comes from no replica that lacks it.
 * @param userOf who is signed in
 * @param raiseFence notes that this user has written
 */
export const readYourWrites = (
  app: App,
  userOf: (request: FastifyRequest) => string | undefined,
  raiseFence: (userId: string) => Promise<void>,
): void => {
  app.addHook('onRequest', (request, _reply, done) => {
    if (!onlyReads(request)) return done()
    runInReadScope(() => [userOf(request) ?? []].flat(), done)
  })
  app.addHook('onSend', async (request, reply) => {
    const userId = userOf(request)
    // Of a shared transaction, whoever commits it notes it.
    if (isShared()) return
    if (userId === undefined || onlyReads(request) || !mayHaveWritten(reply.statusCode)) return
    // What was written stays written, so that is what the client is told.
    await raiseFence(userId)
      .catch(() => raiseFence(userId))
      .catch((error: unknown) => request.log.warn({ err: error }, 'a write was not noted for replicas'))
  })
}
