import { deleteEndedKeys } from '../modules/api-keys/maintenance.ts'
import {
  deleteExpiredRefreshTokens,
  deleteExpiredSessions,
  deleteExpiredVerifications,
} from '../modules/auth/maintenance.ts'
import { expireDatasets, removeLeftoverTables } from '../modules/datasets/maintenance.ts'
import { removeExpiredExports } from '../modules/exports/exports.service.ts'
import { removeAbandonedUploads, removeDeletedFiles, removeDueObjects } from '../modules/files/clean-up.ts'
import { archiveEndedJobs, deleteArchivedJobs } from '../modules/jobs/jobs.repository.ts'
import { removeLeftoverRecordings } from '../modules/live/recording/recordings-folder.ts'
import { purgeDeletedPosts } from '../modules/posts/maintenance.ts'
import { deleteDeadProcesses } from '../modules/streams/live-processes.ts'
import { deleteOldLiveHistory } from '../modules/streams/maintenance.ts'
import { findStreamsWithParts } from '../modules/streams/stream-recording.ts'
import { deleteOldDeliveries } from '../modules/webhooks/deliveries.service.ts'
import type { Db } from '../platform/database/database.ts'
import { deletePassedFences } from '../platform/database/replicas/read-fences.ts'
import { deleteOldKeys } from '../platform/http/idempotency.ts'
import type { Task } from '../platform/jobs/schedule.ts'
import type { Storage } from '../platform/storage/storage.ts'
import type { RoleConfig } from './role-process.ts'

const minuteMs = 60_000
const secondMs = 1_000
const hourMs = 60 * minuteMs
const batch = 500
/** How long the archive of jobs is kept. */
const archiveDays = 365

/** What every worker does from time to time. Each task does one bounded batch, and several workers do not disturb each other. */
export const housekeeping = (deps: { config: RoleConfig; db: Db; storage: Storage }): Task[] => {
  const { config, db, storage } = deps
  return [
    { name: 'sessions', everyMs: hourMs, run: () => deleteExpiredSessions(db, batch) },
    { name: 'refresh tokens', everyMs: hourMs, run: () => deleteExpiredRefreshTokens(db, batch) },
    { name: 'verifications', everyMs: hourMs, run: () => deleteExpiredVerifications(db, batch) },
    { name: 'API keys', everyMs: hourMs, run: () => deleteEndedKeys(db, batch) },
    { name: 'read fences', everyMs: minuteMs, run: () => deletePassedFences(db, batch) },
    { name: 'idempotency keys', everyMs: hourMs, run: () => deleteOldKeys(db, batch) },
    { name: 'jobs', everyMs: hourMs, run: () => archiveEndedJobs(db, config.jobs.retentionDays, batch) },
    { name: 'archive', everyMs: hourMs, run: () => deleteArchivedJobs(db, archiveDays, batch) },
    { name: 'abandoned uploads', everyMs: 10 * minuteMs, run: () => removeAbandonedUploads({ db }, batch) },
    { name: 'deleted files', everyMs: 10 * minuteMs, run: () => removeDeletedFiles({ db }, batch) },
    { name: 'objects', everyMs: 10 * minuteMs, run: () => removeDueObjects({ db, storage }, batch) },
    { name: 'datasets', everyMs: 10 * minuteMs, run: () => expireDatasets({ db }, batch) },
    { name: 'tables of datasets', everyMs: 5 * secondMs, run: () => removeLeftoverTables({ db }) },
    { name: 'exports', everyMs: 10 * minuteMs, run: () => removeExpiredExports({ db }, batch) },
    { name: 'deleted posts', everyMs: hourMs, run: () => purgeDeletedPosts(db, batch) },
    { name: 'webhook deliveries', everyMs: hourMs, run: () => deleteOldDeliveries({ db }, batch) },
    {
      name: 'live history',
      everyMs: hourMs,
      run: () => deleteOldLiveHistory(db, config.live.historyDays, batch),
    },
    {
      name: 'recordings',
      everyMs: 10 * minuteMs,
      run: () =>
        removeLeftoverRecordings({
          dataDir: config.dataDir,
          findNeeded: (ids) => findStreamsWithParts(db, ids),
        }),
    },
    { name: 'live processes', everyMs: hourMs, run: () => deleteDeadProcesses(db, batch) },
    { name: 'drafts', everyMs: hourMs, run: () => storage.removeLeftovers() },
  ]
}
