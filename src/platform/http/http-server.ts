import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawServerDefault,
} from 'fastify'
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { answerClientError, handleError, handleFrameworkError, handleUnknownRoute } from './error-response.ts'
import { versionedUrl } from './request-url.ts'
import { serializerCompiler } from './serializer.ts'

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  import('node:http').ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

export type HttpServerOptions = {
  log: FastifyBaseLogger
  /** Addresses or CIDR ranges of proxies whose `X-Forwarded-*` are believed, or how many hops; none by default. */
  trustProxy: string[] | number | false
  /** Whether 500s may show what went wrong. */
  development: boolean
}

const maxJsonBytes = 10 * 1024 * 1024
const maxHeaderBytes = 16 * 1024
const maxConnections = 20_000
const headersTimeoutMs = 15_000
const keepAliveTimeoutMs = 72_000
/** The longest that any request may take to arrive, uploads included. Shorter bounds stand in `body-deadline.ts`. */
const requestTimeoutMs = 60 * 60_000
const maxRequestsPerSocket = 10_000

/** A Fastify instance with every limit set, the envelope for errors, and zod for schemas. Knows no route yet. */
export const createHttpServer = (options: HttpServerOptions): App => {
  const app = Fastify({
    loggerInstance: options.log,
    // One line a request is written by request-log.ts; a child logger for each would cost more than the line.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    rewriteUrl: (request) => versionedUrl(request.url ?? '/'),
    trustProxy: trustedProxies(options.trustProxy),
    bodyLimit: maxJsonBytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    maxRequestsPerSocket,
    http: { maxHeaderSize: maxHeaderBytes, headersTimeout: headersTimeoutMs },
    routerOptions: { maxParamLength: 1_024, caseSensitive: true, ignoreTrailingSlash: true },
    // Requests on open connections are still answered while we drain; only new connections are not taken.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    frameworkErrors: handleFrameworkError,
  }).withTypeProvider<ZodTypeProvider>()
  app.server.maxConnections = maxConnections
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(handleError({ development: options.development }))
  app.setNotFoundHandler(handleUnknownRoute)
  return app
}

/** Fastify takes a function for the number of hops. */
const trustedProxies = (given: HttpServerOptions['trustProxy']) =>
  typeof given === 'number' ? (_address: string, hop: number) => hop < given : given

/** A client's own id is kept when it is harmless to print. */
const requestId = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID()
}
