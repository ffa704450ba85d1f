import { sql } from 'drizzle-orm'
import { dayOf, madeIn, ownedBy, type UsageScope, type UsageSection } from '../reports/usage.ts'
import { generations } from './generations.table.ts'

const made = (scope: UsageScope) =>
  sql`${generations} where ${ownedBy(generations.ownerId, scope)} and ${madeIn(generations, scope)}`

export const generationsUsage: UsageSection = {
  title: 'Images',
  permission: 'generations:read',
  ofProjects: false,
  figures: [
    {
      caption: 'Generations by day and status',
      unit: 'count',
      by: 'day',
      select: (scope) => sql`
        select ${dayOf(generations.createdAt)} as label, ${generations.status} as series, count(*) as value
        from ${made(scope)} group by 1, 2`,
    },
    {
      caption: 'Generations by style and status',
      unit: 'count',
      by: 'name',
      select: (scope) => sql`
        select ${generations.style} as label, ${generations.status} as series, count(*) as value
        from ${made(scope)} group by 1, 2`,
    },
  ],
}
