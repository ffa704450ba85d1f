import cluster from 'node:cluster'
import type { Logger } from 'pino'
import { Registry } from 'prom-client'
import { KeyUses } from '../modules/api-keys/key-uses.ts'
import { type AuthDeps, createAuthDeps } from '../modules/auth/auth-deps.ts'
import { findActorState } from '../modules/auth/identify.ts'
import type { Actor } from '../modules/auth/permissions.ts'
import { exportRetryGuards } from '../modules/exports/exports.service.ts'
import { Health } from '../modules/health/health.service.ts'
import type { MetricsDeps } from '../modules/health/metrics.routes.ts'
import { readQueueDepths } from '../modules/jobs/jobs.repository.ts'
import { MarkdownRenderer } from '../modules/posts/markdown/markdown-renderer.ts'
import { findLiveProject } from '../modules/projects/live-project.ts'
import { RealtimeHub } from '../modules/realtime/realtime-hub.ts'
import { reportRetryGuards } from '../modules/reports/reports.service.ts'
import { syncRetryGuards } from '../modules/syncs/syncs.service.ts'
import { deriveKey } from '../platform/config/secret-files.ts'
import { raiseFence } from '../platform/database/replicas/read-fences.ts'
import { drainConnections } from '../platform/http/http-server.ts'
import { listScheduledTasks } from '../platform/jobs/schedule-claims.ts'
import { watchBackups } from '../platform/observability/backup-metrics.ts'
import {
  createMetrics,
  watchQueues,
  watchSchedules,
  watchSockets,
} from '../platform/observability/metrics.ts'
import { readWorkerReports } from '../platform/observability/worker-reports.ts'
import { LimitsOnRedis } from '../platform/redis/limits-on-redis.ts'
import type { SharedLimits } from '../platform/shared-limits.ts'
import { LimitsOnParent } from '../platform/siblings/limits-on-parent.ts'
import { SiblingMetrics } from '../platform/siblings/sibling-metrics.ts'
import { dataApi } from './data-api.ts'
import { exportResources } from './export-resources.ts'
import { createHttpApp } from './http.ts'
import { knownJobs } from './jobs.ts'
import type { RoleConfig } from './join-database.ts'
import { liveApi } from './live-api.ts'
import { openPlatform, type Platform, redisNamespace } from './open-platform.ts'
import { reportSections } from './report-sections.ts'
import type { RunningRole } from './role-process.ts'
import { version } from './version.ts'
import { webhookSettings } from './webhook-settings.ts'

/** As many as the kernel allows by default (net.core.somaxconn): all clients of a process that stopped come to another at once. */
const mostWaitingConnections = 4_096

/** The role `api`: answers HTTP. */
export const startApi = async ({
  config,
  log,
}: {
  config: RoleConfig
  log: Logger
}): Promise<RunningRole> => {
  const platform = await openPlatform({ config, log, role: 'api', usesReplicas: true })
  const leaving = new AbortController()
  const draining = new AbortController()
  const signals = { leaving: leaving.signal, draining: draining.signal }
  const app = await createApi({ config, log, platform, ...signals })
  await app.listen({ host: config.http.host, port: config.http.port, backlog: mostWaitingConnections })
  return {
    address: app.listeningOrigin,
    leave: () => leaving.abort(),
    stop: async () => {
      leaving.abort()
      draining.abort()
      await drainConnections(app, Math.min(letGoMs, config.shutdownTimeoutMs / 5))
      await app.close()
      await platform.close()
    },
  }
}

const letGoMs = 1_000

type ApiContext = {
  config: RoleConfig
  log: Logger
  platform: Platform
  /** Aborted when load balancers shall send to others. What still comes is served. */
  leaving: AbortSignal
  /** Aborted when the process stops: what would go on for long ends. */
  draining: AbortSignal
}

const openAuth = (
  { config, log, platform }: Omit<ApiContext, 'leaving' | 'draining'>,
  sharedLimits: SharedLimits | undefined,
  keyUses: KeyUses,
) => {
  const { origin, corsOrigins, passkeyRpId, passkeyOrigins, rateLimit } = config.http
  return createAuthDeps({
    db: platform.db,
    cache: platform.cache,
    log,
    keyUses,
    secretKey: config.secretKey,
    publicUrl: origin,
    corsOrigins,
    passkeyRpId,
    passkeyOrigins,
    signInProviders: config.signInProviders,
    identityPerMinute: rateLimit.identityPerMinute,
    addressPerMinute: rateLimit.addressPerMinute,
    sharedLimits,
    isSignupOpen: () => platform.settings.get('signups.open'),
  })
}

