import { findDatasetOfFile } from '../modules/imports/imports.service.ts'
import type { JobsDeps } from '../modules/jobs/jobs.service.ts'
import type { Config } from '../platform/config/config.ts'
import { currentQuotas } from './current-settings.ts'
import { exportResources } from './export-resources.ts'
import type { HttpAppOptions } from './http.ts'
import type { Platform } from './open-platform.ts'
import { reportSections } from './report-sections.ts'
import { syncSettings } from './sync-settings.ts'

type DataApiContext = {
  config: Config
  platform: Platform
  jobs: JobsDeps
  draining: AbortSignal
}

/** What the routes need that make, read and write data and files. */
export const dataApi = ({
  config,
  platform: { db, readDb, storage, signingKey, settings },
  jobs,
  draining,
}: DataApiContext): Pick<
  HttpAppOptions,
  'files' | 'datasets' | 'exports' | 'reports' | 'syncs' | 'imports'
> => {
  const { publicUrl } = config.http
  const { datasetRetentionDays, exportRetentionDays } = config.data
  const quotas = currentQuotas(settings)
  const quota = quotas.data
  const files = Object.assign(quotas.files, { db, readDb, storage, publicUrl, signingKey })
  const writing = { ...jobs, readDb, draining, files, publicUrl, retentionDays: exportRetentionDays }
  return {
    files,
    datasets: { ...jobs, readDb, draining, quota, retentionDays: datasetRetentionDays },
    exports: { ...writing, resources: exportResources, findDatasetOfFile },
    reports: { ...writing, sections: reportSections },
    syncs: { ...jobs, ...syncSettings(config), readDb, draining },
    imports: { db, files, quota, retentionDays: datasetRetentionDays },
  }
}
