import type { Logger } from 'pino'
import type { Db } from '../platform/database/database.ts'
import { QueueEngine } from '../platform/jobs/queue-engine.ts'
import { queueOnPostgres } from '../platform/jobs/queue-on-postgres.ts'
import { queueOnRedis } from '../platform/jobs/queue-on-redis.ts'
import type { DispatcherProgress } from './dispatcher-progress.ts'
import { redisNamespace } from './open-platform.ts'
import type { RoleConfig } from './role-process.ts'

/** The queue engine on Redis where there is one, else in the database. */
export const openQueueEngine = ({
  config,
  db,
  log,
  progress,
}: {
  config: RoleConfig
  db: Db
  log: Logger
  progress: DispatcherProgress
}) => {
  const onError = (error: Error) => log.warn({ err: error }, 'queue engine')
  const { redisUrl, database } = config
  if (redisUrl === undefined) {
    const store = queueOnPostgres({ db, url: database.url, ssl: database.ssl, onError })
    return new QueueEngine(progress.noteIn(store))
  }
  const prefix = `backlot:${redisNamespace(config)}:jobs`
  return new QueueEngine(progress.noteIn(queueOnRedis({ url: redisUrl, prefix, log, onError })))
}
