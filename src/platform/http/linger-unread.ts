import type { FastifyReply, FastifyRequest } from 'fastify'

/** How long a client that was refused may go on sending, so that it gets to read why. */
const lingerMs = 2_000

/**
 * For a route that refuses before it has read the whole body: closing at once would reset the connection under a client
 * that still sends, and it would never see the answer.
 */
export const lingerUnread = ({ raw }: FastifyRequest, reply: FastifyReply): void => {
  if (raw.complete || raw.destroyed) return
  reply.raw.once('finish', () => {
    const timer = setTimeout(() => raw.destroy(), lingerMs)
    raw.once('close', () => clearTimeout(timer))
    raw.on('error', () => undefined)
    raw.resume()
  })
}
