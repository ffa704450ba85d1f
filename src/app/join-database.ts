import type { Config } from '../platform/config/config.ts'
import { checkDatabase } from '../platform/database/check-database.ts'
import { runningEmbeddedUrl } from '../platform/database/embedded/embedded-postgres.ts'
import { StartFault } from '../platform/process/start-fault.ts'

/** The configuration of a role: here the database's address is known, embedded or not. */
export type RoleConfig = Config & { database: { url: string } }

/**
 * The configuration with the database that is given, or the embedded one of a Backlot that runs on the same data.
 * @throws StartFault when there is none, or when it cannot be used, which a supervisor has looked at before
 */
export const joinDatabase = async (config: Config, { isSupervised = false } = {}): Promise<RoleConfig> => {
  const url = config.database.url ?? runningEmbeddedUrl(config.dataDir)
  if (url === undefined) {
    throw new StartFault('DATABASE_URL: must be set for this role, or `backlot all` must run on this machine')
  }
  if (!isSupervised) await checkDatabase({ url, ssl: config.database.ssl })
  return { ...config, database: { ...config.database, url } }
}
