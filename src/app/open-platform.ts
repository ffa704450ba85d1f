import type { Logger } from 'pino'
import { openFlags } from '../modules/flags/open-flags.ts'
import { RuntimeSettings } from '../modules/settings/runtime-settings.ts'
import { Cache } from '../platform/cache/cache.ts'
import { SharedValues } from '../platform/cache/shared-values.ts'
import type { Config } from '../platform/config/config.ts'
import { deriveKey } from '../platform/config/secret-files.ts'
import { demandKnownSchema } from '../platform/database/breaking-migrations.ts'
import { Database } from '../platform/database/database.ts'
import type { ReplicaState } from '../platform/database/replicas/replica.ts'
import { Notifications } from '../platform/events/notifications.ts'
import { StartFault } from '../platform/process/start-fault.ts'
import { openStorage } from '../platform/storage/open-storage.ts'
import { settingDefaults } from './current-settings.ts'
import type { RoleConfig } from './join-database.ts'

/**
 * What every role holds open: the database, its notifications, the cache on them, and the storage.
 * @param usesReplicas whether reads may come from a replica, which is for who answers requests
 */
export const openPlatform = async ({
  config,
  log,
  role,
  usesReplicas = false,
}: {
  config: RoleConfig
  log: Logger
  role: string
  usesReplicas?: boolean
}) => {
  const connection = {
    url: config.database.url,
    ssl: config.database.ssl,
    applicationName: `backlot ${role}`,
    onConnectionError: (error: Error) => log.warn({ err: error }, 'database connection lost'),
  }
  const { poolMax } = config.database
  const replicas =
    usesReplicas && config.database.replicas.urls.length > 0 ? config.database.replicas : undefined
  const onReplicaChange = (replica: string, { status, message }: ReplicaState) =>
    log[status === 'up' ? 'info' : 'warn']({ replica, status, reason: message }, 'replica')
  const database = new Database({
    ...connection,
    poolMax,
    replicas: replicas && { ...replicas, onReplicaChange },
  })
  await demandKnownSchema(database.pool).catch(unlessAway)
  const redis = redisOf(config, log)
  const notifications = new Notifications({ ...connection, redis })
  const shared = redis && new SharedValues(redis)
  const cache = new Cache(notifications, { shared, replicaLagMs: replicas?.maxLagMs })
  await notifications.open()
  const followed = { db: database.db, notifications, log }
  const flags = await openFlags(followed)
  const settings = await RuntimeSettings.open(followed, settingDefaults(config))
  const signingKey = storageKey(config)
  const storage = await openStorage({ s3: config.s3, dataDir: config.dataDir, signingKey, log })
  return {
    database,
    db: database.db,
    readDb: database.readDb,
    contentDb: database.contentDb,
    notifications,
    cache,
    flags,
    settings,
    storage,
    signingKey,
    close: async () => {
      cache.close()
      await Promise.all([flags.close(), settings.close()])
      shared?.close()
      await notifications.close()
      await database.close()
      storage.close()
    },
  }
}

export type Platform = Awaited<ReturnType<typeof openPlatform>>

/** A database that is away for the moment tells when it is back, by readiness. */
const unlessAway = (error: unknown) => {
  if (error instanceof StartFault) throw error
}

/** Installations that use the same Redis have different keys, and so different names for all that they keep there. */
export const redisNamespace = ({ secretKey }: Config) =>
  deriveKey(secretKey, 'cache/namespace').toString('hex').slice(0, 16)

const redisOf = (config: Config, log: Logger) =>
  config.redisUrl === undefined ? undefined : { url: config.redisUrl, namespace: redisNamespace(config), log }

const storageKey = ({ secretKey }: Config) => deriveKey(secretKey, 'storage/signed-urls')
