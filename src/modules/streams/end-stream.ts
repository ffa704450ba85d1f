import type { Tx } from '../../platform/database/database.ts'
import { restDestinations, setLiveStream } from '../projects/live-project.ts'
import type { NewLiveEvent } from './live-events.ts'
import { updateStream } from './streams.repository.ts'
import type { EndReason, StreamRow } from './streams.table.ts'

export type EndDeps = {
  /** What else belongs to the end of a stream, in the same transaction: gives the job that makes a file of its recording. */
  onEnded: (tx: Tx, stream: StreamRow) => Promise<string | undefined>
}

/**
 * Ends a stream that the transaction has locked, behind its project: its destinations rest, and what was recorded is made
 * into a file.
 * @param end `at` in database time
 * @returns the events to append
 */
export const endStream = async (
  { onEnded }: EndDeps,
  tx: Tx,
  stream: StreamRow,
  end: { at: Date; reason: EndReason; hasRecording?: boolean },
): Promise<NewLiveEvent[]> => {
  const { recordingStatus } = stream
  const isRecorded =
    recordingStatus === 'recording' || recordingStatus === 'stopped' || end.hasRecording === true
  const ended = await updateStream(tx, stream.id, {
    ...{ status: 'ended', endedAt: end.at, endReason: end.reason, bitrate: 0, updatedAt: end.at },
    ...(isRecorded ? { recordingStatus: 'processing' } : {}),
  })
  await restDestinations(tx, stream.projectId)
  await setLiveStream(tx, stream.projectId, null)
  const recordingJobId = await onEnded(tx, ended)
  if (recordingJobId !== undefined) await updateStream(tx, stream.id, { recordingJobId, updatedAt: end.at })
  const about = { streamId: stream.id, at: end.at }
  const data = {
    status: 'ended',
    reason: end.reason,
    durationSeconds: Math.max(0, (end.at.getTime() - ended.startedAt.getTime()) / 1_000),
    bytesReceived: ended.bytesReceived,
    peakBitrate: ended.peakBitrate,
  }
  return [
    { ...about, type: 'stream.ended', data },
    ...(isRecorded
      ? [{ ...about, type: 'recording.processing' as const, data: { status: 'processing' } }]
      : []),
  ]
}
