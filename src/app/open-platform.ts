import path from 'node:path'
import type { Logger } from 'pino'
import { Cache } from '../platform/cache/cache.ts'
import type { Config } from '../platform/config/config.ts'
import { deriveKey } from '../platform/config/secret-files.ts'
import { Database } from '../platform/database/database.ts'
import { Notifications } from '../platform/events/notifications.ts'
import { openDiskStorage } from '../platform/storage/disk-storage.ts'
import type { RoleConfig } from './role-process.ts'

/** What every role holds open: the database, its notifications, the cache on them, and the storage. */
export const openPlatform = async ({
  config,
  log,
  role,
}: {
  config: RoleConfig
  log: Logger
  role: string
}) => {
  const connection = {
    url: config.database.url,
    ssl: config.database.ssl,
    applicationName: `backlot ${role}`,
    onConnectionError: (error: Error) => log.warn({ err: error }, 'database connection lost'),
  }
  const database = new Database({ ...connection, poolMax: config.database.poolMax })
  const notifications = new Notifications(connection)
  await notifications.open()
  const cache = new Cache(notifications)
  const signingKey = storageKey(config)
  const storage = await openDiskStorage({ directory: path.join(config.dataDir, 'files'), signingKey })
  return {
    database,
    db: database.db,
    readDb: database.readDb,
    notifications,
    cache,
    storage,
    signingKey,
    close: async () => {
      cache.close()
      await notifications.close()
      await database.close()
    },
  }
}

export type Platform = Awaited<ReturnType<typeof openPlatform>>

const storageKey = ({ secretKey }: Config) => deriveKey(secretKey, 'storage/signed-urls')
