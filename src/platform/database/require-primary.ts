import type pg from 'pg'
import { readOnlyState } from './infrastructure-error.ts'

const question = { text: 'select pg_is_in_recovery() as replica', query_timeout: 2_000 }

/**
 * Asks the server whether it is the primary: for a moment after a failover, what stands before it (HAProxy, DNS) may still
 * lead to the server that was.
 * @throws an error with SQLSTATE 25006, as a write there would, when it is a replica
 */
export const refuseReplica = async (client: pg.ClientBase): Promise<void> => {
  const { rows } = await client.query<{ replica: boolean }>(question)
  if (rows[0]?.replica !== false) throw replicaFound()
}

export const replicaFound = () =>
  Object.assign(new Error('The server is a replica, where the primary was expected'), { code: readOnlyState })

/** The same for each new connection of a pool, before anybody gets it. */
export const verifyPrimary = (client: pg.PoolClient, done: (error?: Error) => void): void => {
  refuseReplica(client).then(() => done(), done)
}
