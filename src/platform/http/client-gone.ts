import type { FastifyReply } from 'fastify'

/**
 * Aborted when the client goes away before it has its answer. Fastify's `request.signal` listens to the request, which Node
 * closes as soon as its body has been read.
 */
export const clientGone = ({ raw }: FastifyReply): AbortSignal => {
  const gone = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort()
  })
  return gone.signal
}
