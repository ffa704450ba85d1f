import pg from 'pg'
import type { Config } from '../../platform/config/config.ts'
import { checkDatabase } from '../../platform/database/check-database.ts'
import { runningEmbeddedUrl } from '../../platform/database/embedded/embedded-postgres.ts'
import { newestMigration } from '../../platform/database/migration-files.ts'
import { connectionOptions } from '../../platform/database/primary-pool.ts'
import { connectionsOfMoreApis } from '../api-connections.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

type Facts = {
  version: string
  maxConnections: number
  recovering: boolean
  extension: boolean
  newest: number | null
  clock: Date
}
type Replay = { recovering: boolean; lagMs: number | null }

const query = async <Row extends object>(
  url: string,
  ssl: boolean,
  text: string,
): Promise<Row | undefined> => {
  const client = new pg.Client(connectionOptions({ url, ssl, applicationName: 'backlot doctor' }))
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<Row>(text)).rows[0]
  } finally {
    await client.end().catch(() => undefined)
  }
}

const factsQuery = `
  SELECT current_setting('server_version') AS version, current_setting('max_connections')::int AS "maxConnections",
    pg_is_in_recovery() AS recovering, clock_timestamp() AS clock,
    EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS extension`
const newestQuery = 'SELECT max(created_at)::float8 AS newest FROM drizzle.__drizzle_migrations'
const hasMigrations = `SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS has`

/** Of `api`, `worker` and `live` together, with every one of them busy (docs/operations.md). */
const connectionsNeeded = (config: Config): number =>
  3 * (config.database.poolMax + 5) + 65 + connectionsOfMoreApis(config)
const mostClockDifferenceMs = 5_000

export const checkDatabaseServer = async (config: Config): Promise<Finding[]> => {
  const { url: given, ssl } = config.database
  const url = given ?? runningEmbeddedUrl(config.dataDir)
  if (url === undefined) return [ok('database', 'embedded; it does not run now, so it was not asked')]
  await checkDatabase({ url, ssl: given !== undefined && ssl })
  const isSecured = given !== undefined && ssl
  const facts = await query<Facts>(url, isSecured, factsQuery)
  const migrated = await query<{ has: boolean }>(url, isSecured, hasMigrations)
  const newest = migrated?.has ? await query<{ newest: number }>(url, isSecured, newestQuery) : undefined
  if (facts === undefined) return [fail('database', 'it answers with nothing', undefined)]
  const found = [ok('database', `PostgreSQL ${facts.version}${given === undefined ? ', embedded' : ''}`)]
  if (facts.recovering)
    found.push(fail('database', 'DATABASE_URL leads to a replica', 'Let it lead to the primary.'))
  found.push(migrationFinding(newest?.newest ?? 0, facts.extension))
  const needed = connectionsNeeded(config)
  if (facts.maxConnections < needed) {
    const fix = 'Raise max_connections, or lower DB_POOL_MAX or WEB_CONCURRENCY.'
    found.push(
      warn('connections', `${facts.maxConnections} are allowed, one of each role may take ${needed}`, fix),
    )
  } else
    found.push(ok('connections', `${facts.maxConnections} allowed, ${needed} needed by one of each role`))
  const differenceMs = Math.abs(Date.now() - facts.clock.getTime())
  found.push(
    differenceMs > mostClockDifferenceMs
      ? fail(
          'clock',
          `${Math.round(differenceMs / 1_000)} s off the database's`,
          'Let both machines follow NTP.',
        )
      : ok('clock', 'as the database has it'),
  )
  return found
}

const migrationFinding = (newest: number, hasExtension: boolean): Finding => {
  if (newest < newestMigration())
    return fail('migrations', 'the schema is older than this version', 'Run npx backlot migrate.')
  if (newest > newestMigration())
    return warn('migrations', 'the schema is newer than this version', 'Run the version that migrated it.')
  return hasExtension
    ? ok('migrations', 'all of this version')
    : fail('migrations', 'the extension pg_trgm is gone', 'CREATE EXTENSION pg_trgm')
}

export const checkReplicas = async ({ database }: Config): Promise<Finding[]> => {
  const { urls, maxLagMs } = database.replicas
  const lagQuery = `SELECT pg_is_in_recovery() AS recovering,
    (extract(epoch FROM now() - pg_last_xact_replay_timestamp()) * 1000)::float8 AS "lagMs"`
  return Promise.all(
    urls.map(async (url, at): Promise<Finding> => {
      const check = `replica ${at + 1}`
      try {
        const replay = await query<Replay>(url, database.ssl, lagQuery)
        if (!replay?.recovering)
          return fail(check, 'it is no replica but a primary', 'Correct DATABASE_REPLICA_URLS.')
        const lagMs = replay.lagMs ?? 0
        return lagMs > maxLagMs
          ? warn(
              check,
              `its last transaction is ${Math.round(lagMs / 1_000)} s old`,
              'Fine if nothing is written; else look at its log.',
            )
          : ok(check, `${Math.round(lagMs)} ms behind at most`)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        return fail(
          check,
          `it cannot be used (${reason})`,
          'Start it, or remove it from DATABASE_REPLICA_URLS.',
        )
      }
    }),
  )
}
