import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import { badRequest, tooManyRequests } from '../errors.ts'
import type { SharedLimits } from '../shared-limits.ts'
import { boundBodies } from './body-deadline.ts'
import { boundConnections } from './connection-bounds.ts'
import { defaultDeadlines } from './deadlines.ts'
import type { App } from './http-server.ts'
import { parseJsonBody } from './json-body.ts'
import { refuseBadUrl } from './request-url.ts'
import { securityHeaders } from './security-headers.ts'
import { sharedRequestCounts } from './shared-request-counts.ts'

export type PipelineOptions = {
  /** Origins of browser apps that may read our answers and send our cookies. */
  corsOrigins: string[]
  requestsPerAddressPerMinute: number
  /** Where processes count requests together. */
  sharedLimits?: SharedLimits | undefined
  /** Given by tests. */
  bodyDeadlineMs?: number
}

const compressFromBytes = 1_024
const preflightSeconds = 600

/**
 * What every request passes, in this order: security headers, CORS, request id, compression, rate limit by address,
 * body parser, then the route's own rules. An error at any step carries the headers of the steps before it.
 */
export const registerPipeline = async (app: App, options: PipelineOptions): Promise<void> => {
  boundConnections(app)
  // Who may keep an answer is for its route to say; of one that says nothing, nobody may.
  const fixedHeaders = { ...securityHeaders(), 'cache-control': 'private, no-store' }
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(fixedHeaders)
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
      'tus-resumable',
      'tus-version',
      'tus-extension',
      'tus-max-size',
      'upload-offset',
      'upload-length',
      'upload-metadata',
      'upload-expires',
      'backlot-file-id',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
    ],
    maxAge: preflightSeconds,
    // An OPTIONS that is no preflight gets the same answer, not a text of another shape.
    strictPreflight: false,
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    refuseBadUrl(request.originalUrl)
    if (hostCount(request.raw.rawHeaders) !== 1 && request.raw.httpVersion === '1.1') {
      throw badRequest('Send exactly one Host header.', 'INVALID_HOST')
    }
  })
  await app.register(compress, {
    threshold: compressFromBytes,
    encodings: ['br', 'gzip'],
    brotliOptions: { params: { [brotliQuality]: 4 } },
  })
  await app.register(rateLimit, {
    global: false,
    max: options.requestsPerAddressPerMinute,
    timeWindow: 60_000,
    cache: 50_000,
    ...(options.sharedLimits && { store: sharedRequestCounts(options.sharedLimits) }),
    keyGenerator: (request) => addressKey(request.ip),
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { ttl }) => tooManyRequests(Math.ceil(ttl / 1_000)),
  })
  // For unknown routes too: a hook of the plugin's own would see only those that exist.
  app.addHook('onRequest', app.rateLimit())
  await app.register(cookie)
  boundBodies(app, options.bodyDeadlineMs ?? defaultDeadlines.bodyMs)
  parseJsonBody(app)
}

/** Names stand at even places (RFC 9112, 3.2: a server refuses more than one Host). */
const hostCount = (rawHeaders: string[]): number => {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') count += 1
  return count
}

/** zlib.constants.BROTLI_PARAM_QUALITY (RFC 7932 leaves the quality to the encoder). */
const brotliQuality = 1

/**
 * What counts as one address, however it is written: one IPv6 subscriber has a /64 to choose from.
 * @param ip undefined, whatever Fastify's types say, when the client has gone away meanwhile
 */
export const addressKey = (ip: string | undefined): string => normalizeIP(ip ?? '', 64)
