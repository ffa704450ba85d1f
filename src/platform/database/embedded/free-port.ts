import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { StartFault } from '../../process/start-fault.ts'
import { writePrivateFile } from './account.ts'
import type { Home } from './home.ts'

/** Below the range from which Linux takes ports for outgoing connections (32768 up), so that it stays free. */
const lowestPort = 20_000
const highestPort = 32_767
const attempts = 50

/** The port that this server had last time if it is free, else another one. */
export const choosePort = async (home: Home): Promise<number> => {
  const last = readPort(home)
  if (last !== undefined && (await isFree(last))) return last
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(lowestPort, highestPort + 1)
    if (await isFree(port)) return port
  }
  throw new StartFault(`No free port between ${lowestPort} and ${highestPort} for PostgreSQL.`)
}

export const rememberPort = (home: Home, port: number) => {
  if (readPort(home) !== port) writePrivateFile(portFile(home), `${port}\n`, home.account)
}

const portFile = (home: Home) => path.join(home.directory, 'port')

const readPort = (home: Home): number | undefined => {
  if (!fs.existsSync(portFile(home))) return undefined
  const port = Number.parseInt(fs.readFileSync(portFile(home), 'utf8'), 10)
  return port > 0 && port < 65_536 ? port : undefined
}

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
