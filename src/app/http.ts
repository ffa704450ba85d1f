import type { FastifyBaseLogger } from 'fastify'
import type { Registry } from 'prom-client'
import { boardRoutes } from '../modules/admin/board.routes.ts'
import { scheduleRoutes } from '../modules/admin/schedules.routes.ts'
import { apiKeyRoutes } from '../modules/api-keys/api-keys.routes.ts'
import { rememberOrigins } from '../modules/audit/act-origin.ts'
import { auditRoutes } from '../modules/audit/audit.routes.ts'
import { accountPages } from '../modules/auth/account-pages.ts'
import { authRoutes } from '../modules/auth/auth.routes.ts'
import type { AuthDeps } from '../modules/auth/auth-deps.ts'
import { authentication } from '../modules/auth/authenticate.ts'
import { batchRoutes } from '../modules/batch/batch.routes.ts'
import { refuseUnbatchable } from '../modules/batch/refuse-unbatchable.ts'
import type { BatchDeps } from '../modules/batch/run-batch.ts'
import { type DatasetRoutesDeps, datasetRoutes } from '../modules/datasets/datasets.routes.ts'
import { type ExportRoutesDeps, exportRoutes } from '../modules/exports/exports.routes.ts'
import { type FileRoutesDeps, fileRoutes } from '../modules/files/files.routes.ts'
import { flagRoutes } from '../modules/flags/flags.routes.ts'
import type { FlagsDeps } from '../modules/flags/flags.service.ts'
import { type GenerationRoutesDeps, generationRoutes } from '../modules/generations/generations.routes.ts'
import { openAiRoutes } from '../modules/generations/openai-api/openai-api.routes.ts'
import { healthRoutes } from '../modules/health/health.routes.ts'
import type { Health } from '../modules/health/health.service.ts'
import { type MetricsDeps, metricsRoutes } from '../modules/health/metrics.routes.ts'
import { importRoutes } from '../modules/imports/imports.routes.ts'
import type { ImportsDeps } from '../modules/imports/imports.service.ts'
import type { EventStreamDeps } from '../modules/jobs/job-event-stream.ts'
import { jobRoutes } from '../modules/jobs/jobs.routes.ts'
import type { JobsDeps } from '../modules/jobs/jobs.service.ts'
import { type PreviewRoutesDeps, previewRoutes } from '../modules/live/preview/preview.routes.ts'
import { notificationRoutes } from '../modules/notifications/notifications.routes.ts'
import { type PostRoutesDeps, postRoutes } from '../modules/posts/posts.routes.ts'
import { destinationRoutes } from '../modules/projects/destinations.routes.ts'
import { type ProjectRoutesDeps, projectRoutes } from '../modules/projects/projects.routes.ts'
import { type RealtimeDeps, realtimePath, realtimeRoutes } from '../modules/realtime/realtime.routes.ts'
import { type ReportRoutesDeps, reportRoutes } from '../modules/reports/reports.routes.ts'
import { settingRoutes } from '../modules/settings/settings.routes.ts'
import type { SettingsDeps } from '../modules/settings/settings.service.ts'
import type { ClaimDeps } from '../modules/streams/claim-stream.ts'
import { publishHookRoutes } from '../modules/streams/publish-hooks.routes.ts'
import { type StreamRoutesDeps, streamRoutes } from '../modules/streams/streams.routes.ts'
import { type SyncRoutesDeps, syncRoutes } from '../modules/syncs/syncs.routes.ts'
import { type UsersDeps, userRoutes } from '../modules/users/users.routes.ts'
import { webhookRoutes } from '../modules/webhooks/webhooks.routes.ts'
import type { WebhooksDeps } from '../modules/webhooks/webhooks.service.ts'
import type { ReadDb } from '../platform/database/database.ts'
import { type App, createHttpServer } from '../platform/http/http-server.ts'
import { registerOpenApi } from '../platform/http/openapi/openapi.ts'
import { registerPipeline } from '../platform/http/pipeline.ts'
import { readYourWrites } from '../platform/http/read-your-writes.ts'
import { routeUpgrades } from '../platform/http/upgrade.ts'
import { measureRequests } from '../platform/observability/metrics.ts'
import { registerRequestLog } from '../platform/observability/request-log.ts'
import { traceRequests } from '../platform/observability/trace-requests.ts'
import type { SharedLimits } from '../platform/shared-limits.ts'
import { type StorageRoutesDeps, storageRoutes } from '../platform/storage/storage.routes.ts'

