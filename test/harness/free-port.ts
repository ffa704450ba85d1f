import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'

/** Below the range from which Linux takes ports for outgoing connections (32768 up), so that it stays free. */
const lowestPort = 20_000
const highestPort = 32_767
const attempts = 50

/** A loopback port on which nothing listens now: for a server that is about to start, or to be refused on. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(lowestPort, highestPort + 1)
    if (await isFree(port)) return port
  }
  throw new Error(`No free port between ${lowestPort} and ${highestPort}`)
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

const isFree = async (port: number): Promise<boolean> => {
  const server = net.createServer()
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true })
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
