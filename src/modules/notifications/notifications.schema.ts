import { z } from 'zod'
import { pageQuery } from '../../platform/http/paging.ts'
import type { NotificationRow } from './notifications.table.ts'

export const listNotificationsQuery = pageQuery.omit({ total: true }).extend({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
})
export type ListNotifications = z.infer<typeof listNotificationsQuery>

export const notificationSchema = z
  .object({
    seq: z.int().describe('Numbers the notifications of a user, from 1 and without gaps.'),
    type: z.string().describe('`<subject>.<what happened>`, such as `generation.completed`.'),
    data: z.record(z.string(), z.unknown()),
    at: z.iso.datetime(),
  })
  .meta({ id: 'Notification' })

export const viewNotification = ({ seq, type, data, createdAt }: NotificationRow) => ({
  seq,
  type,
  data,
  at: createdAt.toISOString(),
})
