import { z } from 'zod'
import { invalidField } from '../errors.ts'
import { pageQuery } from './paging.ts'

const longestCursor = 2_000
/** An offset is walked row by row; a cursor is not, and reaches any depth. */
const largestOffset = 10_000
/** Of these years PostgreSQL and JavaScript say the same. */
const years = { first: 1970, last: 9999 }

/** The query of lists that can be sorted. The cursor belongs to the order that it was made in. */
export const sortedPageQuery = pageQuery.extend({
  cursor: z.string().max(longestCursor).optional(),
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .max(largestOffset)
    .optional()
    .describe('How many to skip. In place of `cursor`, which is faster and stays true while rows are added.'),
})

/** An instant in a request, with its zone. */
export const instantField = z.iso
  .datetime({ offset: true })
  .refine((text) => isInYears(new Date(text).getUTCFullYear()), 'Between the years 1970 and 9999.')
  .transform((text) => new Date(text))
  .meta({ examples: ['2026-01-31T12:00:00Z'] })

function isInYears(year: number): boolean {
  return year >= years.first && year <= years.last
}

/** By what a row is sorted, such as a title or an instant in ISO 8601; rows that are alike in it, by id. */
export type SortKey = string | number | null
/** Behind which row a page starts. */
export type Place = { key: SortKey; id: string }

export const keySchemas = {
  instant: z.iso.datetime().refine((text) => isInYears(new Date(text).getUTCFullYear())),
  text: z.string().max(500),
  number: z.number(),
  /** For an order by id alone. */
  none: z.null(),
}
export type KeyKind = keyof typeof keySchemas

/**
 * Where a page starts.
 * @param sort the order asked for; a cursor of another one is refused
 * @throws 422 for a cursor that this list did not make, and for one beside an offset
 */
export const placeOf = (
  { cursor, offset }: { cursor?: string | undefined; offset?: number | undefined },
  sort: string,
  kind: KeyKind,
): Place | undefined => {
  if (cursor === undefined) return undefined
  if (offset !== undefined)
    throw invalidField('offset', 'with_cursor', 'Give a cursor or an offset, not both.')
  const schema = z.tuple([z.literal(sort), keySchemas[kind], z.uuid()])
  try {
    const [, key, id] = schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { key, id }
  } catch {
    throw invalidField('cursor', 'invalid_cursor', 'This cursor was not made by this list, in this order.')
  }
}

/**
 * What says of a page where the next one starts, from `limit + 1` rows.
 * @param total how many rows match in all, when it was asked for
 */
export const pageAfter = <Row extends { id: string }>(
  rows: Row[],
  { limit, sort, total }: { limit: number; sort: string; total: number | undefined },
  keyOf: (row: Row) => SortKey,
) => {
  const last = rows[limit - 1]
  const place = rows.length > limit && last !== undefined ? [sort, keyOf(last), last.id] : undefined
  const nextCursor = place === undefined ? null : Buffer.from(JSON.stringify(place)).toString('base64url')
  return { nextCursor, limit, ...(total === undefined ? {} : { total }) }
}