export type HttpAppOptions = {
  log: FastifyBaseLogger
  version: string
  development: boolean
  leaving: AbortSignal
  publicUrl: string | undefined
  trustProxy: string[] | number | false
  corsOrigins: string[]
  requestsPerAddressPerMinute: number
  sharedLimits: SharedLimits | undefined
  registry: Registry
  /** Given where reads may come from replicas: notes that a user has written. */
  raiseFence: ((userId: string) => Promise<void>) | undefined
  health: Health
  metrics: MetricsDeps
  auth: AuthDeps
  users: UsersDeps
  jobs: JobsDeps & EventStreamDeps
  files: FileRoutesDeps
  storage: StorageRoutesDeps
  generations: GenerationRoutesDeps
  datasets: DatasetRoutesDeps
  exports: ExportRoutesDeps
  reports: ReportRoutesDeps
  syncs: SyncRoutesDeps
  imports: ImportsDeps
  projects: ProjectRoutesDeps
  streams: StreamRoutesDeps
  publishHooks: ClaimDeps
  previews: PreviewRoutesDeps
  webhooks: WebhooksDeps
  switches: FlagsDeps & SettingsDeps
  posts: PostRoutesDeps
  notifications: { readDb: ReadDb }
  realtime: RealtimeDeps
  batch: BatchDeps
}

/** All routes in one place: which are open to everybody, and which stand behind authentication. */
export const createHttpApp = async (options: HttpAppOptions): Promise<App> => {
  const app = createHttpServer(options)
  traceRequests(app)
  refuseUnbatchable(app)
  await registerPipeline(app, options)
  if (options.raiseFence !== undefined) {
    readYourWrites(app, ({ actor }) => actor?.userId, options.raiseFence)
  }
  rememberOrigins(app)
  registerRequestLog(app)
  measureRequests(options.registry, app)
  await registerOpenApi(app, options)

  await app.register(healthRoutes(options.health))
  await app.register(metricsRoutes(options.metrics))
  await app.register(async (api: App) => {
    authentication(api, options.auth)
    await api.register(authRoutes(options.auth), { prefix: '/v1' })
    await api.register(apiKeyRoutes(options.auth), { prefix: '/v1' })
    await api.register(accountPages(options.auth))
    await api.register(auditRoutes(options.auth), { prefix: '/v1' })
    await api.register(userRoutes(options.users), { prefix: '/v1' })
    await api.register(jobRoutes(options.jobs), { prefix: '/v1' })
    await api.register(boardRoutes(options.jobs))
    await api.register(scheduleRoutes(options.jobs), { prefix: '/v1' })
    await api.register(fileRoutes(options.files), { prefix: '/v1' })
    await api.register(storageRoutes(options.storage), { prefix: '/v1' })
    await api.register(generationRoutes(options.generations), { prefix: '/v1' })
    await api.register(openAiRoutes(options.generations), { prefix: '/v1' })
    await api.register(datasetRoutes(options.datasets), { prefix: '/v1' })
    await api.register(exportRoutes(options.exports), { prefix: '/v1' })
    await api.register(reportRoutes(options.reports), { prefix: '/v1' })
    await api.register(syncRoutes(options.syncs), { prefix: '/v1' })
    await api.register(importRoutes(options.imports), { prefix: '/v1' })
    await api.register(projectRoutes(options.projects), { prefix: '/v1' })
    await api.register(destinationRoutes(options.projects), { prefix: '/v1' })
    await api.register(streamRoutes(options.streams), { prefix: '/v1' })
    await api.register(publishHookRoutes(options.publishHooks), { prefix: '/v1' })
    await api.register(previewRoutes(options.previews), { prefix: '/v1' })
    await api.register(webhookRoutes(options.webhooks), { prefix: '/v1' })
    await api.register(flagRoutes(options.switches), { prefix: '/v1' })
    await api.register(settingRoutes(options.switches), { prefix: '/v1' })
    await api.register(postRoutes(options.posts), { prefix: '/v1' })
    await api.register(notificationRoutes(options.notifications), { prefix: '/v1' })
    await api.register(realtimeRoutes(options.realtime), { prefix: '/v1' })
    await api.register(batchRoutes(options.batch), { prefix: '/v1' })
  })
  routeUpgrades(app, realtimePath)
  return app
}
