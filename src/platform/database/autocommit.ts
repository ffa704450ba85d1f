import type pg from 'pg'
import { codeOf, isWorthAnotherTry, readOnlyState } from './infrastructure-error.ts'
import { type ConnectionSource, takeProven, useConnection } from './take-connection.ts'

/** SQLSTATE `cannot_connect_now`: the server is starting or stopping, and has taken no statement. */
const cannotConnectNow = '57P03'

/** Drizzle writes keywords small. `with` may hold a write. */
const readsOnly = /^\s*select\b/i

/**
 * Runs a statement that is a transaction of its own. When the connection or its server fails, it is sent once more, on
 * another connection, if it reads, or if it cannot have done anything: no connection could be had, or the server
 * refused to write. A server that is being shut down (57P01) may say so after it has committed, while it waits for its
 * replicas (https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION), and a connection that
 * broke says nothing: of a write, only the caller can find out what became of it.
 */
export const runAutocommit = async (
  source: ConnectionSource,
  statement: string | pg.QueryConfig,
  values?: unknown[],
): Promise<pg.QueryResult> => {
  let sent = false
  const send = (client: pg.PoolClient) => {
    sent = true
    return client.query(statement, values)
  }
  try {
    return await useConnection(await source.connect(), send)
  } catch (error) {
    if (!isWorthAnotherTry(error) || (sent && !isRepeatable(statement, error))) throw error
    return useConnection(await takeProven(source), send)
  }
}

const isRepeatable = (statement: string | pg.QueryConfig, error: unknown): boolean => {
  const code = codeOf(error)
  if (code === readOnlyState || code === cannotConnectNow) return true
  return readsOnly.test(typeof statement === 'string' ? statement : statement.text)
}
