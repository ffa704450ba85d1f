import type { Db, ReadDb } from '../../platform/database/database.ts'
import { newId } from '../../platform/database/new-id.ts'
import { AppError, notFound } from '../../platform/errors.ts'
import { jobLinks, ok } from '../../platform/http/envelope.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { decodeCursor, type PageRequest, pageOf } from '../../platform/http/paging.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import type { JobStatus } from '../../platform/jobs/jobs.table.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize, listedOwner } from '../auth/permissions.ts'
import {
  eraseFile,
  type FileRow,
  type FilesDeps,
  findFile,
  findFiles,
  signedFileUrl,
} from '../files/files.service.ts'
import { type JobsDeps, type RetryGuard, stopUnlessEnded } from '../jobs/jobs.service.ts'
import { authorizeReport } from './authorize-report.ts'
import type { ReportRequest } from './report-request.ts'
import type { UsageSections } from './report-sections.ts'
import { writeReport } from './reports.jobs.ts'
import {
  countReports,
  countUnfinished,
  deleteReportRow,
  findReport,
  insertReport,
  listReports as listReportRows,
  takeExpiredReports,
} from './reports.repository.ts'
import { type ReportResultView, viewReport } from './reports.schema.ts'
import type { ReportRow } from './reports.table.ts'

export type ReportsDeps = JobsDeps & {
  readDb: ReadDb
  files: FilesDeps
  sections: UsageSections
  retentionDays: number
}

const mostUnfinished = 10
const dayMs = 24 * 60 * 60_000

/**
 * Takes a report and its job in one transaction.
 * @throws 403, 404 for a project or account that the actor may not see, 422, 429 with too many unfinished ones
 */
export const createReport = (
  { db, sections, retentionDays }: ReportsDeps,
  actor: Actor,
  request: ReportRequest,
  idempotencyKey: string | undefined,
) => {
  const ownerId = actor.userId
  const expiresAt = new Date(Date.now() + retentionDays * dayMs)
  const once = { ownerId, key: idempotencyKey, fingerprint: fingerprintOf('POST /reports', request) }
  return runOnce(db, once, async (tx) => {
    const { names } = await authorizeReport({ db: tx, sections }, actor, ownerId, request)
    if ((await countUnfinished(tx, ownerId)) >= mostUnfinished) throw tooManyUnfinished()
    const id = await newId(tx)
    const { jobId } = await enqueue(tx, writeReport, { reportId: id, sections: names }, { ownerId })
    await insertReport(tx, { id, jobId, ownerId, request, expiresAt })
    return {
      status: 202,
      body: ok({ reportId: id, jobId, status: 'pending' as JobStatus, ...jobLinks(jobId) }),
    }
  })
}

const tooManyUnfinished = () =>
  new AppError(429, 'TOO_MANY_REPORTS', `You have ${mostUnfinished} unfinished reports. Wait for some.`, {
    retryAfterSeconds: 10,
  })

/** Whoever has a report written again must be allowed what its maker had to be: so an API key gains nothing by it. */
export const reportRetryGuards = ({
  db,
  sections,
}: Pick<ReportsDeps, 'db' | 'sections'>): ReadonlyMap<string, RetryGuard> =>
  new Map([
    [
      writeReport.name,
      async (actor, job) => {
        const { reportId, sections: names } = writeReport.params.parse(job.params)
        const row = await findReport(db, reportId)
        if (row === undefined || row.ownerId === null) throw notFound('report')
        await authorizeReport({ db, sections }, actor, row.ownerId, { ...row.request, sections: names })
      },
    ],
  ])

/** @throws 404 for a report that does not exist and for one that the actor may not see */
const getReport = async (
  { readDb }: Pick<ReportsDeps, 'readDb'>,
  actor: Actor,
  id: string,
): Promise<ReportRow> => {
  const row = await findReport(readDb, id)
  if (row === undefined) throw notFound('report')
  authorize(actor, 'reports:read', { name: 'report', ownerId: row.ownerId })
  return row
}

export const showReport = async (deps: ReportsDeps, actor: Actor, id: string, origin: string) => {
  const row = await getReport(deps, actor, id)
  const file = row.fileId === null ? undefined : await findFile(deps.readDb, row.fileId)
  return viewReport(row, await viewResult(deps.files, file, origin))
}

export const listReports = async (deps: ReportsDeps, actor: Actor, query: PageRequest, origin: string) => {
  const ownerId = listedOwner(actor, 'reports:read')
  const rows = await listReportRows(deps.readDb, ownerId, decodeCursor(query.cursor), query.limit)
  const files = await findFiles(
    deps.readDb,
    rows.flatMap(({ fileId }) => fileId ?? []),
  )
  const results = new Map<string, ReportResultView | undefined>()
  for (const file of files) results.set(file.id, await viewResult(deps.files, file, origin))
  const total = query.total ? await countReports(deps.readDb, ownerId) : undefined
  return pageOf(rows, query.limit, (row) => viewReport(row, results.get(row.fileId ?? '')), total)
}

const viewResult = async (
  files: FilesDeps,
  file: FileRow | undefined,
  origin: string,
): Promise<ReportResultView | undefined> =>
  file && {
    fileId: file.id,
    resultUri: await signedFileUrl(files, file, origin),
    contentType: 'application/pdf',
    bytes: file.sizeBytes,
    sha256: file.sha256,
  }

/** Deletes a report and its file. One that runs is cancelled first. */
export const deleteReport = async (deps: ReportsDeps, actor: Actor, id: string): Promise<void> => {
  const row = await getReport({ readDb: deps.db }, actor, id)
  authorize(actor, 'reports:delete', { name: 'report', ownerId: row.ownerId })
  await stopUnlessEnded(deps, row.jobId)
  const erase = await deps.db.transaction(async (tx) => {
    const deleted = await deleteReportRow(tx, id)
    if (deleted === undefined) throw notFound('report')
    const details = { ownerId: row.ownerId }
    await recordAct(tx, { action: 'reports:delete', target: { type: 'report', id }, details })
    return deleted.fileId === null ? undefined : eraseFile(tx, deleted.fileId)
  })
  await erase?.(deps.files)
}

/** Removes reports whose time is over, with their files. Returns how many. */
export const removeExpiredReports = ({ db }: { db: Db }, limit: number): Promise<number> =>
  db.transaction(async (tx) => {
    const expired = await takeExpiredReports(tx, limit)
    for (const { fileId } of expired) if (fileId !== null) await eraseFile(tx, fileId)
    return expired.length
  })
