import { once } from 'node:events'
import net from 'node:net'
import { findFreePort } from '../../src/platform/process/free-port.ts'

/** For a server that is about to start, or to be refused on. */
export const freePort = async (): Promise<number> => {
  const port = await findFreePort()
  if (port === undefined) throw new Error('There is no free port')
  return port
}

/** Resolves when something accepts connections on a loopback port. */
export const untilListening = async (port: number, signal: AbortSignal): Promise<void> => {
  for (;;) {
    signal.throwIfAborted()
    const socket = net.connect({ port, host: '127.0.0.1' })
    try {
      await once(socket, 'connect', { signal })
      return
    } catch (error) {
      if (signal.aborted) throw error
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    } finally {
      socket.destroy()
    }
  }
}

const retryMs = 10
