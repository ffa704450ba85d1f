import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'

/** Below the range from which Linux takes ports for outgoing connections (32768 up), so that it stays free. */
const lowestPort = 20_000
const highestPort = 32_767
const attempts = 50

/** A loopback port on which nothing listens now; undefined when none is found. */
export const findFreePort = async (): Promise<number | undefined> => {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(lowestPort, highestPort + 1)
    if (await isFreePort(port)) return port
  }
  return undefined
}

export const isFreePort = async (port: number): Promise<boolean> => {
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
