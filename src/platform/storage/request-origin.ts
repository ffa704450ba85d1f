import type { FastifyRequest } from 'fastify'
import { badRequest } from '../errors.ts'

/**
 * The origin to put before relative URLs in this answer: the configured one, else the one that the client itself used.
 * `Host` is the client's word, so what comes from it goes back to that client only and is never stored.
 * @throws 400 for a `Host` that is no host
 */
export const originOf = (request: FastifyRequest, publicUrl: string | undefined): string => {
  if (publicUrl !== undefined) return publicUrl
  const origin = `${request.protocol}://${request.host}`
  if (!/^https?:\/\/[\w.:[\]-]+$/.test(origin) || !URL.canParse(origin)) {
    throw badRequest('The Host header is not valid.', 'INVALID_HOST')
  }
  return origin
}
