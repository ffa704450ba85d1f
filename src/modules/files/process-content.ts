import { createHash } from 'node:crypto'
import type { Db } from '../../platform/database/database.ts'
import type { Completion, RunningJob } from '../../platform/jobs/define-job.ts'
import { PermanentFailure } from '../../platform/jobs/job-failure.ts'
import { resultKey } from '../../platform/storage/object-key.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { isPicture } from './file-kinds.ts'
import { findFile, setFileContent } from './files.repository.ts'
import type { FileRow } from './files.table.ts'
import { prepareImage } from './images/prepare-image.ts'
import { keepObject, listSupersededObject, listUnfinishedObject } from './object-removals.repository.ts'
import { hashObject, readObject } from './read-object.ts'

type Deps = { db: Db; storage: Storage }
type Job = RunningJob<{ fileId: string }>

/** @throws PermanentFailure when the file is gone, or is a picture that cannot be read */
export const processContent = async (deps: Deps, job: Job): Promise<Completion> => {
  const file = await findFile(deps.db, job.params.fileId)
  if (file === undefined) throw fileGone()
  return isPicture(file.contentType) ? processPicture(deps, job, file) : hashContent(deps, job, file)
}

const fileGone = () => new PermanentFailure('FILE_GONE', 'The file was deleted.')

const uriOf = (file: FileRow) => `/v1/files/${file.id}`

const hashContent = async ({ storage }: Deps, job: Job, file: FileRow): Promise<Completion> => {
  const sha256 = await hashObject(storage, file.storageKey, (readBytes) => {
    job.signal.throwIfAborted()
    job.progress(readBytes / file.sizeBytes, 'Checking')
  })
  if (sha256 === undefined) throw fileGone()
  return {
    result: { fileId: file.id },
    resultUri: uriOf(file),
    commit: async (tx) => {
      await setFileContent(tx, file.id, { sha256 })
    },
  }
}

const processPicture = async (deps: Deps, job: Job, file: FileRow): Promise<Completion> => {
  const original = await readObject(deps.storage, file.storageKey, file.sizeBytes)
  if (original === undefined) throw fileGone()
  job.progress(0.1, 'Reading the picture')
  const { metadata, thumbnail, clean } = await prepareImage(original, file.contentType)
  job.signal.throwIfAborted()
  job.progress(0.7, 'Storing')
  const thumbnailKey = await putResult(deps, job, file, 'thumbnail', thumbnail)
  const cleanKey = clean.equals(original) ? undefined : await putResult(deps, job, file, 'picture', clean)
  const sha256 = createHash('sha256').update(clean).digest('hex')
  return {
    result: { fileId: file.id },
    resultUri: uriOf(file),
    commit: async (tx) => {
      const storageKey = cleanKey ?? file.storageKey
      const content = { storageKey, thumbnailKey, sizeBytes: clean.length, sha256, metadata }
      // What was put for a file that was deleted meanwhile stays listed for removal.
      if (!(await setFileContent(tx, file.id, content))) return
      await keepObject(tx, thumbnailKey)
      if (cleanKey === undefined) return
      await keepObject(tx, cleanKey)
      await listSupersededObject(tx, file)
    },
  }
}

const putResult = async ({ db, storage }: Deps, job: Job, file: FileRow, part: string, data: Buffer) => {
  const key = resultKey(job, part)
  await listUnfinishedObject(db, { storageKey: key, ownerId: file.ownerId, sizeBytes: data.length })
  await storage.put(key, [data], { maxBytes: data.length, signal: job.signal })
  return key
}
