import { z } from 'zod'
import type { Tx } from '../../../platform/database/database.ts'
import { enqueue } from '../../../platform/jobs/enqueue.ts'

/** What a job is that makes the file of a recording, apart from how: live processes ask for it and never run it. */
export const recordingJob = {
  name: 'recording.remux',
  queue: 'recordings',
  params: z.object({ streamId: z.uuid() }),
} as const

/** In the transaction that ends a stream: what was recorded of it gets its job, whose id comes back. */
export const makeFileOfRecording = async (
  tx: Tx,
  stream: { id: string; ownerId: string; recordingStatus: string },
): Promise<string | undefined> => {
  if (stream.recordingStatus !== 'processing') return undefined
  const { jobId } = await enqueue(tx, recordingJob, { streamId: stream.id }, { ownerId: stream.ownerId })
  return jobId
}
