import type { Tx } from '../../platform/database/database.ts'
import type { ChangedJob } from '../../platform/jobs/transitions.ts'
import { publishEvent } from './publish-event.ts'

/**
 * Tells the owner's webhooks when this transition ended the job: `job.completed`, `job.failed` or `job.cancelled`.
 * @param about the ids of what the job was about
 */
export const publishJobEnd = async (
  tx: Tx,
  job: ChangedJob,
  about: Record<string, string>,
): Promise<void> => {
  const { id: jobId, ownerId, type, status, errorCode, errorMessage } = job
  if (ownerId === null || status === 'pending' || status === 'in-progress') return
  const why = status === 'failed' ? { errorCode, errorMessage } : {}
  const data = { jobId, type, status, ...about, ...why }
  await publishEvent(tx, { type: `job.${status}`, ownerId, data, occurredAt: new Date() })
}
