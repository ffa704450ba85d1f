import { z } from 'zod'

export const maxHookBytes = 16 * 1024

const told = z
  .string()
  .max(512)
  .transform((text) => text.replaceAll(/\p{C}/gu, ''))
  .optional()

/** What nginx-rtmp-module posts ("Notify" in its directives), of which this is all that counts. */
export const publishHookBody = z.object({
  name: z.string().min(1).max(200).describe('The stream key.'),
  call: z.string().max(50).optional(),
  addr: told.describe("The publisher's address."),
  flashver: told.describe('What the publisher says that it is.'),
})
export type PublishHook = z.infer<typeof publishHookBody>

/**
 * Reads a form. Of a field that comes twice the first counts: nginx-rtmp appends what a publisher wrote behind the name of
 * its stream, as it is.
 */
export const readForm = (body: string): Record<string, string> =>
  Object.fromEntries([...new URLSearchParams(body)].toReversed())
