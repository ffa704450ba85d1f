import { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { App } from './http-server.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads bodies other than JSON as streams, and bounds their time itself. */
    streamsBody?: boolean
  }
  interface FastifyRequest {
    bodyDeadline?: NodeJS.Timeout | undefined
  }
}

/** How long a client that has its answer may go on sending. Closing at once would reset the connection before it reads why. */
const lingerMs = 2_000

/** A body that is not there in time is given up with a 408, however busily it trickles. */
export const boundBodies = (app: App, bodyMs: number): void => {
  app.addHook('onRequest', async (request, reply) => {
    const { socket, complete } = request.raw
    // A request that was injected, not received, has no connection to bound.
    if (complete || !hasBody(request) || !(socket instanceof Socket)) return
    reply.raw.once('finish', () => endUnread(request, socket))
    if (isStreamed(request)) return
    request.bodyDeadline = setTimeout(() => giveUp(reply), bodyMs)
    reply.raw.once('close', () => clearTimeout(request.bodyDeadline))
  })
  app.addHook('preValidation', async (request) => clearTimeout(request.bodyDeadline))
}

const giveUp = (reply: FastifyReply) =>
  reply
    .header('connection', 'close')
    .send(new AppError(408, 'REQUEST_TIMEOUT', 'The body did not arrive in time.'))

/** An answer that came before the body, such as a 401, does not let the client hold the connection for as long as it likes. */
const endUnread = ({ raw }: FastifyRequest, socket: Socket) => {
  if (raw.complete || socket.destroyed) return
  if (raw.destroyed) {
    // Whatever failed to read the body has ended it; Node would not read the next request either.
    socket.destroySoon()
    return
  }
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  raw.once('close', () => clearTimeout(timer))
  raw.on('error', () => undefined)
  // The parser of a form that was refused half-way reads no further, and what is piped flows no faster than its reader.
  raw.unpipe()
  raw.resume()
}

const isStreamed = ({ routeOptions, headers }: FastifyRequest) =>
  routeOptions.config.streamsBody === true && !headers['content-type']?.startsWith('application/json')

const hasBody = ({ headers }: FastifyRequest) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
