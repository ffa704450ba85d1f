import { z } from 'zod'
import type { BulkConnections } from '../../platform/database/bulk-connections.ts'
import type { Db } from '../../platform/database/database.ts'
import { type Completion, defineJob, type RunningJob } from '../../platform/jobs/define-job.ts'
import { PermanentFailure } from '../../platform/jobs/job-failure.ts'
import type { FilesDeps } from '../files/files.service.ts'
import { registerStreamedResult, storeStreamedResult } from '../files/job-results.ts'
import { findActiveUser } from '../users/users.service.ts'
import { authorizeReport } from './authorize-report.ts'
import { gatherUsage } from './gather-usage.ts'
import { boundsOf } from './report-period.ts'
import { sectionNames, type UsageSections } from './report-sections.ts'
import { findReport, followJob, setReportFile } from './reports.repository.ts'

export type WriteReportDeps = { db: Db; bulk: BulkConnections; files: FilesDeps; sections: UsageSections }

const params = z.object({
  reportId: z.uuid(),
  /** What its maker could read when it was asked for, and had it asked for. */
  sections: z.array(z.enum(sectionNames)),
})

/** Counts the usage and writes it as a PDF. */
export const writeReport = defineJob({
  name: 'report.write',
  queue: 'reports',
  params,
  onTransition: (tx, { reportId }, job) => followJob(tx, reportId, job),
  run: async (deps: WriteReportDeps, job: RunningJob<z.infer<typeof params>>): Promise<Completion> => {
    const row = await findReport(deps.db, job.params.reportId)
    if (row === undefined || row.ownerId === null) throw deleted()
    const { request, ownerId, expiresAt } = row
    const owner = await findActiveUser(deps.db, ownerId)
    if (owner === undefined) throw ownerDisabled()
    const holder = { userId: ownerId, role: owner.role }
    const asked = { ...request, sections: job.params.sections }
    const { subject, names } = await authorizeReport(deps, holder, ownerId, asked)
    const scope = { ...subject, ...boundsOf(request) }
    const sections = await deps.bulk.use(job.signal, ({ db }) =>
      gatherUsage(db, {
        sections: names.map((name) => deps.sections[name]),
        scope,
        onFigure: (done, of, caption) => job.progress((done / of) * 0.9, caption),
      }),
    )
    // Loaded by who writes reports, and not by each process that only takes them.
    const { renderReport } = await import('./pdf/render-report.ts')
    const staged = await storeStreamedResult(deps.files, {
      ownerId,
      kind: 'report',
      name: `usage ${request.from} to ${request.to}.pdf`,
      contentType: 'application/pdf',
      content: renderReport({ heading: subject.heading, period: request, sections }, job.signal),
      job,
    })
    const { sizeBytes: bytes, sha256 } = staged
    return {
      result: { reportId: row.id, bytes, sha256, expiresAt: expiresAt.toISOString() },
      resultUri: await deps.files.storage.signDownload({
        key: staged.storageKey,
        contentType: staged.contentType,
        fileName: staged.name,
        expiresAt,
      }),
      commit: async (tx) => {
        const file = await registerStreamedResult(tx, staged, deps.files.quotaBytes)
        if (!(await setReportFile(tx, row.id, file.id))) throw deleted()
      },
    }
  },
})

const ownerDisabled = () =>
  new PermanentFailure('REPORT_NOT_ALLOWED', 'The owner of the report may not sign in.')
const deleted = () => new PermanentFailure('REPORT_DELETED', 'The report was deleted.')
