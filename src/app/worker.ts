import os from 'node:os'
import path from 'node:path'
import type { Logger } from 'pino'
import { accountEmail } from '../modules/auth/auth.jobs.ts'
import { deriveAuthKeys } from '../modules/auth/auth-keys.ts'
import { assistDataset, generateDataset, generateSmallDataset } from '../modules/datasets/datasets.jobs.ts'
import { writeExport, writeSmallExport } from '../modules/exports/exports.jobs.ts'
import { processFile } from '../modules/files/files.jobs.ts'
import { renderGeneration } from '../modules/generations/generations.jobs.ts'
import { createImageProvider } from '../modules/generations/providers/create-provider.ts'
import { processUpload } from '../modules/imports/imports.jobs.ts'
import { findFfmpeg } from '../modules/live/ffmpeg.ts'
import { makeFileOfRecording } from '../modules/live/recording/recording-job.ts'
import { remuxRecording } from '../modules/live/recording/recordings.jobs.ts'
import { tellingEnds } from '../modules/notifications/notifications.service.ts'
import { publishPost } from '../modules/posts/posts.jobs.ts'
import { writeReport } from '../modules/reports/reports.jobs.ts'
import { runSync } from '../modules/syncs/syncs.jobs.ts'
import { deliverEvent } from '../modules/webhooks/webhooks.jobs.ts'
import { runnableJob } from '../platform/jobs/define-job.ts'
import { Dispatcher } from '../platform/jobs/dispatcher.ts'
import { defaultWorkerOptions, JobWorker } from '../platform/jobs/job-worker.ts'
import { LocalSchedule } from '../platform/jobs/local-schedule.ts'
import { Schedule } from '../platform/jobs/schedule.ts'
import { openMailer } from '../platform/mail/mailer.ts'
import { createMetrics, measureJobs } from '../platform/observability/metrics.ts'
import { tellServedQueues, WorkerReporter } from '../platform/observability/worker-reports.ts'
import { auditUpkeep } from './audit-upkeep.ts'
import { currentQuotas } from './current-settings.ts'
import { exportResources } from './export-resources.ts'
import { HealthPort, healthOf } from './health-port.ts'
import { housekeeping, localHousekeeping } from './housekeeping.ts'
import { knownJobs } from './jobs.ts'
import type { RoleConfig } from './join-database.ts'
import { openPlatform } from './open-platform.ts'
import { openQueueEngine } from './queue-engine.ts'
import { reportSections } from './report-sections.ts'
import type { RunningRole } from './role-process.ts'
import { processWatch, streamUpkeep } from './stream-upkeep.ts'
import { syncRunning } from './sync-settings.ts'
import { webhookSettings } from './webhook-settings.ts'

/** The role `worker`: dispatches jobs, runs them, and keeps house. */
export const startWorker = async ({
  config,
  log,
}: {
  config: RoleConfig
  log: Logger
}): Promise<RunningRole> => {
  const platform = await openPlatform({ config, log, role: 'worker' })
  const { database, db, notifications, storage } = platform
  const { smtpUrl, from } = config.mail
  const mailer = openMailer({ smtpUrl, from, mailboxDir: path.join(config.dataDir, 'mailbox'), log })
  const provider = createImageProvider(config.images)
  const quotas = currentQuotas(platform.settings)
  const files = Object.assign(quotas.files, { db, readDb: platform.readDb, storage })
  const data = { db, bulk: database.bulk, quota: quotas.data }
  const exporting = { ...data, files, resources: exportResources }
  const engine = openQueueEngine({ config, db, log })
  const registry = createMetrics('backlot_worker_', database)
  const { concurrency } = config.jobs
  tellServedQueues(registry, concurrency)
  const deps = { db, engine, notifications, log, onOutcome: measureJobs(registry) }
  const keys = deriveAuthKeys(config.secretKey)
  const jobWorker = new JobWorker(
    deps,
    [
      runnableJob(accountEmail, { db, mailer, keys, publicUrl: config.http.origin }),
      runnableJob(processFile, files),
      runnableJob(renderGeneration, { db, files, provider }),
      runnableJob(generateDataset, data),
      runnableJob(generateSmallDataset, data),
      runnableJob(assistDataset, data),
      runnableJob(writeExport, exporting),
      runnableJob(writeSmallExport, exporting),
      runnableJob(writeReport, { ...data, files, sections: reportSections }),
      runnableJob(runSync, { ...data, ...syncRunning(config) }),
      runnableJob(processUpload, { ...data, files }),
      runnableJob(remuxRecording, { db, files, ffmpeg: await findFfmpeg(), dataDir: config.dataDir }),
      runnableJob(publishPost, {}),
      runnableJob(deliverEvent, { db, ...webhookSettings(config) }),
    ].map(tellingEnds),
    { ...defaultWorkerOptions, concurrency, drainMs: Math.round(config.shutdownTimeoutMs * 0.6) },
  )
  await jobWorker.ready()
  const dispatcher = new Dispatcher({ ...deps, known: knownJobs })
  const streams = { db, notifications, onEnded: makeFileOfRecording }
  const kept = { config, db, storage }
  const schedule = new Schedule({ db, log }, [
    dispatcher.sweep,
    ...housekeeping(kept),
    ...streamUpkeep(streams),
    ...auditUpkeep({ config, db, log }),
  ])
  const local = new LocalSchedule(log, [...localHousekeeping(kept), ...processWatch(streams)])
  const reporter = new WorkerReporter(db, `${os.hostname()}:${process.pid}`, registry, log)
  const leaving = new AbortController()
  const health = await HealthPort.open({
    ...healthOf({ config, platform, registry, leaving: leaving.signal }),
    // While the database is away the dispatcher cannot get on, and starting the process anew would not help.
    isAlive: () => !(dispatcher.isStuck() && reporter.storedLast),
  })
  return {
    stop: async () => {
      leaving.abort()
      await Promise.all([dispatcher.close(), schedule.close()])
      await Promise.all([jobWorker.close(), local.close(), reporter.close()])
      await provider.close()
      mailer.close()
      await engine.close()
      await health?.close()
      await platform.close()
    },
  }
}
