import type { ExtractTablesWithRelations } from 'drizzle-orm'
import { drizzle, type NodePgDatabase, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres'
import type { PgDatabase, PgTransaction } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import { PoolBreaker } from './breaker.ts'
import { BulkConnections } from './bulk-connections.ts'
import { openPrimaryPool } from './primary-pool.ts'
import { PrimaryReads } from './primary-reads.ts'
import { probePrimary } from './probe-primary.ts'
import { fenceOf } from './replicas/read-fences.ts'
import { ReadRouter, type ReadRouterOptions } from './replicas/read-router.ts'
import { withSafeTransactions } from './safe-transactions.ts'
import { currentShared, queryShared } from './shared-transaction.ts'

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
  /** Servers that follow the primary, and how old what they show may be. None: the primary answers all reads. */
  replicas?: Pick<ReadRouterOptions, 'urls' | 'maxLagMs' | 'onReplicaChange'> | undefined
  /** Shown in `pg_stat_activity`. */
  applicationName: string
  onConnectionError: (error: Error) => void
}

/** One for each job of a worker that may need one at the same time, and one to cancel what runs on them. */
const bulkConnections = 20

/** Owns every connection of this process to PostgreSQL, but for those of the queue engine and of LISTEN. */
export class Database {
  readonly db: Db
  /** The primary, for who only reads. */
  readonly readDb: ReadDb
  /** The same, or a replica: for content, but not for state that changes by itself, such as that of jobs. */
  readonly contentDb: ReadDb
  readonly pool: pg.Pool
  readonly breaker: PoolBreaker
  readonly bulk: BulkConnections
  readonly router: ReadRouter | undefined
  readonly #reads: PrimaryReads

  constructor({ url, ssl, applicationName, poolMax, replicas, onConnectionError }: DatabaseOptions) {
    const shared = { url, ssl, applicationName, onIdleError: onConnectionError }
    this.breaker = new PoolBreaker('primary', (signal) => probePrimary(shared, signal))
    this.pool = openPrimaryPool({ ...shared, max: poolMax }, this.breaker)
    this.bulk = new BulkConnections({ ...shared, max: bulkConnections }, this.breaker)
    this.db = withSafeTransactions(this.pool)
    this.#reads = new PrimaryReads(shared, this.breaker)
    this.readDb = readingThrough(this.#reads)
    this.router =
      replicas &&
      new ReadRouter({
        ...shared,
        ...replicas,
        primary: this.#reads,
        fenceOf: (userIds) => fenceOf({ readDb: this.readDb, db: this.db }, userIds),
      })
    this.contentDb = this.router === undefined ? this.readDb : readingThrough(this.router)
  }

  async close() {
    await this.router?.close()
    await Promise.all([this.pool.end(), this.#reads.close(), this.bulk.close()])
    this.breaker.close()
  }
}

/** Drizzle types a client as one of pg's classes, and calls nothing of it but `query`. */
const readingThrough = (reads: Pick<PrimaryReads, 'query'>): ReadDb => {
  const query = (config: pg.QueryConfig, values?: unknown[]) => {
    const shared = currentShared()
    return shared === undefined ? reads.query(config, values) : queryShared(shared, config, values)
  }
  return drizzle({ client: { query } as unknown as pg.Pool })
}

/** The only row of a statement that always gives one, such as `INSERT ... RETURNING`. */
export const onlyRow = <Row>(rows: Row[]): Row => {
  const [row] = rows
  if (row === undefined) throw new Error('The statement returned no row')
  return row
}
