import type { Logger } from 'pino'
import type { Db } from '../platform/database/database.ts'
import { QueueEngine } from '../platform/jobs/queue-engine.ts'
import { queueOnPostgres } from '../platform/jobs/queue-on-postgres.ts'
import { queueOnRedis } from '../platform/jobs/queue-on-redis.ts'
import type { RoleConfig } from './join-database.ts'
import { redisNamespace } from './open-platform.ts'

/** The queue engine on Redis where there is one, else in the database. */
export const openQueueEngine = ({ config, db, log }: { config: RoleConfig; db: Db; log: Logger }) => {
  const onError = (error: Error) => log.warn({ err: error }, 'queue engine')
  const { redisUrl, database } = config
  if (redisUrl === undefined) {
    return new QueueEngine(queueOnPostgres({ db, url: database.url, ssl: database.ssl, onError }))
  }
  const prefix = `backlot:${redisNamespace(config)}:jobs`
  return new QueueEngine(queueOnRedis({ url: redisUrl, prefix, log, onError }))
}
