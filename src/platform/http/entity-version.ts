import { z } from 'zod'
import { preconditionFailed } from '../errors.ts'

/** A version as an entity tag (RFC 9110, 8.8.3). */
export const versionTag = (version: number): string => `"${version}"`

export const ifMatchVersion = z.object({
  'if-match': z
    .string()
    .max(500)
    .optional()
    .describe('The `ETag` that you have. Another one is refused with 412.'),
})

/**
 * Refuses a change by who has seen another version. A weak tag is of none (RFC 9110, 13.1.1).
 * @param version undefined for what does not exist, which no tag is of
 * @throws 412
 */
export const requireVersion = (ifMatch: string | undefined, version: number | undefined): void => {
  const tags = ifMatch?.split(',').map((tag) => tag.trim())
  const isSeen = version !== undefined && (tags?.includes('*') || tags?.includes(versionTag(version)))
  if (tags === undefined || isSeen) return
  throw preconditionFailed('It was changed meanwhile. Read it again.')
}
