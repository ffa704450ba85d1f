import type { MetricObject } from 'prom-client'
import { z } from 'zod'

/** What several `api` processes of one machine and their parent say to each other. */

const limitCall = z.discriminatedUnion('do', [
  z.object({ do: z.literal('count'), key: z.string(), windowMs: z.number() }),
  z.object({ do: z.literal('take'), key: z.string(), burst: z.number(), refillMs: z.number() }),
  z.object({ do: z.literal('give-back'), key: z.string(), burst: z.number(), refillMs: z.number() }),
])
const limitAnswer = z.union([z.number(), z.object({ current: z.number(), ttl: z.number() })])
const metrics = z.custom<MetricObject[]>(Array.isArray)

export const messageOfChild = z.discriminatedUnion('type', [
  /** What is to be counted, for one turn of the event loop. */
  z.object({ type: z.literal('limits'), turn: z.number(), calls: z.array(limitCall) }),
  /** For a page of metrics all are asked, the asking one too. */
  z.object({ type: z.literal('metrics-wanted'), page: z.string() }),
  z.object({ type: z.literal('metrics'), by: z.number(), page: z.string(), of: z.number(), metrics }),
])

export const messageOfParent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('limits'), turn: z.number(), answers: z.array(limitAnswer) }),
  z.object({ type: z.literal('metrics-wanted'), by: z.number(), page: z.string(), of: z.number() }),
  z.object({
    type: z.literal('metrics'),
    process: z.number(),
    page: z.string(),
    of: z.number(),
    metrics,
  }),
])

export type LimitCall = z.infer<typeof limitCall>
export type LimitAnswer = z.infer<typeof limitAnswer>
export type MessageOfChild = z.infer<typeof messageOfChild>
