import type { ExtractTablesWithRelations, SQL } from 'drizzle-orm'
import { drizzle, type NodePgDatabase, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres'
import { type PgDatabase, PgDialect, type PgTransaction } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import { PoolBreaker } from './breaker.ts'
import { BulkConnections } from './bulk-connections.ts'
import { isInfrastructureError } from './infrastructure-error.ts'
import { PipelinedConnections } from './pipelined-connections.ts'
import { openPrimaryPool } from './primary-pool.ts'

type NoSchema = Record<string, never>

/** The primary: writes, transactions, and every read that guards something. */
export type Db = NodePgDatabase<NoSchema>
/** An open transaction on the primary. */
export type Tx = PgTransaction<NodePgQueryResultHKT, NoSchema, ExtractTablesWithRelations<NoSchema>>
/** What a repository function that writes runs on. */
export type Executor = Db | Tx
/** What a repository function that only reads runs on. `Db` and `Tx` are `ReadDb` too, never the other way round. */
export type ReadDb = Pick<PgDatabase<NodePgQueryResultHKT, NoSchema>, 'select' | 'selectDistinct' | '$count'>

export type DatabaseOptions = {
  url: string
  ssl: boolean
  poolMax: number
  /** Shown in `pg_stat_activity`. */
  applicationName: string
  onConnectionError: (error: Error) => void
}

const pipelinedConnections = 4
/** One for each job of a worker that may need one at the same time, and one to cancel what runs on them. */
const bulkConnections = 15

/** Owns every connection of this process to PostgreSQL, but for those of the queue engine and of LISTEN. */
export class Database {
  readonly db: Db
  readonly readDb: ReadDb
  readonly pool: pg.Pool
  readonly breaker: PoolBreaker
  readonly bulk: BulkConnections
  readonly #reads: PipelinedConnections

  constructor(options: DatabaseOptions) {
    const shared = {
      url: options.url,
      ssl: options.ssl,
      applicationName: options.applicationName,
      onIdleError: options.onConnectionError,
    }
    this.breaker = new PoolBreaker('primary')
    this.pool = openPrimaryPool({ ...shared, max: options.poolMax }, this.breaker)
    this.#reads = new PipelinedConnections({ ...shared, max: pipelinedConnections }, this.breaker)
    this.bulk = new BulkConnections({ ...shared, max: bulkConnections }, this.breaker)
    this.db = withSafeTransactions(this.pool)
    // Drizzle types a client as one of pg's classes, and calls nothing of it but `query`.
    this.readDb = drizzle({ client: this.#reads as unknown as pg.Pool })
  }

  async close() {
    await Promise.all([this.pool.end(), this.#reads.close(), this.bulk.close()])
    this.breaker.close()
  }
}

/**
 * Drizzle takes a connection for a transaction and keeps it for ever when `BEGIN` itself fails, as it does on a connection
 * that broke while idle. Here the connection goes back whatever happens, and is thrown away when it is broken.
 */
const withSafeTransactions = (pool: pg.Pool): Db => {
  const db = drizzle({ client: pool })
  db.transaction = async (work, config) => {
    const client = await pool.connect()
    let isBroken = false
    try {
      return await drizzle({ client }).transaction(work, config)
    } catch (error) {
      isBroken = isInfrastructureError(error)
      throw error
    } finally {
      client.release(isBroken)
    }
  }
  return db
}

/**
 * A statement that is planned once a connection and then only bound. `build` runs once for each executor; give the
 * prepared statement a name that is unique in the whole process.
 */
export const preparedOn = <E extends object, Statement>(build: (executor: E) => Statement) => {
  const statements = new WeakMap<E, Statement>()
  return (executor: E): Statement => {
    const known = statements.get(executor)
    if (known !== undefined) return known
    const statement = build(executor)
    statements.set(executor, statement)
    return statement
  }
}

const dialect = new PgDialect()

/**
 * The same for a statement in SQL, whose parameters are `sql.placeholder`s. To parse and plan a short statement is most
 * of what it costs.
 */
export const preparedSql = <Row extends object>(name: string, statement: SQL) => {
  const query = dialect.sqlToQuery(statement)
  return async (executor: Executor, values: Record<string, unknown> = {}): Promise<Row[]> => {
    const prepared = executor._.session.prepareQuery<Rows<Row>>(query, undefined, name, false)
    return (await prepared.execute(values)).rows
  }
}

type Rows<Row> = { execute: { rows: Row[] }; all: unknown; values: unknown }

/** The only row of a statement that always gives one, such as `INSERT ... RETURNING`. */
export const onlyRow = <Row>(rows: Row[]): Row => {
  const [row] = rows
  if (row === undefined) throw new Error('The statement returned no row')
  return row
}
