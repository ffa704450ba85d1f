import type { Db, Tx } from '../../platform/database/database.ts'
import { newId } from '../../platform/database/new-id.ts'
import { invalidField } from '../../platform/errors.ts'
import { jobLinks, ok } from '../../platform/http/envelope.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import type { JobStatus } from '../../platform/jobs/jobs.table.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import type { DataQuota } from '../datasets/quota.ts'
import { addUploadedDataset } from '../datasets/uploaded-dataset.ts'
import { consumeStagedFile, type FilesDeps, registerUpload, type StagedFile } from '../files/files.service.ts'
import { processUpload } from './imports.jobs.ts'
import { insertUploadedFile, setUploadedFile } from './imports.repository.ts'
import type { UploadFields } from './imports.schema.ts'
import { tableFormatOf } from './table-format.ts'

export { findDatasetOfFile } from './imports.repository.ts'

export type ImportsDeps = { db: Db; files: FilesDeps; quota: DataQuota; retentionDays: number }

/**
 * Makes what has arrived a file, a dataset when it is a table, and starts the job that reads it, in one transaction.
 * @throws 413 `QUOTA_EXCEEDED`, 422 without a file
 */
export const takeUpload = async (
  deps: ImportsDeps,
  actor: Actor,
  file: StagedFile | undefined,
  { name }: UploadFields,
  idempotencyKey: string | undefined,
) => {
  if (file === undefined)
    throw invalidField('file', 'required', 'Send the file as the part `file` of the form.')
  const ownerId = actor.userId
  const content = { name, file: file.sha256, fileName: file.name }
  const once = { ownerId, key: idempotencyKey, fingerprint: fingerprintOf('POST /upload', content) }
  return consumeStagedFile(deps.files, file, async () => {
    authorize(actor, 'files:create', { name: 'file', ownerId })
    if (file.kind === 'table') authorize(actor, 'datasets:create', { name: 'dataset', ownerId })
    return runOnce(deps.db, once, (tx) => register(tx, deps, file, name ?? file.name))
  })
}

const register = async (
  tx: Tx,
  { files, quota, retentionDays }: ImportsDeps,
  staged: StagedFile,
  name: string,
) => {
  const { ownerId, contentType, sizeBytes, storageKey } = staged
  const isTable = staged.kind === 'table' && tableFormatOf(staged.name) !== undefined
  const file = await registerUpload(tx, staged, {
    quotaBytes: files.quotaBytes,
    status: isTable ? 'ready' : 'pending',
  })
  const datasetId = isTable ? await newId(tx) : undefined
  const upload = await insertUploadedFile(tx, {
    fileId: file.id,
    originalName: staged.name,
    storedPath: storageKey,
    mimeType: contentType,
    sizeBytes,
  })
  const params = { uploadId: upload.id, fileId: file.id, datasetId }
  const { jobId } = await enqueue(tx, processUpload, params, { ownerId })
  const dataset =
    datasetId === undefined
      ? undefined
      : await addUploadedDataset(tx, { id: datasetId, jobId, ownerId, name, retentionDays }, quota)
  await setUploadedFile(tx, upload.id, { jobId, datasetId: datasetId ?? null })
  return {
    status: 201,
    body: ok({
      uploadId: upload.id,
      fileId: file.id,
      datasetId: datasetId ?? null,
      expiresAt: dataset?.expiresAt.toISOString() ?? null,
      jobId,
      status: 'pending' as JobStatus,
      ...jobLinks(jobId),
    }),
  }
}
