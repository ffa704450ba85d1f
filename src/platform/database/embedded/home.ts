import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { createOnce, makeDataDir } from '../../config/secret-files.ts'
import { StartFault } from '../../process/start-fault.ts'
import { type Account, canReach, makePrivateDir, serverAccount } from './account.ts'
import { sharedDir } from './binaries.ts'

/** Where one embedded PostgreSQL lives: its cluster, logs, port and lock. */
export type Home = { directory: string; cluster: string; logs: string; account: Account | undefined }

/**
 * The home of the PostgreSQL of `dataDir`, made if there is none: `<dataDir>/postgres`, or, when the account that runs
 * the server cannot reach that, a directory below `/var/lib/backlot`. Which one it is stays on record in the data
 * directory, so that neither a change of modes nor a moved data directory leads to a second, empty database.
 */
export const openHome = (dataDir: string, log: (line: string) => void): Home => {
  makeDataDir(dataDir)
  const home = findHome(dataDir) ?? makeHome(dataDir, log)
  const { account, cluster, directory } = home
  if (fs.existsSync(cluster) && !canReach(account, cluster)) {
    throw new StartFault(
      `The account that runs PostgreSQL (uid ${account?.uid}) cannot reach ${cluster} any more.`,
    )
  }
  const owner = fs.statSync(directory).uid
  if (account === undefined && process.getuid !== undefined && owner !== process.getuid()) {
    throw new StartFault(
      `${directory} belongs to another account (uid ${owner}). Start Backlot as that account.`,
    )
  }
  return home
}

/** The same, if it has been made. */
export const findHome = (dataDir: string): Home | undefined => {
  const own = path.join(dataDir, 'postgres')
  const record = path.join(own, 'location')
  if (fs.existsSync(record)) {
    const directory = fs.readFileSync(record, 'utf8').trim()
    if (fs.existsSync(directory)) return homeAt(directory)
    throw new StartFault(`The database of ${dataDir} is in ${directory}, and that directory is gone.`)
  }
  return fs.existsSync(path.join(own, 'cluster')) ? homeAt(own) : undefined
}

const homeAt = (directory: string): Home => {
  const cluster = path.join(directory, 'cluster')
  return { directory, cluster, logs: path.join(directory, 'log'), account: serverAccount(cluster) }
}

const makeHome = (dataDir: string, log: (line: string) => void): Home => {
  const own = path.join(dataDir, 'postgres')
  const account = serverAccount(path.join(own, 'cluster'))
  if (canReach(account, dataDir)) {
    makePrivateDir(own, account)
    return homeAt(own)
  }
  fs.mkdirSync(own, { mode: 0o711, recursive: true })
  fs.mkdirSync(sharedDir, { mode: 0o755, recursive: true })
  const directory = createOnce(path.join(own, 'location'), freeName(dataDir))
  makePrivateDir(directory, account)
  log(`PostgreSQL's account cannot reach ${dataDir}: the database is in ${directory}`)
  return homeAt(directory)
}

/** Never a directory that is there: it holds the database of a data directory that was removed. */
const freeName = (dataDir: string): string => {
  const hash = createHash('sha256').update(fs.realpathSync(dataDir)).digest('hex').slice(0, 12)
  let name = path.join(sharedDir, hash)
  for (let n = 2; fs.existsSync(name); n += 1) name = path.join(sharedDir, `${hash}-${n}`)
  return name
}
