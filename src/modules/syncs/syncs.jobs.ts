import { z } from 'zod'
import type { Tx } from '../../platform/database/database.ts'
import { defineJob } from '../../platform/jobs/define-job.ts'
import { PermanentFailure } from '../../platform/jobs/job-failure.ts'
import { mailAccount } from '../auth/auth.jobs.ts'
import { can } from '../auth/permissions.ts'
import { keepSyncedDataset } from '../datasets/synced-dataset.ts'
import { tellUser } from '../notifications/notifications.service.ts'
import { findActiveUser } from '../users/users.service.ts'
import { type PullDeps, pullSource } from './pull-source.ts'
import {
  countFailure,
  type DisabledSync,
  findRun,
  findSync,
  followJob,
  setRun,
  updateSync,
} from './syncs.repository.ts'
import type { SyncRow, SyncRunRow } from './syncs.table.ts'

const params = z.object({ runId: z.uuid(), syncId: z.uuid() })

const mostFailuresInARow = 10

/** Pulls a source into its dataset, once. */
export const runSync = defineJob({
  name: 'sync.run',
  queue: 'sync',
  params,
  onTransition: async (tx, { runId, syncId }, job) => {
    await followJob(tx, runId, job)
    if (job.status === 'completed') await updateSync(tx, syncId, { consecutiveFailures: 0 })
    if (job.status !== 'failed') return
    const isHopeless = job.errorCode === 'DATASET_DELETED'
    const reason = isHopeless
      ? 'Its dataset was deleted.'
      : `The last ${mostFailuresInARow} runs failed: ${job.errorMessage}`
    await tellOwner(tx, await countFailure(tx, syncId, isHopeless ? 1 : mostFailuresInARow, reason), reason)
  },
  run: async (deps: PullDeps, job) => {
    const { run, sync } = await findDue(deps, job.params)
    // A worker that died has changed the rows and said so: only the job's end is missing.
    if (run.outcome !== null) return completed(run.id, run.outcome, sync.datasetId)
    const pulled = await pullSource(deps, job, sync)
    if (pulled.outcome !== 'not-modified') return completed(run.id, pulled.outcome, pulled.datasetId)
    return {
      ...completed(run.id, 'unchanged', sync.datasetId),
      commit: async (tx) => {
        const { datasetId } = sync
        if (datasetId === null || !(await keepSyncedDataset(tx, datasetId, deps.retentionDays))) {
          throw new PermanentFailure('DATASET_DELETED', 'The dataset was deleted.')
        }
        await setRun(tx, run.id, { outcome: 'unchanged', added: 0, changed: 0, removed: 0, bytes: 0 })
      },
    }
  },
})

/** Notifies and mails the owner of a sync that was disabled just now, in the same transaction. */
const tellOwner = async (tx: Tx, disabled: DisabledSync | undefined, reason: string): Promise<void> => {
  if (disabled === undefined) return
  const { id: syncId, ownerId, name, url } = disabled
  await tellUser(tx, { ownerId, type: 'sync.disabled', data: { syncId, reason } })
  // The path may be a secret, and a mail is read in many places.
  const { host } = new URL(url)
  await mailAccount(tx, { template: 'sync-disabled', userId: ownerId, name, host, reason })
}

const findDue = async (
  { db }: PullDeps,
  { runId, syncId }: z.infer<typeof params>,
): Promise<{ run: SyncRunRow; sync: SyncRow }> => {
  const [run, sync] = [await findRun(db, runId), await findSync(db, syncId)]
  if (run === undefined || sync === undefined)
    throw new PermanentFailure('SYNC_DELETED', 'The sync was deleted.')
  const owner = await findActiveUser(db, sync.ownerId)
  const holder = owner && { userId: owner.id, role: owner.role }
  const isAllowed =
    holder !== undefined &&
    can(holder, 'syncs:create', sync.ownerId) &&
    can(holder, 'datasets:create', sync.ownerId)
  if (!isAllowed) throw new PermanentFailure('SYNC_NOT_ALLOWED', 'The owner of the sync may not run it.')
  return { run, sync }
}

const completed = (runId: string, outcome: 'changed' | 'unchanged', datasetId: string | null) => ({
  result: { runId, outcome, datasetId },
  ...(datasetId === null ? {} : { resultUri: `/v1/datasets/${datasetId}` }),
})
