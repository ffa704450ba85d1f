import type pg from 'pg'
import { codeOf, isInfrastructureError, isWorthAnotherTry, readOnlyState } from './infrastructure-error.ts'
import { refuseReplica, replicaFound } from './require-primary.ts'

/** The part of a pool from which a connection is taken. */
export type ConnectionSource = Pick<pg.Pool, 'options'> & { connect: () => Promise<pg.PoolClient> }

/**
 * Takes connections from a pool, but none that was opened before a server of it last turned out to be a replica: they may
 * all lead to that one, and are thrown away. A pool hears of it from the error with which a connection is given back.
 * Not more are thrown away than the pool holds.
 * @throws SQLSTATE 25006 when one after the other turned out to be so
 */
export const sinceLastDemotion = (pool: pg.Pool): ConnectionSource => {
  let demotions = 0
  const openedAfter = new WeakMap<pg.ClientBase, number>()
  pool.on('connect', (client) => openedAfter.set(client, demotions))
  pool.on('release', (error: unknown) => {
    if (codeOf(error) === readOnlyState) demotions += 1
  })
  const connect = async () => {
    for (let taken = 0; taken <= pool.options.max; taken += 1) {
      const client = await pool.connect()
      if (openedAfter.get(client) === demotions) return client
      client.release(true)
    }
    throw replicaFound()
  }
  return { options: pool.options, connect }
}

/**
 * Takes a connection that has just said that it leads to the primary, for what must not fail on one that broke while idle:
 * where one has broken, the others often have too, and this process may not have heard of it yet. A new connection that
 * cannot be had is an error at once.
 */
export const takeProven = async (source: ConnectionSource): Promise<pg.PoolClient> => {
  for (let left = source.options.max; ; left -= 1) {
    const client = await source.connect()
    try {
      await refuseReplica(client)
      return client
    } catch (error) {
      client.release(error instanceof Error ? error : true)
      if (left === 0 || !isWorthAnotherTry(error)) throw error
    }
  }
}

/** Runs `work` on a connection and gives it back: to be thrown away, when it failed because the connection did. */
export const useConnection = async <T>(
  client: pg.PoolClient,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> => {
  let broken: Error | undefined
  try {
    return await work(client)
  } catch (error) {
    if (isInfrastructureError(error)) broken = error
    throw error
  } finally {
    client.release(broken)
  }
}
