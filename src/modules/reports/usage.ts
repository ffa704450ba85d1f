import { type Column, type SQL, sql } from 'drizzle-orm'
import type { Permission } from '../auth/permissions.ts'

/** Whose usage, and when: from the instant `from` to before `until`, both at midnight UTC. */
export type UsageScope = {
  /** Undefined: everybody's. */
  ownerId: string | undefined
  /** Of one project only. Never given to a section that is not `ofProjects`. */
  projectId: string | undefined
  from: Date
  until: Date
}

export type UsageUnit = 'count' | 'bytes' | 'minutes'

/** One thing that is measured, and drawn as one chart. */
export type UsageFigure = {
  caption: string
  unit: UsageUnit
  /** What a bar stands for: a day of the period, or anything that has a name. */
  by: 'day' | 'name'
  /**
   * A select of rows `label`, `series` and `value`, in any number and order: rows of the same label and series are added up. A day's
   * label is as `dayOf` writes it.
   */
  select: (scope: UsageScope) => SQL
}

/** What a module tells of how it is used. */
export type UsageSection = {
  title: string
  /** What somebody must be allowed to read to be told. */
  permission: Permission
  ofProjects: boolean
  figures: UsageFigure[]
}

/** The day of an instant in UTC, as text. */
export const dayOf = (instant: Column | SQL): SQL => sql`to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD')`

export const ownedBy = (owner: Column | SQL, { ownerId }: UsageScope): SQL =>
  ownerId === undefined ? sql`true` : sql`${owner} = ${ownerId}`

/** Far more than what lies between the moments at which a row's id and its `created_at` are taken. */
const slackMs = 24 * 60 * 60_000

/** Rows that were made in the period. Their ids, which begin with the time, let an index find them. */
export const madeIn = (
  row: { id: Column | SQL; createdAt: Column | SQL },
  { from, until }: UsageScope,
): SQL =>
  sql`${row.id} >= ${firstIdAt(from.getTime() - slackMs)} and ${row.id} < ${firstIdAt(until.getTime() + slackMs)}
    and ${row.createdAt} >= ${from.toISOString()} and ${row.createdAt} < ${until.toISOString()}`

/** The least UUIDv7 of a millisecond (RFC 9562, 5.7). */
const firstIdAt = (epochMs: number): string => {
  const time = Math.max(0, epochMs).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}
