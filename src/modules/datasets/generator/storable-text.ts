import { z } from 'zod'

/** Text that PostgreSQL can store: without U+0000. At most `maxLength` UTF-16 units. */
export const storableText = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((text) => !text.includes('\0'), 'U+0000 cannot be stored.')
