import { once } from 'node:events'
import http from 'node:http'
import type { Registry } from 'prom-client'
import { Health } from '../modules/health/health.service.ts'
import { mayReadMetrics } from '../platform/observability/metrics-access.ts'
import type { RoleConfig } from './join-database.ts'
import type { Platform } from './open-platform.ts'
import { listenFault } from './start-error.ts'
import { version } from './version.ts'

export type HealthPortOptions = {
  host: string
  port: number
  health: Health
  /** Whether the role gets on with its work. That it answers at all shows that its event loop turns. */
  isAlive: () => boolean
  registry: Registry
  metricsToken: string | undefined
}

/** What every role gives it. */
export const healthOf = ({
  config,
  platform: { database, storage },
  registry,
  leaving,
}: {
  config: RoleConfig
  platform: Platform
  registry: Registry
  leaving: AbortSignal
}) => ({
  host: config.http.host,
  port: config.healthPort,
  health: new Health({ database, storage, dataDir: config.dataDir, version, leaving }),
  registry,
  metricsToken: config.metricsToken,
})

type Answer = { status: number; type?: string; body: string }

const requestTimeoutMs = 5_000
const keepAliveTimeoutMs = 5_000
const mostConnections = 64
const maxHeaderBytes = 8 * 1_024

const statusOf = (isWell: boolean): Answer => ({
  status: isWell ? 200 : 503,
  body: JSON.stringify({ status: isWell ? 'ok' : 'down' }),
})

/** Tells probes and Prometheus how a role is that has no HTTP API: `/health/live`, `/health/ready` and `/metrics`. */
export class HealthPort {
  readonly #options: HealthPortOptions
  readonly #server: http.Server

  private constructor(options: HealthPortOptions) {
    this.#options = options
    this.#server = http.createServer(
      {
        headersTimeout: requestTimeoutMs,
        requestTimeout: requestTimeoutMs,
        connectionsCheckingInterval: requestTimeoutMs,
        keepAliveTimeout: keepAliveTimeoutMs,
        maxHeaderSize: maxHeaderBytes,
      },
      (request, response) => void this.#respond(request, response),
    )
    this.#server.maxConnections = mostConnections
  }

  /** Undefined without a port. @throws StartFault when the port cannot be listened on */
  static async open(
    options: Omit<HealthPortOptions, 'port'> & { port: number | undefined },
  ): Promise<HealthPort | undefined> {
    const { host, port } = options
    if (port === undefined) return undefined
    const opened = new HealthPort({ ...options, port })
    opened.#server.listen(port, host)
    await once(opened.#server, 'listening').catch((error: unknown) => {
      throw listenFault(error, { host, port, variable: 'HEALTH_PORT' }) ?? error
    })
    return opened
  }

  async #respond(request: http.IncomingMessage, response: http.ServerResponse) {
    const {
      status,
      type = 'application/json',
      body,
    } = await this.#answer(request).catch(() => statusOf(false))
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
  }

  async #answer({ method, url, headers, socket }: http.IncomingMessage): Promise<Answer> {
    const { health, isAlive, registry, metricsToken } = this.#options
    if (method !== 'GET') return { status: 405, body: '{}' }
    if (url === '/health/live') return statusOf(isAlive())
    if (url === '/health/ready') return statusOf(await health.ready())
    if (url !== '/metrics') return { status: 404, body: '{}' }
    if (!mayReadMetrics(metricsToken, headers, [socket.remoteAddress])) return { status: 403, body: '{}' }
    return { status: 200, type: registry.contentType, body: await registry.metrics() }
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}
