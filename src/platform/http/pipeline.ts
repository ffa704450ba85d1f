import { isIPv6 } from 'node:net'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import { AppError, badRequest, tooManyRequests } from '../errors.ts'
import { armBodyDeadline, disarmBodyDeadline } from './body-deadline.ts'
import type { App } from './http-server.ts'
import { parseJsonBody } from './json-body.ts'
import { isUrlTooLong } from './request-url.ts'

export type PipelineOptions = {
  /** Origins of browser apps that may read our answers and send our cookies. */
  corsOrigins: string[]
  requestsPerAddressPerMinute: number
}

const hstsSeconds = 31_536_000
const compressFromBytes = 1_024
const preflightSeconds = 600

/**
 * What every request passes, in this order: security headers, CORS, request id, compression, rate limit by address,
 * body parser, then the route's own rules. An error at any step carries the headers of the steps before it.
 */
export const registerPipeline = async (app: App, options: PipelineOptions): Promise<void> => {
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], formAction: ["'self'"] },
    },
    hsts: { maxAge: hstsSeconds, includeSubDomains: true, preload: true },
    referrerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
  await app.register(cors, {
    origin: options.corsOrigins.length > 0 ? options.corsOrigins : false,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'x-request-id',
      'retry-after',
      'location',
      'etag',
      'content-disposition',
      'content-range',
      'accept-ranges',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
    ],
    maxAge: preflightSeconds,
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (isUrlTooLong(request.url)) throw new AppError(414, 'URL_TOO_LONG', 'The URL is longer than 8 kB.')
    if (request.url.includes('%00')) throw badRequest('The URL contains a NUL character.', 'INVALID_URL')
  })
  await app.register(compress, {
    threshold: compressFromBytes,
    encodings: ['br', 'gzip'],
    brotliOptions: { params: { [brotliQuality]: 4 } },
  })
  await app.register(rateLimit, {
    max: options.requestsPerAddressPerMinute,
    timeWindow: 60_000,
    cache: 50_000,
    keyGenerator: (request) => addressKey(request.ip),
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { ttl }) => tooManyRequests(Math.ceil(ttl / 1_000)),
  })
  await app.register(cookie)
  app.addHook('onRequest', armBodyDeadline)
  app.addHook('preValidation', disarmBodyDeadline)
  parseJsonBody(app)
}

/** zlib.constants.BROTLI_PARAM_QUALITY (RFC 7932 leaves the quality to the encoder). */
const brotliQuality = 1

/** One IPv6 subscriber has a /64 to choose from, so that is what counts as one address. */
export const addressKey = (ip: string): string => {
  if (!isIPv6(ip) || ip.startsWith('::ffff:')) return ip.replace('::ffff:', '')
  const [head = '', tail = ''] = ip.split('::')
  const groups = head.split(':').filter(Boolean)
  const zeros = ip.includes('::') ? 8 - groups.length - tail.split(':').filter(Boolean).length : 0
  return [...groups, ...Array<string>(zeros).fill('0'), ...tail.split(':')].slice(0, 4).join(':')
}