const openSharedLimits = (config: RoleConfig, log: Logger): SharedLimits | undefined => {
  if (config.redisUrl !== undefined) {
    return new LimitsOnRedis({
      url: config.redisUrl,
      prefix: `backlot:${redisNamespace(config)}:limits`,
      log,
    })
  }
  return hasSiblings(config) ? new LimitsOnParent() : undefined
}

/** Whether other processes answer on the same port. */
const hasSiblings = (config: RoleConfig) => cluster.isWorker && config.http.processes > 1

const openMetrics = (config: RoleConfig, { database, db }: Platform): MetricsDeps => {
  const registry = createMetrics('backlot_', database)
  const systemRegistry = new Registry()
  watchQueues(systemRegistry, () => readQueueDepths(db))
  watchBackups(systemRegistry, config.dataDir)
  watchSchedules(systemRegistry, () => listScheduledTasks(db))
  return {
    registry,
    systemRegistry,
    siblings: hasSiblings(config) ? new SiblingMetrics(registry) : undefined,
    workerReports: () => readWorkerReports(db),
    token: config.metricsToken,
  }
}

const openRealtime = (
  { log, platform, leaving, draining }: Omit<ApiContext, 'config'>,
  auth: AuthDeps,
  { registry }: MetricsDeps,
) => {
  const { db, readDb, notifications } = platform
  const hub = new RealtimeHub({ db, readDb, notifications, auth, log, leaving, draining })
  watchSockets(registry, () => hub.size)
  return { hub, auth }
}

const offerOf = ({ images }: RoleConfig) => ({ provider: images.provider, modelsDir: images.onnx.modelsDir })

/** The HTTP application with everything behind it, not listening yet. */
export const createApi = async ({ config, log, platform, leaving, draining }: ApiContext) => {
  const { database, db, readDb, contentDb, notifications, storage, signingKey, flags } = platform
  const { publicUrl, corsOrigins, trustProxy, rateLimit } = config.http
  const metrics = openMetrics(config, platform)
  const sharedLimits = openSharedLimits(config, log)
  const keyUses = new KeyUses(db, log)
  const auth = openAuth({ config, log, platform }, sharedLimits, keyUses)
  const jobs = {
    db,
    notifications,
    known: knownJobs,
    retryGuards: new Map([
      ...exportRetryGuards({ db, resources: exportResources }),
      ...reportRetryGuards({ db, sections: reportSections }),
      ...syncRetryGuards,
    ]),
  }
  const data = dataApi({ config, platform, jobs, draining })
  const { files } = data
  const following = {
    draining,
    findActorNow: async (actor: Actor) => (await findActorState(auth, actor))?.actor,
  }
  const markdown = new MarkdownRenderer()
  const app = await createHttpApp({
    log,
    version,
    development: config.environment === 'development',
    leaving,
    publicUrl,
    trustProxy,
    corsOrigins,
    requestsPerAddressPerMinute: rateLimit.addressPerMinute,
    sharedLimits,
    registry: metrics.registry,
    raiseFence: database.router && ((userId) => raiseFence(db, userId)),
    health: new Health({ database, storage, dataDir: config.dataDir, version, leaving }),
    metrics,
    auth,
    users: { ...auth, readDb: contentDb },
    jobs: { ...jobs, ...following },
    ...data,
    storage: { storage, signingKey },
    ...(await liveApi({ config, platform, following })),
    switches: platform,
    webhooks: {
      ...{ db, readDb, ...webhookSettings(config) },
      findProjectOwner: async (executor, id) => (await findLiveProject(executor, id))?.ownerId,
    },
    generations: { ...jobs, readDb, files, publicUrl, draining, flags, ...offerOf(config) },
    notifications: { readDb },
    batch: { db, keptAnswer: deriveKey(config.secretKey, 'batch/kept-answer') },
    realtime: openRealtime({ log, platform, leaving, draining }, auth, metrics),
    posts: { db, readDb: contentDb, cache: platform.cache, markdown, files, publicUrl },
  })
  app.addHook('onClose', async () => {
    await Promise.all([markdown.close(), keyUses.close()])
    sharedLimits?.close()
    metrics.siblings?.close()
  })
  return app
}
