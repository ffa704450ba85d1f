import type pg from 'pg'
import { StartFault } from '../process/start-fault.ts'
import { breakingMigrations, newestMigration } from './migration-files.ts'

type Queries = Pick<pg.Client, 'query'>

/**
 * Makes known to older versions what they cannot work with. Beside the list of migrations, since those tell only their time.
 */
export const recordBreaking = async (client: Queries, breaking = breakingMigrations()): Promise<void> => {
  await client.query(
    'CREATE TABLE IF NOT EXISTS drizzle.breaking_migrations (made_at bigint PRIMARY KEY, reason text NOT NULL)',
  )
  for (const { madeAt, reason } of breaking) {
    const statement = 'INSERT INTO drizzle.breaking_migrations VALUES ($1, $2) ON CONFLICT DO NOTHING'
    await client.query(statement, [madeAt, reason])
  }
}

/**
 * A version that merely lacks the newest migrations goes on.
 * @throws StartFault when the database had one since that says that this version cannot work with it
 */
export const demandKnownSchema = async (client: Queries): Promise<void> => {
  const { rows: found } = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('drizzle.breaking_migrations') IS NOT NULL AS exists`,
  )
  if (!found[0]?.exists) return
  const { rows } = await client.query<{ reason: string }>(
    'SELECT reason FROM drizzle.breaking_migrations WHERE made_at > $1 ORDER BY made_at DESC LIMIT 1',
    [newestMigration()],
  )
  const [unknown] = rows
  if (unknown === undefined) return
  throw new StartFault(
    `The database was migrated by a newer Backlot, which this version cannot work with: ${unknown.reason}. Start the newer one.`,
  )
}
