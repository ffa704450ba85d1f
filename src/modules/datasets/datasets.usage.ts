import { sql } from 'drizzle-orm'
import { dayOf, madeIn, ownedBy, type UsageSection } from '../reports/usage.ts'
import { datasets } from './datasets.table.ts'

export const datasetsUsage: UsageSection = {
  title: 'Data',
  permission: 'datasets:read',
  ofProjects: false,
  figures: [
    {
      caption: 'Rows made by day and origin',
      unit: 'count',
      by: 'day',
      select: (scope) => sql`
        select ${dayOf(datasets.createdAt)} as label, ${datasets.origin} as series, sum(${datasets.rowCount}) as value
        from ${datasets}
        where ${ownedBy(datasets.ownerId, scope)} and ${madeIn(datasets, scope)}
          and ${datasets.status} = 'completed' and ${datasets.deletedAt} is null
        group by 1, 2`,
    },
  ],
}
