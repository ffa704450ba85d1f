import type { ReadDb } from '../../platform/database/database.ts'
import { listOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { actorOf } from '../auth/authenticate.ts'
import { listNotificationsQuery, notificationSchema } from './notifications.schema.ts'
import { listNotifications } from './notifications.service.ts'

export const notificationRoutes = (deps: { readDb: ReadDb }) => async (app: App) => {
  app.get(
    '/notifications',
    {
      schema: {
        tags: ['notifications'],
        summary: 'List your notifications, newest first',
        description: 'They are kept for 30 days. As they come: the topic `notifications` of `GET /realtime`.',
        querystring: listNotificationsQuery,
        response: { 200: listOf(notificationSchema) },
      },
      config: { access: 'notifications:read' },
    },
    (request) => listNotifications(deps, actorOf(request), request.query),
  )
}
