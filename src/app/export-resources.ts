import { auditExport } from '../modules/audit/audit.export.ts'
import type { ResourceName } from '../modules/exports/export-request.ts'
import type { ExportResource } from '../modules/exports/resource.ts'
import { filesExport } from '../modules/files/files.export.ts'
import { generationsExport } from '../modules/generations/generations.export.ts'
import { jobsExport } from '../modules/jobs/jobs.export.ts'
import { postsExport } from '../modules/posts/posts.export.ts'
import { usersExport } from '../modules/users/users.export.ts'

/** What can be exported beside datasets. */
export const exportResources: Record<ResourceName, ExportResource> = {
  audit: auditExport,
  files: filesExport,
  generations: generationsExport,
  jobs: jobsExport,
  posts: postsExport,
  users: usersExport,
}
