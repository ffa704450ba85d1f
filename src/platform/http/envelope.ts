import { z } from 'zod'

/** `{ success, data, message? }`, the shape of every success. */
export const successOf = <Data extends z.ZodType>(data: Data) =>
  z.object({ success: z.literal(true), data, message: z.string().meta({ maxLength: 500 }).optional() })

export const pageSchema = z.object({
  nextCursor: z
    .string()
    .meta({ maxLength: 20_000 })
    .nullable()
    .describe('Pass as `cursor` for the next page; null on the last one.'),
  limit: z.int(),
  total: z.int().optional().describe('Only when asked for with `total=true`.'),
})

/** `{ success, data: [...], page }`, the shape of every list. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ success: z.literal(true), data: z.array(item), page: pageSchema })

export const errorSchema = z
  .object({
    success: z.literal(false),
    message: z.string(),
    error: z.object({
      code: z.string(),
      message: z.string(),
      errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
      requestId: z.string(),
    }),
  })
  .meta({ id: 'Error' })

/** What the routes that start a job answer with a 202. */
export const acceptedJobSchema = z.object({
  jobId: z.uuid(),
  status: z.enum(['pending', 'in-progress', 'completed', 'failed', 'cancelled']),
  statusUrl: z.string(),
  eventsUrl: z.string(),
  cancelUrl: z.string(),
})

export const ok = <Data>(data: Data, message?: string) => ({
  success: true as const,
  data,
  ...(message === undefined ? {} : { message }),
})

/** The links that every started job is answered with. */
export const jobLinks = (jobId: string) => ({
  statusUrl: `/v1/jobs/${jobId}`,
  eventsUrl: `/v1/jobs/${jobId}/events`,
  cancelUrl: `/v1/jobs/${jobId}/cancel`,
})
