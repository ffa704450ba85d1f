import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import net from 'node:net'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawServerDefault,
} from 'fastify'
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { type Deadlines, defaultDeadlines } from './deadlines.ts'
import { answerClientError, handleError, handleUnknownRoute } from './error-response.ts'
import { versionedUrl } from './request-url.ts'
import { serializerCompiler } from './serializer.ts'
import { useOwnMessages } from './validation-messages.ts'

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
  /** Aborted some time before the server closes: connections then close with their next answer. */
  leaving?: AbortSignal
  /** Given by tests. */
  deadlines?: Deadlines
}

const maxJsonBytes = 10 * 1024 * 1024
const maxHeaderBytes = 16 * 1024
const maxConnections = 20_000
const keepAliveTimeoutMs = 72_000
/** The longest that any request may take to arrive, uploads included. Shorter bounds stand in `body-deadline.ts`. */
const requestTimeoutMs = 60 * 60_000
const maxRequestsPerSocket = 10_000
/** How often Node looks for connections that are past a deadline. */
const lookAfterConnectionsMs = 5_000
const sweepEveryMs = 100

/** A Fastify instance with every limit set, the envelope for errors, and zod for schemas. Knows no route yet. */
export const createHttpServer = (options: HttpServerOptions): App => {
  const { headersMs, idleMs } = options.deadlines ?? defaultDeadlines
  const app = Fastify({
    loggerInstance: options.log,
    // One line a request is written by request-log.ts; a child logger for each would cost more than the line.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    rewriteUrl: (request) => versionedUrl(request.url ?? '/'),
    trustProxy: trustedProxies(options.trustProxy),
    bodyLimit: maxJsonBytes,
    connectionTimeout: idleMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    maxRequestsPerSocket,
    http: {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersMs,
      connectionsCheckingInterval: Math.min(headersMs, lookAfterConnectionsMs),
      // Node would answer without an envelope; the pipeline refuses it.
      requireHostHeader: false,
    },
    // How long a parameter may be is for its schema to say, after the hooks have run.
    routerOptions: { maxParamLength: maxHeaderBytes, caseSensitive: true, ignoreTrailingSlash: true },
    // Requests on open connections are still answered while we drain; only new connections are not taken.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
  }).withTypeProvider<ZodTypeProvider>()
  app.server.maxConnections = maxConnections
  app.addHook('onRequest', async (_request, reply) => {
    if (options.leaving?.aborted) reply.header('connection', 'close')
  })
  app.addHook('preClose', async () => closeConnectionsAsTheyIdle(app))
  useOwnMessages()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(handleError({ development: options.development }))
  app.setNotFoundHandler(handleUnknownRoute)
  return app
}

/** A connection that is busy when draining begins closes when it is done, not at the end of its keep-alive time. */
const closeConnectionsAsTheyIdle = ({ server }: App) => {
  const sweep = setInterval(() => server.closeIdleConnections(), sweepEveryMs)
  server.once('close', () => clearInterval(sweep))
}

/**
 * Takes no new connection, and waits for those that there are: their next answers end them. Only after `letGoMs` idle ones are
 * closed, since one that has just been opened is idle for Node until its request is read, and any other may be chosen for a request at
 * that very moment, and a proxy cannot send a POST again (RFC 9112, 9.3.1 and 9.5).
 */
export const drainConnections = async ({ server }: App, letGoMs: number): Promise<void> => {
  const closed = once(server, 'close')
  // An HTTP server's own `close` closes idle connections at once.
  net.Server.prototype.close.call(server)
  let sweep: NodeJS.Timeout | undefined
  const letGo = setTimeout(() => {
    sweep = setInterval(() => server.closeIdleConnections(), sweepEveryMs)
  }, letGoMs)
  await closed
  clearTimeout(letGo)
  clearInterval(sweep)
}

/** Fastify takes a function for the number of hops. */
const trustedProxies = (given: HttpServerOptions['trustProxy']) =>
  typeof given === 'number' ? (_address: string, hop: number) => hop < given : given

/** A client's own id is kept when it is harmless to print. */
const requestId = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID()
}
