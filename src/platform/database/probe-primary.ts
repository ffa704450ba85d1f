import net from 'node:net'
import pg from 'pg'
import { connectionOptions, type PoolOptions } from './primary-pool.ts'
import { refuseReplica } from './require-primary.ts'

/** Connects anew, asks, and ends. Rejects when the server cannot be reached, is a replica, or `signal` aborts. */
export const probePrimary = async (
  options: Pick<PoolOptions, 'url' | 'ssl' | 'applicationName'>,
  signal: AbortSignal,
): Promise<void> => {
  const socket = new net.Socket({ signal })
  const client = new pg.Client({
    ...connectionOptions({ ...options, applicationName: `${options.applicationName} probe` }),
    stream: () => socket,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await refuseReplica(client)
    await client.end()
  } finally {
    socket.destroy()
  }
}
