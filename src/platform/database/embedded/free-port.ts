import fs from 'node:fs'
import path from 'node:path'
import { findFreePort, isFreePort } from '../../process/free-port.ts'
import { StartFault } from '../../process/start-fault.ts'
import { writePrivateFile } from './account.ts'
import type { Home } from './home.ts'

/** The port that this server had last time if it is free, else another one. */
export const choosePort = async (home: Home): Promise<number> => {
  const last = readPort(home)
  if (last !== undefined && (await isFreePort(last))) return last
  const port = await findFreePort()
  if (port === undefined) throw new StartFault('There is no free port for PostgreSQL.')
  return port
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
