import { type SQL, sql } from 'drizzle-orm'
import { dayOf, ownedBy, type UsageScope, type UsageSection } from '../reports/usage.ts'
import { liveEvents, streams } from './streams.table.ts'

/** Streams that were live at some moment of the period. */
const overlapping = (scope: UsageScope): SQL => {
  const { projectId, from, until } = scope
  const ofProject = projectId === undefined ? sql`true` : sql`${streams.projectId} = ${projectId}`
  return sql`${ownedBy(streams.ownerId, scope)} and ${ofProject}
    and ${streams.startedAt} < ${until.toISOString()}
    and coalesce(${streams.endedAt}, now()) > ${from.toISOString()}`
}

/** Rows `label`, `series`, `value`: the minutes of each day that lie between `begins` and `ends` and in the period. */
const minutesByDay = (begins: SQL, ends: SQL, { from, until }: UsageScope): SQL => {
  const first = sql`greatest(${begins}, ${from.toISOString()}::timestamptz)`
  const last = sql`least(${ends}, ${until.toISOString()}::timestamptz)`
  return sql`lateral (
    select day, extract(epoch from least(${last}, day + interval '1 day') - greatest(${first}, day)) / 60 as minutes
    from generate_series(date_trunc('day', ${first}, 'UTC'), ${last}, interval '1 day') as day
    where ${last} > day) as spent`
}

const streamEnd = sql`coalesce(${streams.endedAt}, now())`

/** How long each destination was broadcasting: from the event that says so to the next one, or to the end of the stream. */
const broadcasts = (scope: UsageScope): SQL => sql`(
  select told.destination_id, told.type, told.name, told.created_at as begins,
    least(coalesce(lead(told.created_at) over (partition by told.destination_id order by told.seq), told.stream_end),
      told.stream_end) as ends
  from (
    select ${liveEvents.destinationId} as destination_id, ${liveEvents.type} as type, ${liveEvents.seq} as seq,
      ${liveEvents.data} ->> 'name' as name, ${liveEvents.createdAt} as created_at, ${streamEnd} as stream_end
    from ${streams} join ${liveEvents} on ${liveEvents.streamId} = ${streams.id}
    where ${overlapping(scope)} and ${liveEvents.destinationId} is not null
  ) as told) as broadcast`

export const liveUsage: UsageSection = {
  title: 'Live',
  permission: 'projects:read',
  ofProjects: true,
  figures: [
    {
      caption: 'Streams begun by day',
      unit: 'count',
      by: 'day',
      select: (scope) => sql`
        select ${dayOf(streams.startedAt)} as label, ${streams.source} as series, count(*) as value
        from ${streams} where ${overlapping(scope)} and ${streams.startedAt} >= ${scope.from.toISOString()}
        group by 1, 2`,
    },
    {
      caption: 'Minutes live by day',
      unit: 'minutes',
      by: 'day',
      select: (scope) => sql`
        select ${dayOf(sql`spent.day`)} as label, '' as series, sum(spent.minutes) as value
        from ${streams} cross join ${minutesByDay(sql`${streams.startedAt}`, streamEnd, scope)}
        where ${overlapping(scope)} group by 1`,
    },
    {
      caption: 'Minutes broadcast by destination',
      unit: 'minutes',
      by: 'name',
      select: (scope) => sql`
        select coalesce(broadcast.name, 'without a name') as label, '' as series, sum(spent.minutes) as value
        from ${broadcasts(scope)} cross join ${minutesByDay(sql`broadcast.begins`, sql`broadcast.ends`, scope)}
        where broadcast.type = 'destination.broadcasting' group by 1`,
    },
  ],
}
