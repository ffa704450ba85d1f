import { z } from 'zod'
import type { BulkConnections } from '../../platform/database/bulk-connections.ts'
import type { Db } from '../../platform/database/database.ts'
import { type Completion, defineJob, type RunningJob } from '../../platform/jobs/define-job.ts'
import { PermanentFailure } from '../../platform/jobs/job-failure.ts'
import { whereSchema } from '../../platform/rows/where.ts'
import type { FilesDeps } from '../files/files.service.ts'
import { registerStreamedResult, storeStreamedResult } from '../files/job-results.ts'
import { findActiveUser } from '../users/users.service.ts'
import { publishJobEnd } from '../webhooks/publish-job-end.ts'
import { authorizeExport } from './authorize-export.ts'
import { encodeSource } from './encode-source.ts'
import { resourceNames } from './export-request.ts'
import { findExport, followJob, lockExport, setExportResult } from './exports.repository.ts'
import { type ExportResources, openSource } from './open-source.ts'

export type WriteExportDeps = { db: Db; bulk: BulkConnections; files: FilesDeps; resources: ExportResources }

const names = z.array(z.string()).optional()
const params = z.object({
  exportId: z.uuid(),
  source: z.object({
    datasetId: z.uuid().optional(),
    resource: z.enum(resourceNames).optional(),
    visibleOwner: z.uuid().optional(),
    tables: names,
    columns: names,
    where: whereSchema.optional(),
  }),
})
type WriteExport = RunningJob<z.infer<typeof params>>

const exporting = (name: string, queue: 'export' | 'small-export') =>
  defineJob({
    name,
    queue,
    params,
    onTransition: async (tx, { exportId }, job) => {
      await followJob(tx, exportId, job)
      await publishJobEnd(tx, job, { exportId })
    },
    run: writeFile,
  })

/** Writes the file of an export: from the database, or the generator, to the storage in one stream. */
const writeFile = async (deps: WriteExportDeps, job: WriteExport): Promise<Completion> => {
  const row = await findExport(deps.db, job.params.exportId)
  if (row === undefined || row.ownerId === null) throw deleted()
  const { request, ownerId, expiresAt } = row
  const owner = await findActiveUser(deps.db, ownerId)
  if (owner === undefined) throw ownerDisabled()
  await authorizeExport(deps, { userId: ownerId, role: owner.role }, ownerId, job.params.source)
  const source = await openSource(deps, job.params.source)
  const { staged, rows } = await deps.bulk.use(job.signal, async ({ client }) => {
    const { content, contentType, fileName, writtenRows } = encodeSource(client, source, request, job)
    const staged = await storeStreamedResult(deps.files, {
      ownerId,
      kind: 'export',
      name: fileName,
      contentType,
      content,
      job,
    })
    return { staged, rows: writtenRows() }
  })
  const { sizeBytes: bytes, sha256 } = staged
  return {
    result: { exportId: row.id, rows, bytes, sha256, expiresAt: expiresAt.toISOString() },
    resultUri: await deps.files.storage.signDownload({
      key: staged.storageKey,
      contentType: staged.contentType,
      fileName: staged.name,
      expiresAt,
    }),
    commit: async (tx) => {
      if (!(await lockExport(tx, row.id))) throw deleted()
      const file = await registerStreamedResult(tx, staged, deps.files.quotaBytes)
      await setExportResult(tx, row.id, { fileId: file.id, rowCount: rows })
    },
  }
}

export const writeExport = exporting('export.write', 'export')

/** The same in a queue of their own, so that they never wait behind large ones. */
export const writeSmallExport = exporting('export.write-small', 'small-export')
const mostSmallRows = 100_000

/** Which of the two is for so many rows. */
export const exportFor = (rows: number) => (rows <= mostSmallRows ? writeSmallExport : writeExport)

const ownerDisabled = () =>
  new PermanentFailure('EXPORT_NOT_ALLOWED', 'The owner of the export may not sign in.')
const deleted = () => new PermanentFailure('EXPORT_DELETED', 'The export was deleted.')
