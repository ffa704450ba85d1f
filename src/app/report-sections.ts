import { datasetsUsage } from '../modules/datasets/datasets.usage.ts'
import { exportsUsage } from '../modules/exports/exports.usage.ts'
import { filesUsage } from '../modules/files/files.usage.ts'
import { generationsUsage } from '../modules/generations/generations.usage.ts'
import { jobsUsage } from '../modules/jobs/jobs.usage.ts'
import { postsUsage } from '../modules/posts/posts.usage.ts'
import type { UsageSections } from '../modules/reports/report-sections.ts'
import { liveUsage } from '../modules/streams/streams.usage.ts'

/** What a report can tell of, each told by its module. */
export const reportSections: UsageSections = {
  generations: generationsUsage,
  datasets: datasetsUsage,
  exports: exportsUsage,
  files: filesUsage,
  live: liveUsage,
  posts: postsUsage,
  jobs: jobsUsage,
}
