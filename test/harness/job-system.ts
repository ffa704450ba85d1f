import { type Logger, pino } from 'pino'
import { Database } from '../../src/platform/database/database.ts'
import { Notifications } from '../../src/platform/events/notifications.ts'
import type { RunnableJob } from '../../src/platform/jobs/define-job.ts'
import { Dispatcher } from '../../src/platform/jobs/dispatcher.ts'
import { JobWorker, type JobWorkerOptions } from '../../src/platform/jobs/job-worker.ts'
import { QueueEngine } from '../../src/platform/jobs/queue-engine.ts'
import { queueOnPostgres } from '../../src/platform/jobs/queue-on-postgres.ts'
import { queueOnRedis } from '../../src/platform/jobs/queue-on-redis.ts'
import { Schedule } from '../../src/platform/jobs/schedule.ts'

const ignore = () => undefined

type Options = {
  worker?: JobWorkerOptions
  log?: Logger
  redisUrl?: string | undefined
}

/** The job engine on one database, without HTTP: everything that a worker process holds. Its queues are on Redis if it is given one. */
export const startJobSystem = async (
  url: string,
  kinds: RunnableJob[],
  {
    worker: options = { leaseMs: 2_000, drainMs: 2_000 },
    log = pino({ level: 'silent' }),
    redisUrl,
  }: Options = {},
) => {
  const connection = { url, ssl: false, applicationName: 'job test', onConnectionError: ignore }
  const database = new Database({ ...connection, poolMax: 15 })
  const notifications = new Notifications(connection)
  await notifications.open()
  const { db } = database
  const store =
    redisUrl === undefined
      ? queueOnPostgres({ db, url, ssl: false, onError: ignore })
      : queueOnRedis({ url: redisUrl, prefix: `test:${new URL(url).pathname}`, log, onError: ignore })
  const engine = new QueueEngine(store)
  const deps = { db, engine, notifications, log }
  const dispatcher = new Dispatcher({ ...deps, known: new Map(kinds.map((kind) => [kind.name, kind])) })
  const schedule = new Schedule({ db, log }, [dispatcher.sweep])
  const worker = new JobWorker(deps, kinds, options)
  await worker.ready()
  return {
    db,
    notifications,
    engine,
    dispatcher,
    close: async () => {
      await schedule.close()
      await dispatcher.close()
      await worker.close()
      await engine.close()
      await notifications.close()
      await database.close()
    },
  }
}

export type JobSystem = Awaited<ReturnType<typeof startJobSystem>>
