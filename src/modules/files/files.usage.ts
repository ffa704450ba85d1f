import { sql } from 'drizzle-orm'
import { dayOf, madeIn, ownedBy, type UsageSection } from '../reports/usage.ts'
import { files } from './files.table.ts'

export const filesUsage: UsageSection = {
  title: 'Files',
  permission: 'files:read',
  ofProjects: false,
  figures: [
    {
      caption: 'Bytes stored by day and kind',
      unit: 'bytes',
      by: 'day',
      select: (scope) => sql`
        select ${dayOf(files.createdAt)} as label, ${files.kind} as series, sum(${files.sizeBytes}) as value
        from ${files}
        where ${ownedBy(files.ownerId, scope)} and ${madeIn(files, scope)} and ${files.deletedAt} is null
        group by 1, 2`,
    },
    {
      caption: 'Files by kind',
      unit: 'count',
      by: 'name',
      select: (scope) => sql`
        select ${files.kind} as label, '' as series, count(*) as value
        from ${files}
        where ${ownedBy(files.ownerId, scope)} and ${madeIn(files, scope)} and ${files.deletedAt} is null
        group by 1`,
    },
    {
      caption: 'Storage in use at the end of the period, by kind',
      unit: 'bytes',
      by: 'name',
      select: (scope) => sql`
        select ${files.kind} as label, '' as series, sum(${files.sizeBytes}) as value
        from ${files}
        where ${ownedBy(files.ownerId, scope)} and ${files.createdAt} < ${scope.until.toISOString()}
          and ${files.deletedAt} is null
        group by 1`,
    },
  ],
}
