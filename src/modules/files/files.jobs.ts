import { z } from 'zod'
import type { Db, Tx } from '../../platform/database/database.ts'
import { defineJob } from '../../platform/jobs/define-job.ts'
import type { ChangedJob } from '../../platform/jobs/transitions.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { publishJobEnd } from '../webhooks/publish-job-end.ts'
import { setFileStatus } from './files.repository.ts'
import type { FileRow } from './files.table.ts'
import { processContent } from './process-content.ts'

export type ProcessFileDeps = { db: Db; storage: Storage }

/** Finishes an uploaded file: its hash, and for pictures metadata, a thumbnail, and a copy that does not tell the place. */
export const processFile = defineJob({
  name: 'file.process',
  queue: 'uploads',
  params: z.object({ fileId: z.uuid() }),
  onTransition: async (tx, { fileId }, job) => {
    await fileFollowsJob(tx, fileId, job)
    await publishJobEnd(tx, job, { fileId })
  },
  run: (deps: ProcessFileDeps, job) => processContent(deps, job),
})

/** Copies what happened to the job that processes a file into the file. */
export const fileFollowsJob = (tx: Tx, fileId: string, job: ChangedJob) =>
  setFileStatus(tx, fileId, stateOf(job))

const stateOf = (job: ChangedJob): Pick<FileRow, 'status' | 'errorCode' | 'errorMessage'> => {
  const fine = { errorCode: null, errorMessage: null }
  switch (job.status) {
    case 'pending':
      return { status: 'pending', ...fine }
    case 'in-progress':
      return { status: 'processing', ...fine }
    case 'completed':
      return { status: 'ready', ...fine }
    case 'failed':
      return { status: 'failed', errorCode: job.errorCode, errorMessage: job.errorMessage }
    case 'cancelled':
      return { status: 'failed', errorCode: 'CANCELLED', errorMessage: 'The processing was cancelled.' }
  }
}
