import type { FastifyReply, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads bodies other than JSON as streams, and bounds their time itself. */
    streamsBody?: boolean
  }
  interface FastifyRequest {
    bodyDeadline?: NodeJS.Timeout | undefined
  }
}

const bodyDeadlineMs = 30_000

/** A body that is not there in time is given up with a 408, however busily it trickles. */
export const armBodyDeadline = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  if (request.raw.complete || isStreamed(request) || !hasBody(request)) return
  request.bodyDeadline = setTimeout(() => {
    reply.raw.writeHead(408, {
      connection: 'close',
      'content-type': 'application/json',
      'x-request-id': request.id,
    })
    const message = 'The body did not arrive in time.'
    const error = { code: 'REQUEST_TIMEOUT', message, errors: [], requestId: request.id }
    reply.raw.end(JSON.stringify({ success: false, message, error }), () => request.raw.destroy())
    reply.hijack()
  }, bodyDeadlineMs)
  reply.raw.once('close', () => clearTimeout(request.bodyDeadline))
}

export const disarmBodyDeadline = async (request: FastifyRequest): Promise<void> =>
  clearTimeout(request.bodyDeadline)

const isStreamed = ({ routeOptions, headers }: FastifyRequest) =>
  routeOptions.config.streamsBody === true && !headers['content-type']?.startsWith('application/json')

const hasBody = ({ headers }: FastifyRequest) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
