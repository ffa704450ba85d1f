import { runMigrations as migrateQueueEngine } from 'bullmq'
import { DrizzleQueryError, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { StartFault } from '../process/start-fault.ts'
import { demandKnownSchema, recordBreaking } from './breaking-migrations.ts'
import type { Db } from './database.ts'
import { codeOf } from './infrastructure-error.ts'
import { migrationsFolder, newestMigration } from './migration-files.ts'
import { connectionOptions } from './primary-pool.ts'

/** Any fixed number: all Backlot processes that migrate one database wait for each other on it. */
const migrationLock = 4_115_207_001
const waitForOtherMigrationMs = 120_000
/** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const insufficientPrivilege = '42501'
const lockNotAvailable = '55P03'

/**
 * Brings the database to this version's schema, and the queue engine's tables to the engine's. Safe to run from several
 * processes at once; what has been applied is not applied again.
 * @throws StartFault when the database does not allow it
 */
export const migrate = async (url: string, ssl: boolean): Promise<void> => {
  const client = new pg.Client({
    ...connectionOptions({ url, ssl, applicationName: 'backlot migrate' }),
    statement_timeout: waitForOtherMigrationMs,
    query_timeout: waitForOtherMigrationMs,
  })
  await client.connect()
  try {
    await client.query('SELECT set_config($1, $2, false)', ['lock_timeout', `${waitForOtherMigrationMs}ms`])
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    await client.query('RESET lock_timeout')
    await demandKnownSchema(client)
    await applyMigrations(drizzle({ client }), { migrationsFolder })
    await recordBreaking(client)
    await migrateQueueEngine(client)
  } catch (error) {
    throw toStartFault(error)
  } finally {
    await client.end()
  }
}

/** What has to be put right in the database; any other error is given back as it is. */
const toStartFault = (error: unknown): unknown => {
  const reason = error instanceof DrizzleQueryError ? error.cause : error
  if (!(reason instanceof Error)) return error
  if (codeOf(reason) === insufficientPrivilege) {
    const text = `The database refuses what this version needs: ${reason.message}. Make the role that is used its owner.`
    return new StartFault(text, { cause: error })
  }
  if (codeOf(reason) === lockNotAvailable) {
    const text =
      'A migration waited 5 s for a lock, and gave up so that nobody waits behind it. Nothing was changed: try again when ' +
      'no long transaction runs.'
    return new StartFault(text, { cause: error })
  }
  if (error instanceof DrizzleQueryError && error.query.includes('CREATE EXTENSION')) {
    const text =
      `The database cannot have the extension pg_trgm: ${reason.message}. ` +
      'Install the contrib modules of PostgreSQL on its server, or allow the extension there.'
    return new StartFault(text, { cause: error })
  }
  return error
}

/** Whether the newest migration of this version has been applied, and none that this version cannot work with. */
export const isMigrated = async (db: Db): Promise<boolean> => {
  const { rows } = await db.execute<{ newest: number | null; breaking: number | null }>(sql`
    select (select max(created_at)::float8 from drizzle.__drizzle_migrations) as newest,
      (select max(made_at)::float8 from drizzle.breaking_migrations) as breaking`)
  const [found] = rows
  return (found?.newest ?? 0) >= newestMigration() && (found?.breaking ?? 0) <= newestMigration()
}
