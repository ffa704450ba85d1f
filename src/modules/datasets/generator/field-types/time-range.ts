import { z } from 'zod'
import { type FieldContext, SchemaFault } from '../field-type.ts'
import { firstMs, lastMs, msPerDay } from '../write-date.ts'

/** A date, which means its midnight, or a date and time with its zone. */
export const instantSchema = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .describe('Such as 2024-01-02 or 2024-01-02T03:04:05Z.')

export const rangeShape = {
  from: instantSchema.optional().describe('Default: five years before refDate.'),
  to: instantSchema.optional().describe('Included. Default: refDate.'),
}

const defaultDays = 1826

const within = (ms: number, path: string): number => {
  if (ms >= firstMs && ms <= lastMs) return ms
  throw new SchemaFault(path, 'out_of_range', 'The year must be from 1 to 9999.')
}

/** Milliseconds since 1970, both included. @throws SchemaFault */
export const rangeOf = (
  { from, to }: { from?: string | undefined; to?: string | undefined },
  { refDateMs }: FieldContext,
): { fromMs: number; toMs: number } => {
  const toMs = within(to === undefined ? refDateMs : Date.parse(to), 'options.to')
  const fromMs = within(
    from === undefined ? Math.max(firstMs, refDateMs - defaultDays * msPerDay) : Date.parse(from),
    'options.from',
  )
  if (fromMs > toMs) throw new SchemaFault('options.from', 'empty_range', 'The start is after the end.')
  return { fromMs, toMs }
}

/** Days since 1970, both included. @throws SchemaFault for years other than 1 to 9999 */
export const daysOf = (range: { fromMs: number; toMs: number }): { first: number; size: number } => {
  const first = Math.floor(within(range.fromMs, 'options') / msPerDay)
  return { first, size: Math.floor(within(range.toMs, 'options') / msPerDay) - first + 1 }
}
