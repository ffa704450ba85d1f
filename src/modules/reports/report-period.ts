import { z } from 'zod'

export const longestPeriodDays = 366
const dayMs = 24 * 60 * 60_000

const day = z.iso.date().refine((text) => text >= '2000-01-01' && text < '2200-01-01', {
  message: 'Between 2000-01-01 and 2199-12-31.',
})

/** Days in UTC, both included. */
export const periodFields = {
  from: day.describe('The first day, in UTC.'),
  to: day.describe(`The last day, in UTC: at most ${longestPeriodDays} days from the first.`),
}

export type Period = { from: string; to: string }

export const countDays = ({ from, to }: Period): number => (Date.parse(to) - Date.parse(from)) / dayMs + 1

/** The instants from which and before which something is in the period. */
export const boundsOf = ({ from, to }: Period): { from: Date; until: Date } => ({
  from: new Date(from),
  until: new Date(Date.parse(to) + dayMs),
})

/** All days of the period, in order, as `YYYY-MM-DD`. */
export const daysOf = (period: Period): string[] =>
  Array.from({ length: countDays(period) }, (_, index) =>
    new Date(Date.parse(period.from) + index * dayMs).toISOString().slice(0, 10),
  )
