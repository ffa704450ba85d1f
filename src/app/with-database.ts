import type { Config } from '../platform/config/config.ts'
import { checkDatabase } from '../platform/database/check-database.ts'
import { runningEmbeddedUrl, startEmbeddedPostgres } from '../platform/database/embedded/embedded-postgres.ts'
import type { RoleConfig } from './join-database.ts'

/**
 * Runs a command on the database of this configuration: the one given, or the embedded one. If that runs already it is
 * used as it is, else it runs for as long as the command.
 */
export const withDatabase = async <T>(
  config: Config,
  use: (config: RoleConfig) => Promise<T>,
): Promise<T> => {
  const given = config.database.url
  if (given !== undefined) {
    await checkDatabase({ url: given, ssl: config.database.ssl })
    return use(withUrl(config, given, config.database.ssl))
  }
  const running = runningEmbeddedUrl(config.dataDir)
  if (running !== undefined) return use(withUrl(config, running, false))
  const log = (line: string) => process.stderr.write(`backlot: ${line}\n`)
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log })
  try {
    return await use(withUrl(config, postgres.url, false))
  } finally {
    await postgres.stop()
  }
}

const withUrl = (config: Config, url: string, ssl: boolean): RoleConfig => ({
  ...config,
  database: { ...config.database, url, ssl },
})
