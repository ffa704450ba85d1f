import type { Db, Tx } from '../../platform/database/database.ts'
import { newId } from '../../platform/database/new-id.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import { turnAfter } from './sync-timing.ts'
import { runSync } from './syncs.jobs.ts'
import { insertRun, lockDueSyncs, updateSync } from './syncs.repository.ts'
import type { SyncRow, SyncRunRow } from './syncs.table.ts'

/** Adds a run with its job. The caller has made sure that none is unfinished, behind the lock of the sync. */
export const startRun = async (
  tx: Tx,
  { id: syncId, ownerId }: Pick<SyncRow, 'id' | 'ownerId'>,
  trigger: SyncRunRow['trigger'],
): Promise<{ runId: string; jobId: string }> => {
  const runId = await newId(tx)
  const { jobId } = await enqueue(tx, runSync, { runId, syncId }, { ownerId })
  await insertRun(tx, { id: runId, syncId, jobId, trigger })
  return { runId, jobId }
}

/**
 * Starts the syncs whose turn has come. One that still runs is left alone, and turns that nobody took are not made up for: the
 * next one is counted from now. Returns how many were started.
 */
export const startDueSyncs = ({ db }: { db: Db }, limit: number): Promise<number> =>
  db.transaction(async (tx) => {
    const due = await lockDueSyncs(tx, limit)
    for (const sync of due) {
      await startRun(tx, sync, 'schedule')
      await updateSync(tx, sync.id, { nextRunAt: turnAfter(sync.timing, new Date()) })
    }
    return due.length
  })
