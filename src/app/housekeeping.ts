import { deleteEndedKeys } from '../modules/api-keys/maintenance.ts'
import {
  deleteExpiredRefreshTokens,
  deleteExpiredSessions,
  deleteExpiredVerifications,
} from '../modules/auth/maintenance.ts'
import { expireDatasets, removeLeftoverTables } from '../modules/datasets/maintenance.ts'
import { removeExpiredExports } from '../modules/exports/exports.service.ts'
import {
  removeAbandonedUploads,
  removeDeletedFiles,
  removeDueObjects,
  removeUnneededVariants,
} from '../modules/files/clean-up.ts'
import { deleteOldImageRequests } from '../modules/generations/openai-api/image-requests.repository.ts'
import { archiveEndedJobs, deleteArchivedJobs } from '../modules/jobs/jobs.repository.ts'
import { removeLeftoverRecordings } from '../modules/live/recording/recordings-folder.ts'
import { deleteOldNotifications } from '../modules/notifications/notifications.service.ts'
import { purgeDeletedPosts } from '../modules/posts/maintenance.ts'
import { removeExpiredReports } from '../modules/reports/reports.service.ts'
import { deleteDeadProcesses } from '../modules/streams/live-processes.ts'
import { deleteOldLiveHistory } from '../modules/streams/maintenance.ts'
import { findStreamsWithParts } from '../modules/streams/stream-recording.ts'
import { removeLeftoverSources, syncDirectory } from '../modules/syncs/leftover-sources.ts'
import { startDueSyncs } from '../modules/syncs/start-runs.ts'
import { deleteOldRuns } from '../modules/syncs/syncs.repository.ts'
import { deleteOldDeliveries } from '../modules/webhooks/deliveries.service.ts'
import type { Db } from '../platform/database/database.ts'
import { deletePassedFences } from '../platform/database/replicas/read-fences.ts'
import { deleteOldKeys } from '../platform/http/idempotency.ts'
import { deleteForgottenTasks } from '../platform/jobs/schedule-claims.ts'
import type { Task } from '../platform/jobs/task.ts'
import type { Storage } from '../platform/storage/storage.ts'
import type { RoleConfig } from './join-database.ts'

const minute = 60
const hour = 60 * minute
const batch = 500
/** How long the archive of jobs is kept. */
const archiveDays = 365
/** How long is told what the runs of syncs have changed. */
const syncRunDays = 30

type HousekeepingDeps = { config: RoleConfig; db: Db; storage: Storage }

/** What one worker of all does from time to time. */
export const housekeeping = ({ config, db, storage }: HousekeepingDeps): Task[] => {
  return [
    { name: 'sessions', everySeconds: hour, run: () => deleteExpiredSessions(db, batch) },
    { name: 'refresh tokens', everySeconds: hour, run: () => deleteExpiredRefreshTokens(db, batch) },
    { name: 'verifications', everySeconds: hour, run: () => deleteExpiredVerifications(db, batch) },
    { name: 'API keys', everySeconds: hour, run: () => deleteEndedKeys(db, batch) },
    { name: 'read fences', everySeconds: minute, run: () => deletePassedFences(db, batch) },
    { name: 'idempotency keys', everySeconds: hour, run: () => deleteOldKeys(db, batch) },
    { name: 'image requests', everySeconds: hour, run: () => deleteOldImageRequests(db, batch) },
    { name: 'jobs', everySeconds: hour, run: () => archiveEndedJobs(db, config.jobs.retentionDays, batch) },
    { name: 'archive', everySeconds: hour, run: () => deleteArchivedJobs(db, archiveDays, batch) },
    {
      name: 'abandoned uploads',
      everySeconds: 10 * minute,
      run: () => removeAbandonedUploads({ db }, batch),
    },
    { name: 'deleted files', everySeconds: 10 * minute, run: () => removeDeletedFiles({ db }, batch) },
    { name: 'resized pictures', everySeconds: 10 * minute, run: () => removeUnneededVariants({ db }, batch) },
    { name: 'objects', everySeconds: 10 * minute, run: () => removeDueObjects({ db, storage }, batch) },
    { name: 'datasets', everySeconds: 10 * minute, run: () => expireDatasets({ db }, batch) },
    { name: 'tables of datasets', everySeconds: 5, run: () => removeLeftoverTables({ db }) },
    { name: 'exports', everySeconds: 10 * minute, run: () => removeExpiredExports({ db }, batch) },
    { name: 'reports', everySeconds: 10 * minute, run: () => removeExpiredReports({ db }, batch) },
    { name: 'syncs', everySeconds: 5, run: () => startDueSyncs({ db }, batch) },
    { name: 'runs of syncs', everySeconds: hour, run: () => deleteOldRuns(db, syncRunDays, batch) },
    { name: 'deleted posts', everySeconds: hour, run: () => purgeDeletedPosts(db, batch) },
    { name: 'notifications', everySeconds: hour, run: () => deleteOldNotifications(db, batch) },
    { name: 'webhook deliveries', everySeconds: hour, run: () => deleteOldDeliveries({ db }, batch) },
    {
      name: 'live history',
      everySeconds: hour,
      run: () => deleteOldLiveHistory(db, config.live.historyDays, batch),
    },
    { name: 'live processes', everySeconds: hour, run: () => deleteDeadProcesses(db, batch) },
    { name: 'schedule', everySeconds: 10 * minute, run: () => deleteForgottenTasks(db) },
  ]
}

/** What every worker does, for there may be something on its own machine's disk. */
export const localHousekeeping = ({ config, db, storage }: HousekeepingDeps): Task[] => [
  {
    name: 'recordings',
    everySeconds: 10 * minute,
    run: () =>
      removeLeftoverRecordings({
        dataDir: config.dataDir,
        findNeeded: (ids) => findStreamsWithParts(db, ids),
      }),
  },
  { name: 'sources', everySeconds: hour, run: () => removeLeftoverSources(syncDirectory(config.dataDir)) },
  { name: 'drafts', everySeconds: hour, run: () => storage.removeLeftovers() },
]
