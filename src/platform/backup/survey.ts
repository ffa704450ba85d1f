import pg from 'pg'
import { connectionOptions } from '../database/primary-pool.ts'
import { quoteName } from '../database/quote-name.ts'

/** Rows of a table; with ids also a number that the set of its primary keys gives, whatever their order. */
export type TableSurvey = { rows: number; ids?: string }
export type Survey = {
  tables: Map<string, TableSurvey>
  migrations: { count: number; newest: number }
  /** A sentence for each foreign key that does not hold. */
  orphans: string[]
}

/** The largest tables are read from end to end. */
const statementTimeoutMs = 4 * 60 * 60_000
/** Of each foreign key so many rows are looked up; more would take longer than the copy. */
const lookedUpRows = 100_000

/** Opens a connection for long statements, for as long as `use` takes. */
export const withSurveyor = async <T>(
  { url, ssl = false, signal }: { url: string; ssl?: boolean; signal: AbortSignal },
  use: (client: pg.Client) => Promise<T>,
): Promise<T> => {
  const client = new pg.Client({
    ...connectionOptions({ url, ssl, applicationName: 'backlot survey' }),
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs,
  })
  client.on('error', () => undefined)
  const abort = () => void client.end().catch(() => undefined)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await client.connect()
    return await use(client)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
    await client.end().catch(() => undefined)
  }
}

/** Reads every table, which also has PostgreSQL check the checksum of every page in them, and follows foreign keys. */
export const surveyDatabase = async (
  client: pg.Client,
  { withIds }: { withIds: boolean },
): Promise<Survey> => {
  const tables = new Map<string, TableSurvey>()
  for (const { name, key } of await listTables(client)) {
    const ids = withIds && key !== null ? `, coalesce(sum(hashtextextended(${key}, 0)), 0)::text AS ids` : ''
    const { rows } = await client.query<{ rows: string; ids?: string }>(
      `SELECT count(*) AS rows${ids} FROM ${name}`,
    )
    const [found] = rows
    tables.set(name, {
      rows: Number(found?.rows),
      ...(found?.ids === undefined ? {} : { ids: found.ids }),
    })
  }
  return { tables, migrations: await readMigrations(client), orphans: await findOrphans(client) }
}

export const readMigrations = async (client: pg.Client): Promise<Survey['migrations']> => {
  const { rows } = await client.query<{ count: number; newest: number }>(
    'SELECT count(*)::int AS count, coalesce(max(created_at), 0)::float8 AS newest FROM drizzle.__drizzle_migrations',
  )
  return rows[0] ?? { count: 0, newest: 0 }
}

/** Every table that is ours, with its primary key as one text. */
const listTables = async (client: pg.Client): Promise<{ name: string; key: string | null }[]> => {
  const { rows } = await client.query<{ name: string; key: string | null }>(`
    SELECT format('%I.%I', n.nspname, c.relname) AS name,
      (SELECT 'concat_ws(''|'', ' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
       FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
       WHERE i.indrelid = c.oid AND i.indisprimary) AS key
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY 1`)
  return rows
}

type ForeignKey = { name: string; child: string; parent: string; columns: string[]; references: string[] }

const findOrphans = async (client: pg.Client): Promise<string[]> => {
  const { rows: keys } = await client.query<ForeignKey>(`
    SELECT k.conname AS name, k.conrelid::regclass::text AS child, k.confrelid::regclass::text AS parent,
      (SELECT array_agg(a.attname::text ORDER BY o) FROM unnest(k.conkey) WITH ORDINALITY u (n, o)
       JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n) AS columns,
      (SELECT array_agg(a.attname::text ORDER BY o) FROM unnest(k.confkey) WITH ORDINALITY u (n, o)
       JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n) AS references
    FROM pg_constraint k WHERE k.contype = 'f' AND k.convalidated`)
  const orphans: string[] = []
  for (const { name, child, parent, columns, references } of keys) {
    const isGiven = columns.map((column) => `${quoteName(column)} IS NOT NULL`).join(' AND ')
    const matches = columns
      .map((column, at) => `p.${quoteName(references[at] ?? '')} = c.${quoteName(column)}`)
      .join(' AND ')
    const { rows } = await client.query<{ count: number }>(`
      SELECT count(*)::int AS count FROM (SELECT * FROM ${child} WHERE ${isGiven} LIMIT ${lookedUpRows}) c
      WHERE NOT EXISTS (SELECT FROM ${parent} p WHERE ${matches})`)
    const count = rows[0]?.count ?? 0
    if (count > 0) orphans.push(`${count} rows of ${child} miss their row in ${parent} (${name})`)
  }
  return orphans
}
