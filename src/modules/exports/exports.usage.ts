import { sql } from 'drizzle-orm'
import { dayOf, madeIn, ownedBy, type UsageScope, type UsageSection } from '../reports/usage.ts'
import { dataExports } from './exports.table.ts'

const made = (scope: UsageScope) =>
  sql`${dataExports} where ${ownedBy(dataExports.ownerId, scope)} and ${madeIn(dataExports, scope)}`

export const exportsUsage: UsageSection = {
  title: 'Exports',
  permission: 'exports:read',
  ofProjects: false,
  figures: [
    {
      caption: 'Exports by day and status',
      unit: 'count',
      by: 'day',
      select: (scope) => sql`
        select ${dayOf(dataExports.createdAt)} as label, ${dataExports.status} as series, count(*) as value
        from ${made(scope)} group by 1, 2`,
    },
    {
      caption: 'Rows exported by format',
      unit: 'count',
      by: 'name',
      select: (scope) => sql`
        select ${dataExports.request} ->> 'format' as label, '' as series, sum(${dataExports.rowCount}) as value
        from ${made(scope)} and ${dataExports.rowCount} is not null group by 1`,
    },
  ],
}
