import net from 'node:net'
import type pg from 'pg'

const closeTimeoutMs = 2_000

/**
 * The sockets of a pool, to break them at once. pg itself waits for the server to say goodbye, and for the answer to each
 * statement: from one that is silent neither comes.
 */
export class OpenSockets {
  readonly #sockets = new Set<net.Socket>()

  /** What pg makes a new connection's socket with. */
  readonly stream = (): net.Socket => {
    const socket = new net.Socket()
    this.#sockets.add(socket)
    return socket.once('close', () => this.#sockets.delete(socket))
  }

  /** Whatever waits for an answer fails with `error`. */
  destroy(error: Error) {
    for (const socket of this.#sockets) socket.destroy(error)
  }

  /** Ends `pool`: what runs has two seconds to finish. */
  async end(pool: Pick<pg.Pool, 'end'>): Promise<void> {
    const late = setTimeout(() => {
      this.destroy(new Error('Connection terminated: the pool is closed'))
    }, closeTimeoutMs)
    await pool.end()
    clearTimeout(late)
  }
}

/** ETIMEDOUT, as from a socket that TCP itself has given up: not worth another try. */
export const serverIsSilent = () =>
  Object.assign(new Error('The database server has stopped answering'), { code: 'ETIMEDOUT' })
