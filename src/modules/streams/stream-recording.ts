import { and, inArray, ne, sql } from 'drizzle-orm'
import type { Db, ReadDb, Tx } from '../../platform/database/database.ts'
import { findLiveProject, lockLiveProject } from '../projects/live-project.ts'
import { appendEvents, type NewLiveEvent } from './live-events.ts'
import { findStream, updateStream } from './streams.repository.ts'
import { streams } from './streams.table.ts'

export type RecordingOutcome =
  | { status: 'processing' }
  | { status: 'ready'; fileId: string; message?: string }
  | { status: 'failed'; message: string }

/** Whose recording it is, and what to call it. */
export const findRecordedStream = async (db: ReadDb, streamId: string) => {
  const stream = await findStream(db, streamId)
  const project = stream && (await findLiveProject(db, stream.projectId))
  if (stream === undefined || project === undefined) return undefined
  return { ownerId: stream.ownerId, projectName: project.name, startedAt: stream.startedAt }
}

export type RecordedStream = NonNullable<Awaited<ReturnType<typeof findRecordedStream>>>

/** Notes what became of a recording, with its event. @returns false when there is no such stream any more */
export const setRecording = async (tx: Tx, streamId: string, outcome: RecordingOutcome): Promise<boolean> => {
  const found = await findStream(tx, streamId)
  if (found === undefined || (await lockLiveProject(tx, found.projectId)) === undefined) return false
  if (found.recordingStatus === outcome.status) return true
  const message = 'message' in outcome ? (outcome.message ?? null) : null
  const fileId = outcome.status === 'ready' ? outcome.fileId : null
  const at = new Date()
  await updateStream(tx, streamId, {
    ...{ recordingStatus: outcome.status, recordingMessage: message, recordingFileId: fileId, updatedAt: at },
  })
  const data = { status: outcome.status, fileId, message }
  const event: NewLiveEvent = { type: `recording.${outcome.status}`, streamId, data, at }
  await appendEvents(tx, found, [event])
  return true
}

const keptDays = 7

/** Which of these streams still need what was recorded of them: no file was made yet, and may still be. */
export const findStreamsWithParts = async (db: Db, streamIds: string[]): Promise<string[]> => {
  const mayStillBe = sql`coalesce(${streams.endedAt}, now()) > now() - ${keptDays} * interval '1 day'`
  const rows = await db
    .select({ id: streams.id })
    .from(streams)
    .where(and(inArray(streams.id, streamIds), ne(streams.recordingStatus, 'ready'), mayStillBe))
  return rows.map(({ id }) => id)
}
