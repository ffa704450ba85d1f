import { defineRemuxRecording } from '../modules/live/recording/recordings.jobs.ts'
import { findRecordedStream, setRecording } from '../modules/streams/stream-recording.ts'
import type { Tx } from '../platform/database/database.ts'
import { enqueue } from '../platform/jobs/enqueue.ts'

/** Makes the file of a recording when its stream has ended. */
export const remuxRecording = defineRemuxRecording({ findRecordedStream, setRecording })

/** In the transaction that ends a stream: what was recorded of it gets its job. */
export const onStreamEnded = async (
  tx: Tx,
  stream: { id: string; ownerId: string; recordingStatus: string },
): Promise<void> => {
  if (stream.recordingStatus !== 'processing') return
  await enqueue(tx, remuxRecording, { streamId: stream.id }, { ownerId: stream.ownerId })
}
