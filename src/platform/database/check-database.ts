import pg from 'pg'
import { StartFault } from '../process/start-fault.ts'
import { codeOf } from './infrastructure-error.ts'
import { connectionOptions } from './primary-pool.ts'

const oldestVersion = 150_000

/**
 * Makes sure that the given database answers and is PostgreSQL 15 or later, before anything else is started.
 * @throws StartFault that names host, port and database, never the password.
 */
export const checkDatabase = async ({ url, ssl }: { url: string; ssl: boolean }): Promise<void> => {
  const client = new pg.Client(connectionOptions({ url, ssl, applicationName: 'backlot check' }))
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ number: number; name: string }>(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name`,
    )
    const version = rows[0]
    if (version !== undefined && version.number < oldestVersion) {
      throw new StartFault(
        `The database at ${placeOf(client)} is PostgreSQL ${version.name}: Backlot needs 15 or later.`,
      )
    }
  } catch (error) {
    if (error instanceof StartFault) throw error
    throw new StartFault(`The database at ${placeOf(client)} cannot be used: ${reasonOf(error)}`, {
      cause: error,
    })
  } finally {
    await client.end().catch(() => undefined)
  }
}

const placeOf = ({ host, port, database }: pg.Client) => `${host}:${port} (${database})`

/** SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const reasonOf = (error: unknown): string => {
  const code = codeOf(error)
  if (code === 'ECONNREFUSED') return 'nothing listens there. Check DATABASE_URL, or DB_HOST and DB_PORT.'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'its host name cannot be found. Check DATABASE_URL or DB_HOST.'
  if (code === '28P01' || code === '28000')
    return 'it refuses this user or password. Check DATABASE_URL or DB_PASSWORD.'
  if (code === '3D000') return 'it has no such database. Create it, or check DATABASE_URL or DB_NAME.'
  return error instanceof Error && error.message !== '' ? error.message : (code ?? 'unknown error')
}
