import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyRequest } from 'fastify'
import type { App } from '../../platform/http/http-server.ts'
import type { ActorKind } from './audit.table.ts'

/** Who acts. A key acts in its user's name. */
export type ActedBy = { kind: ActorKind; userId?: string | undefined; keyId?: string | undefined }
/** Where an act comes from. `by` is asked when something is written: a request begins before it is known whose it is. */
export type ActOrigin = {
  by: () => ActedBy
  ip?: string | undefined
  userAgent?: string | undefined
  requestId?: string | undefined
}

const origins = new AsyncLocalStorage<ActOrigin>()

/** Undefined outside of requests and commands: then Backlot itself acts. */
export const currentOrigin = (): ActOrigin | undefined => origins.getStore()

/** What `work` writes into the audit log comes from there. */
export const withOrigin = <T>(origin: ActOrigin, work: () => T): T => origins.run(origin, work)

const longestUserAgent = 300
const longestAddress = 64

/**
 * Lets whatever a request does say where it came from. Operations would else have to hand on its address and browser through every
 * call, only for the log.
 */
export const rememberOrigins = (app: App): void => {
  app.addHook('onRequest', (request, _reply, done) => {
    const { ip, id: requestId, headers } = request
    const userAgent = headers['user-agent']?.slice(0, longestUserAgent)
    // Behind proxies an address is whatever they say.
    withOrigin({ by: () => actedBy(request), ip: ip?.slice(0, longestAddress), userAgent, requestId }, done)
  })
}

const actedBy = ({ actor }: FastifyRequest): ActedBy => {
  if (actor === undefined) return { kind: 'anonymous' }
  return 'keyId' in actor
    ? { kind: 'api-key', userId: actor.userId, keyId: actor.keyId }
    : { kind: 'user', userId: actor.userId }
}
