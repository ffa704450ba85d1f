import { z } from 'zod'
import { invalidField } from '../errors.ts'

const defaultLimit = 20
const maxLimit = 100

/** The query of every list. Newest first; the cursor is opaque and stays true while rows are added. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(maxLimit).default(defaultLimit),
  cursor: z.string().max(200).optional(),
  total: z.stringbool().default(false).describe('Also count all that match. Costs a second query.'),
})

export type PageRequest = z.infer<typeof pageQuery>

/** The id after which a page starts: ids are UUIDv7, so their order is the order of creation. */
export const decodeCursor = (cursor: string | undefined): string | undefined => {
  if (cursor === undefined) return undefined
  const id = z.uuid().safeParse(Buffer.from(cursor, 'base64url').toString())
  if (!id.success) throw invalidField('cursor', 'invalid_cursor', 'This cursor was not made by this list.')
  return id.data
}

/**
 * Answers one page from `limit + 1` rows: the surplus row only tells that there is a next page.
 * @param total how many rows match in all, when it was asked for
 */
export const pageOf = <Row extends { id: string }, View>(
  rows: Row[],
  limit: number,
  view: (row: Row) => View,
  total?: number,
) => {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > limit && last ? Buffer.from(last.id).toString('base64url') : null
  return {
    success: true as const,
    data: shown.map(view),
    page: { nextCursor, limit, ...(total === undefined ? {} : { total }) },
  }
}
