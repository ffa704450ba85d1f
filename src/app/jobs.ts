import { accountEmail } from '../modules/auth/auth.jobs.ts'
import { assistDataset, generateDataset, generateSmallDataset } from '../modules/datasets/datasets.jobs.ts'
import { writeExport, writeSmallExport } from '../modules/exports/exports.jobs.ts'
import { processFile } from '../modules/files/files.jobs.ts'
import { renderGeneration } from '../modules/generations/generations.jobs.ts'
import { processUpload } from '../modules/imports/imports.jobs.ts'
import { remuxRecording } from '../modules/live/recording/recordings.jobs.ts'
import { tellingEnds } from '../modules/notifications/notifications.service.ts'
import { publishPost } from '../modules/posts/posts.jobs.ts'
import { writeReport } from '../modules/reports/reports.jobs.ts'
import { runSync } from '../modules/syncs/syncs.jobs.ts'
import { deliverEvent } from '../modules/webhooks/webhooks.jobs.ts'
import { type KnownJob, knownJob } from '../platform/jobs/define-job.ts'

/** Every kind of job, by name. The handlers are bound to what they need in `worker.ts`. */
export const knownJobs: ReadonlyMap<string, KnownJob> = new Map(
  [
    knownJob(accountEmail),
    knownJob(processFile),
    knownJob(renderGeneration),
    knownJob(generateDataset),
    knownJob(generateSmallDataset),
    knownJob(assistDataset),
    knownJob(writeExport),
    knownJob(writeSmallExport),
    knownJob(writeReport),
    knownJob(runSync),
    knownJob(processUpload),
    knownJob(deliverEvent),
    knownJob(remuxRecording),
    knownJob(publishPost),
  ].map((job) => [job.name, tellingEnds(job)]),
)
