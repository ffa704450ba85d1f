import { sql } from 'drizzle-orm'
import { dayOf, madeIn, ownedBy, type UsageSection } from '../reports/usage.ts'
import { posts } from './posts.table.ts'

export const postsUsage: UsageSection = {
  title: 'Posts',
  permission: 'posts:read',
  ofProjects: false,
  figures: [
    {
      caption: 'Posts by day and status',
      unit: 'count',
      by: 'day',
      select: (scope) => sql`
        select ${dayOf(posts.createdAt)} as label, ${posts.status} as series, count(*) as value
        from ${posts}
        where ${ownedBy(posts.authorId, scope)} and ${madeIn(posts, scope)} and ${posts.deletedAt} is null
        group by 1, 2`,
    },
  ],
}
