import { z } from 'zod'

const longestTag = 40
export const mostTags = 20

/** A word of any script in lower case, with hyphens for spaces: `#Node JS` and `node-js` are one tag. */
export const tagField = z
  .string()
  .max(100)
  .transform((text) =>
    text
      .normalize('NFKC')
      .trim()
      .replace(/^#+/, '')
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '-'),
  )
  .pipe(
    z
      .string()
      .max(longestTag)
      .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._+#-]*$/u, 'Letters and digits, and . _ + # - behind the first.'),
  )

export const tagsField = z
  .array(tagField)
  .max(mostTags)
  .transform((tags) => [...new Set(tags)])
  .describe(`At most ${mostTags}. Case, spaces and a leading # make no difference.`)
