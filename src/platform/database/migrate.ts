import { fileURLToPath } from 'node:url'
import { runMigrations as migrateQueueEngine } from 'bullmq'
import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import type { Db } from './database.ts'
import { connectionOptions } from './primary-pool.ts'

const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))
/** Any fixed number: all Backlot processes that migrate one database wait for each other on it. */
const migrationLock = 4_115_207_001
const waitForOtherMigrationMs = 120_000

/**
 * Brings the database to this version's schema, and the queue engine's tables to the engine's. Safe to run from several
 * processes at once; what has been applied is not applied again.
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
  } finally {
    await client.end()
  }
}

/** Whether the newest migration of this version has been applied. */
export const isMigrated = async (db: Db): Promise<boolean> => {
  const [newest] = readMigrationFiles({ migrationsFolder }).slice(-1)
  const { rows } = await db.execute<{ newest: number | null }>(
    sql`select max(created_at)::float8 as newest from drizzle.__drizzle_migrations`,
  )
  return (rows[0]?.newest ?? 0) >= (newest?.folderMillis ?? 0)
}
