import pg from 'pg'
import { runAutocommit } from './autocommit.ts'
import type { PoolBreaker } from './breaker.ts'
import { OpenSockets, serverIsSilent } from './open-sockets.ts'
import { verifyPrimary } from './require-primary.ts'
import { sinceLastDemotion } from './take-connection.ts'
import { traceStatements } from './trace-statements.ts'

export type PoolOptions = {
  url: string
  ssl: boolean
  max: number
  applicationName: string
  onIdleError: (error: Error) => void
}

const connectTimeoutMs = 5_000
const idleTimeoutMs = 30_000
const statementTimeoutMs = 30_000
const lockTimeoutMs = 5_000

/** What every connection to the database starts with. A statement that hangs on a dead socket ends by `query_timeout`. */
export const connectionOptions = ({
  url,
  ssl,
  applicationName,
}: Pick<PoolOptions, 'url' | 'ssl' | 'applicationName'>) => ({
  connectionString: url,
  ...(ssl ? { ssl: { rejectUnauthorized: true } } : {}),
  application_name: applicationName,
  connectionTimeoutMillis: connectTimeoutMs,
  statement_timeout: statementTimeoutMs,
  query_timeout: statementTimeoutMs + 5_000,
  lock_timeout: lockTimeoutMs,
  idle_in_transaction_session_timeout: statementTimeoutMs,
  keepAlive: true,
})

/**
 * The pool for transactions and everything that may take long. Each way in goes through the breaker. The name ends in
 * `Pool` because Drizzle asks for a connection of its own for a transaction only from a pool.
 */
export const openPrimaryPool = (options: PoolOptions, breaker: PoolBreaker): pg.Pool => {
  const sockets = new OpenSockets()
  const pool = new pg.Pool({
    ...connectionOptions(options),
    stream: sockets.stream,
    max: options.max,
    idleTimeoutMillis: idleTimeoutMs,
    verify: verifyPrimary,
  })
  pool.on('error', options.onIdleError)
  // The pool hears of errors of idle connections only. One that breaks between two statements of a transaction must not
  // end the process; its next statement fails, and the pool throws it away.
  pool.on('connect', (client) => client.on('error', options.onIdleError))
  pool.on('connect', traceStatements)
  tellOfWaiting(pool, breaker)
  breaker.onSilence(() => sockets.destroy(serverIsSilent()))
  return guard(pool, breaker, sockets)
}

/** Whoever has a connection mostly waits for an answer: a transaction that does not only costs a probe. */
const tellOfWaiting = (pool: pg.Pool, breaker: PoolBreaker) => {
  const waits = new WeakMap<pg.ClientBase, (isAnswered: boolean) => void>()
  pool.on('acquire', (client) => waits.set(client, breaker.wait()))
  pool.on('release', (error: unknown, client) => {
    waits.get(client)?.(!error)
    waits.delete(client)
  })
}

/** Replaces the promise forms of `connect`, `query` and `end`, the only ones that Drizzle and we use. */
const guard = (pool: pg.Pool, breaker: PoolBreaker, sockets: OpenSockets): pg.Pool => {
  const source = sinceLastDemotion(pool)
  const end = () => sockets.end(pool)
  const connect = () => breaker.run(source.connect)
  const query = (statement: string | pg.QueryConfig, values?: unknown[]) =>
    breaker.run(() => runAutocommit(source, statement, values))
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'connect') return connect
      if (property === 'query') return query
      if (property === 'end') return end
      const member: unknown = Reflect.get(target, property, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
