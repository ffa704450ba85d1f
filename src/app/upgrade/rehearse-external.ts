import { randomBytes } from 'node:crypto'
import { withSurveyor } from '../../platform/backup/survey.ts'
import { quoteName } from '../../platform/database/quote-name.ts'
import { StartFault } from '../../platform/process/start-fault.ts'
import { type Rehearsal, type RehearsalOptions, rehearseOn } from './rehearse.ts'

/** On a second database of the same server. PostgreSQL clones a database only while nobody is connected to it. */
export const rehearseExternal = async (options: RehearsalOptions): Promise<Rehearsal> => {
  const { config, signal, say } = options
  const { ssl } = config.database
  const source = decodeURIComponent(new URL(config.database.url).pathname.slice(1))
  const clone = `backlot_rehearsal_${randomBytes(6).toString('hex')}`
  const urlOf = (database: string) =>
    Object.assign(new URL(config.database.url), { pathname: `/${database}` }).href
  return withSurveyor({ url: urlOf('postgres'), ssl, signal }, async (client) => {
    const { rows } = await client.query<{ connections: number; mayCreate: boolean; bytes: number }>(
      `SELECT (SELECT count(*)::int FROM pg_stat_activity WHERE datname = $1) AS connections,
        (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user) AS "mayCreate",
        pg_database_size($1)::float8 AS bytes`,
      [source],
    )
    const { connections = 0, mayCreate = false, bytes = 0 } = rows[0] ?? {}
    if (connections > 0)
      throw new StartFault(howOtherwise(`${connections} connections are open to ${source}`))
    if (!mayCreate) throw new StartFault(howOtherwise('this role may not create databases'))
    say(`cloning ${source} as ${clone}`)
    const startedAt = performance.now()
    await client.query(`CREATE DATABASE ${quoteName(clone)} TEMPLATE ${quoteName(source)}`)
    const cloneMs = performance.now() - startedAt
    try {
      return { bytes, cloneMs, ...(await rehearseOn({ url: urlOf(clone), ssl }, options)) }
    } finally {
      if (!signal.aborted) await client.query(`DROP DATABASE ${quoteName(clone)} WITH (FORCE)`)
      else say(`stopped: drop the database ${clone}`)
    }
  })
}

const howOtherwise = (reason: string): string =>
  `The database cannot be cloned here: ${reason}. Restore a backup of it into a server of its own, set DATABASE_URL to that, ` +
  'with a role that may create databases, and run this again: docs/upgrade.md.'
