import type { z } from 'zod'
import type { Db } from '../../../platform/database/database.ts'
import { defineJob, type RunningJob } from '../../../platform/jobs/define-job.ts'
import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import type { FilesDeps } from '../../files/files.service.ts'
import { registerStreamedResult, storeStreamedResult } from '../../files/job-results.ts'
import { findRecordedStream, type RecordedStream, setRecording } from '../../streams/stream-recording.ts'
import type { Ffmpeg } from '../ffmpeg.ts'
import { recordingJob } from './recording-job.ts'
import { recordingFolder } from './recordings-folder.ts'
import { type Remuxed, removeScratch, remuxParts } from './remux.ts'

type Remux = RunningJob<z.infer<typeof recordingJob.params>>

export type RemuxDeps = { db: Db; files: FilesDeps; ffmpeg: Ffmpeg | undefined; dataDir: string }

/** The share of the work that is done when the file is made: storing it is the rest. */
const madeFraction = 0.7

/**
 * Makes the file of a recording, which has the stream's own id. The parts stay: `removeLeftoverRecordings` takes them when the
 * stream no longer needs them.
 */
export const remuxRecording = defineJob({
  ...recordingJob,
  onTransition: async (tx, { streamId }, job) => {
    if (job.status === 'in-progress') await setRecording(tx, streamId, { status: 'processing' })
    if (job.status !== 'failed' && job.status !== 'cancelled') return
    const message = job.errorMessage ?? 'Making the file of the recording was cancelled.'
    await setRecording(tx, streamId, { status: 'failed', message })
  },
  run: async (deps: RemuxDeps, job) => {
    const { streamId } = job.params
    const stream = await findRecordedStream(deps.db, streamId)
    if (stream === undefined) throw deleted()
    const { staged, durationMs, message } = await makeFile(deps, job, stream)
    return {
      result: { streamId, fileId: streamId, bytes: staged.sizeBytes, durationMs },
      resultUri: `/v1/files/${streamId}/content`,
      commit: async (tx) => {
        const said = message === undefined ? {} : { message }
        await registerStreamedResult(tx, staged, deps.files.quotaBytes)
        if (!(await setRecording(tx, streamId, { status: 'ready', fileId: streamId, ...said })))
          throw deleted()
      },
    }
  },
})

const makeFile = async ({ files, ffmpeg, dataDir }: RemuxDeps, job: Remux, stream: RecordedStream) => {
  const id = job.params.streamId
  const folder = recordingFolder(dataDir, id)
  await removeScratch(folder)
  try {
    const remuxed = await remuxParts({
      ffmpeg,
      folder,
      attempt: job.attempt,
      signal: job.signal,
      onProgress: (fraction) => job.progress(fraction * madeFraction),
    })
    if (remuxed === undefined) throw nothingRecorded()
    const { contentType, content, durationMs, message } = remuxed
    const staged = await storeStreamedResult(files, {
      id,
      ownerId: stream.ownerId,
      kind: 'recording',
      name: nameOf(stream, contentType),
      contentType,
      content: content(),
      job,
    })
    return { staged, durationMs, message }
  } finally {
    await removeScratch(folder)
  }
}

/** `Morning show 2026-11-05 10-20.mp4`: a colon is no part of a file name everywhere. */
const nameOf = ({ projectName, startedAt }: RecordedStream, contentType: Remuxed['contentType']) => {
  const date = startedAt.toISOString().slice(0, 16).replace('T', ' ').replace(':', '-')
  return `${projectName.replaceAll(/[/\\]/g, '-')} ${date}.${contentType === 'video/mp4' ? 'mp4' : 'flv'}`
}

const deleted = () => new PermanentFailure('STREAM_DELETED', 'The stream was deleted.')
const nothingRecorded = () =>
  new PermanentFailure('RECORDING_EMPTY', 'Nothing of this stream was recorded on this machine.')
