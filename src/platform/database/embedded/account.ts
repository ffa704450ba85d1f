import fs from 'node:fs'
import path from 'node:path'
import { StartFault } from '../../process/start-fault.ts'

/** The account that PostgreSQL runs as, when it is not our own. */
export type Account = { uid: number; gid: number }

const preferredNames = ['postgres', 'nobody']

/**
 * PostgreSQL refuses to run as root. As root it therefore gets the account that owns the existing cluster, else
 * `postgres`, else `nobody`; any other account runs it as itself (`undefined`).
 */
export const serverAccount = (cluster: string): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const owner = fs.statSync(cluster, { throwIfNoEntry: false })
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const accounts = fs.readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of preferredNames) {
    const [, , uid, gid] = accounts.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    // macOS writes the ids of `nobody` as -2.
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }
  }
  throw new StartFault(
    'PostgreSQL refuses to run as root, and there is no account postgres or nobody to run it as. ' +
      'Start Backlot as an ordinary account, or set DATABASE_URL.',
  )
}

/** Whether `account` may pass through `directory` and everything above it, going by the file modes. */
export const canReach = (account: Account | undefined, directory: string): boolean => {
  if (account === undefined) return true
  const { uid, gid, mode } = fs.statSync(directory)
  const passable = uid === account.uid ? mode & 0o100 : gid === account.gid ? mode & 0o010 : mode & 0o001
  const parent = path.dirname(directory)
  return passable !== 0 && (parent === directory || canReach(account, parent))
}

/** Makes a directory that only `account` (or we ourselves) can read. */
export const makePrivateDir = (directory: string, account: Account | undefined) => {
  fs.mkdirSync(directory, { mode: 0o700, recursive: true })
  if (account !== undefined) fs.chownSync(directory, account.uid, account.gid)
}

/** Writes a file that only `account` (or we ourselves) can read. */
export const writePrivateFile = (file: string, content: string, account: Account | undefined) => {
  fs.writeFileSync(file, content, { mode: 0o600, flush: true })
  if (account !== undefined) fs.chownSync(file, account.uid, account.gid)
}
