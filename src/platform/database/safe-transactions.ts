import { drizzle } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import { inSpan } from '../observability/tracing.ts'
import type { Db } from './database.ts'
import { isWorthAnotherTry } from './infrastructure-error.ts'
import { currentShared, nestTransaction, noteClient, queryShared } from './shared-transaction.ts'
import { takeProven, useConnection } from './take-connection.ts'

/**
 * Drizzle takes a connection for a transaction and keeps it for ever when `BEGIN` itself fails, as it does on a connection
 * that broke while idle. Here the connection goes back whatever happens, and is thrown away when it is broken.
 *
 * A transaction whose connection or server fails before `COMMIT` was sent is run once more, on another connection: nothing of
 * it is stored. So `work` must do nothing outside of it that may not be done twice. Whether a `COMMIT` that fails was
 * carried out nobody knows, and its error is the caller's.
 *
 * Where a transaction is shared, all this happens in that one.
 */
export const withSafeTransactions = (pool: pg.Pool): Db => {
  const db = drizzle({ client: joiningShared(pool) })
  db.transaction = (work, config) =>
    inSpan('transaction', {}, async () => {
      const shared = currentShared()
      if (shared !== undefined) return nestTransaction(shared, work)
      let isCommitting = false
      const run = (client: pg.PoolClient) =>
        drizzle({ client }).transaction(async (tx) => {
          noteClient(tx, client)
          const result = await work(tx)
          isCommitting = true
          return result
        }, config)
      try {
        return await useConnection(await pool.connect(), run)
      } catch (error) {
        if (isCommitting || !isWorthAnotherTry(error)) throw error
        return useConnection(await takeProven(pool), run)
      }
    })
  return db
}

const joiningShared = (pool: pg.Pool): pg.Pool => {
  const query = (statement: string | pg.QueryConfig, values?: unknown[]) => {
    const shared = currentShared()
    return shared === undefined ? pool.query(statement, values) : queryShared(shared, statement, values)
  }
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'query') return query
      const member: unknown = Reflect.get(target, property, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
