import { type SQL, sql } from 'drizzle-orm'
import { archivedJobs, jobs } from '../../platform/jobs/jobs.table.ts'
import { dayOf, madeIn, ownedBy, type UsageScope, type UsageSection } from '../reports/usage.ts'

/** Jobs of the period that are kept, and those that are in the archive. */
const made = (scope: UsageScope): SQL => {
  const archivedAt = sql`(${archivedJobs.job} ->> 'created_at')::timestamptz`
  return sql`(
    select ${jobs.createdAt} as created_at, ${jobs.status} as status, ${jobs.type} as type, ${jobs.errorCode} as code
    from ${jobs} where ${ownedBy(jobs.ownerId, scope)} and ${madeIn(jobs, scope)}
    union all
    select ${archivedAt}, ${archivedJobs.job} ->> 'status', ${archivedJobs.job} ->> 'type', ${archivedJobs.job} ->> 'error_code'
    from ${archivedJobs}
    where ${ownedBy(archivedJobs.ownerId, scope)} and ${madeIn({ id: archivedJobs.id, createdAt: archivedAt }, scope)}
  ) as made`
}

export const jobsUsage: UsageSection = {
  title: 'Jobs',
  permission: 'jobs:read',
  ofProjects: false,
  figures: [
    {
      caption: 'Jobs by day and status',
      unit: 'count',
      by: 'day',
      select: (scope) => sql`
        select ${dayOf(sql`made.created_at`)} as label, made.status as series, count(*) as value
        from ${made(scope)} group by 1, 2`,
    },
    {
      caption: 'Failed jobs by kind and reason',
      unit: 'count',
      by: 'name',
      select: (scope) => sql`
        select made.type as label, coalesce(made.code, 'unknown') as series, count(*) as value
        from ${made(scope)} where made.status = 'failed' group by 1, 2`,
    },
  ],
}
