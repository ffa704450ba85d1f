import { z } from 'zod'
import { acceptedJobSchema } from '../../platform/http/envelope.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import { eventFilters } from './event-types.ts'
import type { DeliveryRow, WebhookRow } from './webhooks.table.ts'

const longestUrl = 2_048
const mostFilters = 50

const url = z
  .string()
  .max(longestUrl)
  .refine(isReceiver, 'Give an http or https URL without user name, password and fragment.')
  .describe('Where events are sent with POST. Only https keeps them from others on the way.')

function isReceiver(text: string): boolean {
  const parsed = URL.parse(text)
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) return false
  return parsed.username === '' && parsed.password === '' && parsed.hash === ''
}

const filter = z.enum(eventFilters, 'No event has this name, and no group.')

const events = z
  .array(filter)
  .min(1)
  .max(mostFilters)
  .describe(
    'Which events are sent: names such as `stream.live`, groups such as `destination.*`, or `*` for all.',
  )

const description = z.string().trim().max(500)

export const createWebhookBody = z.strictObject({
  url,
  events,
  description: description.default(''),
  projectId: z.uuid().optional().describe('Only events of this project of yours.'),
})
export type CreateWebhook = z.infer<typeof createWebhookBody>

export const updateWebhookBody = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    description: description.optional(),
    enabled: z.boolean().optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'Give something to change.')
export type UpdateWebhook = z.infer<typeof updateWebhookBody>

export const webhookParams = z.object({ id: z.uuid() })

export const listWebhooksQuery = pageQuery.extend({
  ownerId: z.uuid().optional().describe("Another user's webhooks: managers and admins only."),
})
export type ListWebhooks = z.infer<typeof listWebhooksQuery>

export const listDeliveriesQuery = pageQuery.extend({ status: z.enum(jobStatuses).optional() })
export type ListDeliveries = z.infer<typeof listDeliveriesQuery>

export const webhookSchema = z
  .object({
    id: z.uuid(),
    ownerId: z.uuid(),
    projectId: z.uuid().nullable(),
    url: z.string(),
    description: z.string(),
    events: z.array(z.string()),
    enabled: z.boolean(),
    disabledReason: z.string().nullable().describe('Why it was disabled, unless its owner did that.'),
    consecutiveFailures: z.int().describe('Deliveries in a row that failed with all their retries.'),
    previousSecretUntil: z.iso
      .datetime()
      .nullable()
      .describe('Until then the secret before the newest signs too.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Webhook' })

export const webhookWithSecretSchema = webhookSchema
  .extend({ secret: z.string().describe('Verifies signatures. Shown only here: keep it.') })
  .meta({ id: 'WebhookWithSecret' })

export const deliverySchema = z
  .object({
    id: z.uuid().describe('The header `webhook-id` of every attempt.'),
    webhookId: z.uuid(),
    jobId: z.uuid(),
    eventType: z.string(),
    payload: z.string().describe('The body, as it is sent.'),
    status: z.enum(jobStatuses),
    attempts: z.int(),
    lastAttemptAt: z.iso.datetime().nullable(),
    responseStatus: z.int().nullable().describe('Of the last attempt.'),
    responseBody: z.string().nullable().describe('The first 2 KiB of its answer.'),
    error: z.string().nullable().describe('Why it got no answer.'),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'WebhookDelivery' })

export const acceptedDeliverySchema = acceptedJobSchema.extend({ deliveryId: z.uuid() })

export const viewWebhook = (row: WebhookRow) => ({
  id: row.id,
  ownerId: row.ownerId,
  projectId: row.projectId,
  url: row.url,
  description: row.description,
  events: row.events,
  enabled: row.enabled,
  disabledReason: row.disabledReason,
  consecutiveFailures: row.consecutiveFailures,
  previousSecretUntil: row.previousSecretUntil?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

export const viewDelivery = (row: DeliveryRow) => ({
  id: row.id,
  webhookId: row.webhookId,
  jobId: row.jobId,
  eventType: row.eventType,
  payload: row.payload,
  status: row.status,
  attempts: row.attempts,
  lastAttemptAt: row.lastAttemptAt?.toISOString() ?? null,
  responseStatus: row.responseStatus,
  responseBody: row.responseBody,
  error: row.error,
  createdAt: row.createdAt.toISOString(),
})
