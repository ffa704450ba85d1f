import type { Logger } from 'pino'
import { findKeyState } from '../modules/api-keys/key-state.ts'
import { KeyUses } from '../modules/api-keys/key-uses.ts'
import { createAuthDeps } from '../modules/auth/auth-deps.ts'
import type { Actor } from '../modules/auth/permissions.ts'
import { findSessionState } from '../modules/auth/session-state.ts'
import { Health } from '../modules/health/health.service.ts'
import { findDatasetOfFile } from '../modules/imports/imports.service.ts'
import { readQueueDepths } from '../modules/jobs/jobs.repository.ts'
import { MarkdownRenderer } from '../modules/posts/markdown/markdown-renderer.ts'
import { findLiveProject } from '../modules/projects/live-project.ts'
import { raiseFence } from '../platform/database/replicas/read-fences.ts'
import { createMetrics, watchQueues } from '../platform/observability/metrics.ts'
import { readWorkerReports } from '../platform/observability/worker-reports.ts'
import { SharedLimits } from '../platform/redis/shared-limits.ts'
import { exportResources } from './export-resources.ts'
import { createHttpApp } from './http.ts'
import { knownJobs } from './jobs.ts'
import { liveApi } from './live-api.ts'
import { openPlatform, type Platform, redisNamespace } from './open-platform.ts'
import type { RoleConfig, RunningRole } from './role-process.ts'
import { version } from './version.ts'
import { webhookSettings } from './webhook-settings.ts'

/** The role `api`: answers HTTP. */
export const startApi = async ({
  config,
  log,
}: {
  config: RoleConfig
  log: Logger
}): Promise<RunningRole> => {
  const platform = await openPlatform({ config, log, role: 'api', usesReplicas: true })
  const draining = new AbortController()
  const app = await createApi({ config, log, platform, draining: draining.signal })
  await app.listen({ host: config.http.host, port: config.http.port })
  return {
    address: app.listeningOrigin,
    stop: async () => {
      draining.abort()
      await app.close()
      await platform.close()
    },
  }
}

type ApiContext = { config: RoleConfig; log: Logger; platform: Platform; draining: AbortSignal }

const openAuth = (
  { config, log, platform }: Omit<ApiContext, 'draining'>,
  sharedLimits: SharedLimits | undefined,
  keyUses: KeyUses,
) => {
  const { origin, corsOrigins, rateLimit } = config.http
  return createAuthDeps({
    db: platform.db,
    cache: platform.cache,
    log,
    keyUses,
    secretKey: config.secretKey,
    publicUrl: origin,
    corsOrigins,
    identityPerMinute: rateLimit.identityPerMinute,
    addressPerMinute: rateLimit.addressPerMinute,
    sharedLimits,
  })
}

const openSharedLimits = (config: RoleConfig, log: Logger) =>
  config.redisUrl === undefined
    ? undefined
    : new SharedLimits({ url: config.redisUrl, prefix: `backlot:${redisNamespace(config)}:limits`, log })

/** The HTTP application with everything behind it, not listening yet. */
export const createApi = async ({ config, log, platform, draining }: ApiContext) => {
  const { database, db, readDb, contentDb, notifications, storage, signingKey } = platform
  const { publicUrl, corsOrigins, trustProxy, rateLimit } = config.http
  const registry = createMetrics('backlot_', database)
  watchQueues(registry, () => readQueueDepths(db))
  const sharedLimits = openSharedLimits(config, log)
  const keyUses = new KeyUses(db, log)
  const auth = openAuth({ config, log, platform }, sharedLimits, keyUses)
  const files = { db, readDb, storage, publicUrl, quotaBytes: config.files.quotaBytes }
  const { quota, datasetRetentionDays, exportRetentionDays } = config.data
  const jobs = { db, notifications, known: knownJobs }
  const following = {
    draining,
    findActorNow: async (actor: Actor) =>
      ('keyId' in actor ? await findKeyState(auth, actor) : await findSessionState(auth, actor))?.actor,
  }
  const markdown = new MarkdownRenderer()
  const app = await createHttpApp({
    log,
    version,
    development: config.environment === 'development',
    publicUrl,
    trustProxy,
    corsOrigins,
    requestsPerAddressPerMinute: rateLimit.addressPerMinute,
    sharedLimits,
    registry,
    raiseFence: database.router && ((userId) => raiseFence(db, userId)),
    health: new Health({ database, storage, dataDir: config.dataDir, version }),
    metrics: { registry, workerReports: () => readWorkerReports(db), token: config.metricsToken },
    auth,
    users: { ...auth, readDb: contentDb },
    jobs: { ...jobs, ...following },
    files,
    storage: { storage, signingKey },
    datasets: { ...jobs, readDb, draining, quota, retentionDays: datasetRetentionDays },
    exports: {
      ...jobs,
      readDb,
      draining,
      files,
      publicUrl,
      resources: exportResources,
      retentionDays: exportRetentionDays,
      findDatasetOfFile,
    },
    imports: { db, files, quota, retentionDays: datasetRetentionDays },
    ...(await liveApi({ config, platform, following })),
    webhooks: {
      ...{ db, readDb, ...webhookSettings(config) },
      findProjectOwner: async (executor, id) => (await findLiveProject(executor, id))?.ownerId,
    },
    generations: { ...jobs, readDb, files, publicUrl, draining, provider: config.images.provider },
    posts: { db, readDb: contentDb, cache: platform.cache, markdown, files, publicUrl },
  })
  app.addHook('onClose', () => markdown.close())
  app.addHook('onClose', () => keyUses.close())
  app.addHook('onClose', async () => sharedLimits?.close())
  return app
}
