import { z } from 'zod'

const mostCalls = 50
const longestPath = 2_000

/** What a call says of itself; who calls, and from where, is the batch's own. */
const callHeaders = z
  .strictObject({
    'if-match': z.string().max(200).optional(),
    'if-none-match': z.string().max(200).optional(),
  })
  .describe('Other headers are those of the batch.')

const callSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][\w-]{0,39}$/i, 'A letter, then letters, digits, `_` and `-`, 40 at most.')
    .optional()
    .describe('Lets later calls name what comes of this one: `{{id.path}}`.'),
  method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
  path: z
    .string()
    .max(longestPath)
    .regex(/^\/([\x21-\x2e\x30-\x7e][\x21-\x7e]*)?$/, 'Give a path that begins with one `/`.')
    .describe('With its query, such as `/v1/posts/{{first.id}}`.'),
  headers: callHeaders.default({}),
  body: z.record(z.string(), z.unknown()).optional(),
})
export type Call = z.infer<typeof callSchema>

export const batchBody = z.strictObject({
  calls: z
    .array(callSchema)
    .min(1)
    .max(mostCalls)
    .superRefine((calls, context) => {
      const seen = new Set<string>()
      for (const [index, { id }] of calls.entries()) {
        if (id !== undefined && seen.has(id))
          context.addIssue({ code: 'custom', path: [index, 'id'], message: 'Another call has this id.' })
        if (id !== undefined) seen.add(id)
      }
    }),
})

export const callAnswer = z.object({
  id: z.string().optional(),
  status: z.int(),
  headers: z.object({ etag: z.string().optional(), location: z.string().optional() }),
  body: z
    .unknown()
    .describe('As the call alone would have been answered; null for an answer without a body.'),
})
export type CallAnswer = z.infer<typeof callAnswer>
