import { z } from 'zod'
import type { Db } from '../../platform/database/database.ts'
import { ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { listScheduledTasks, type ScheduledTask } from '../../platform/jobs/schedule-claims.ts'

const scheduleSchema = z
  .object({
    name: z.string(),
    everySeconds: z.int(),
    nextRunAt: z.iso.datetime().describe('In the past while it is due or runs.'),
    runningOn: z.string().nullable().describe('The process that runs it now: host, process id, and a mark.'),
    lastStartedAt: z.iso.datetime().nullable(),
    lastFinishedAt: z.iso.datetime().nullable(),
    lastTotal: z.int().nullable().describe('How much the last run did, such as rows removed.'),
    lastError: z.string().nullable().describe('Why the last run failed; null when it did not.'),
  })
  .meta({ id: 'Schedule' })

const viewSchedule = ({ nextRunAt, lastStartedAt, lastFinishedAt, ...task }: ScheduledTask) => ({
  name: task.name,
  everySeconds: task.everySeconds,
  nextRunAt: nextRunAt.toISOString(),
  runningOn: task.runningOn,
  lastStartedAt: lastStartedAt?.toISOString() ?? null,
  lastFinishedAt: lastFinishedAt?.toISOString() ?? null,
  lastTotal: task.lastTotal,
  lastError: task.lastError,
})

export const scheduleRoutes =
  ({ db }: { db: Db }) =>
  async (app: App) => {
    app.get(
      '/admin/schedules',
      {
        schema: {
          tags: ['admin'],
          summary: 'List what one process of all does again and again',
          response: { 200: successOf(z.array(scheduleSchema)) },
        },
        config: { access: 'schedules:read' },
      },
      async () => ok((await listScheduledTasks(db)).map(viewSchedule)),
    )
  }
