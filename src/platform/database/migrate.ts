import { fileURLToPath } from 'node:url'
import { runMigrations as migrateQueueEngine } from 'bullmq'
import { DrizzleQueryError, sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { StartFault } from '../process/start-fault.ts'
import type { Db } from './database.ts'
import { codeOf } from './infrastructure-error.ts'
import { connectionOptions } from './primary-pool.ts'

const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))
/** Any fixed number: all Backlot processes that migrate one database wait for each other on it. */
const migrationLock = 4_115_207_001
const waitForOtherMigrationMs = 120_000
/** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const insufficientPrivilege = '42501'

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
    await applyMigrations(drizzle({ client }), { migrationsFolder })
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
  if (error instanceof DrizzleQueryError && error.query.includes('CREATE EXTENSION')) {
    const text =
      `The database cannot have the extension pg_trgm: ${reason.message}. ` +
      'Install the contrib modules of PostgreSQL on its server, or allow the extension there.'
    return new StartFault(text, { cause: error })
  }
  return error
}

/** When the newest migration of this version was made, in ms: migrations are known by that. */
export const newestMigration = (): number =>
  readMigrationFiles({ migrationsFolder }).at(-1)?.folderMillis ?? 0

/** Whether the newest migration of this version has been applied. */
export const isMigrated = async (db: Db): Promise<boolean> => {
  const { rows } = await db.execute<{ newest: number | null }>(
    sql`select max(created_at)::float8 as newest from drizzle.__drizzle_migrations`,
  )
  return (rows[0]?.newest ?? 0) >= newestMigration()
}
