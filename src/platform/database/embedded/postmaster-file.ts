import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

/** What a running server says of itself in `postmaster.pid`. */
export type PostmasterFile = { pid: number; port: number; isReady: boolean }

/**
 * Reads `postmaster.pid` of a cluster. Line by line: process id, data directory, start time, port, socket directory,
 * listen address, shared memory key, status (`LOCK_FILE_LINE_*` in PostgreSQL's miscadmin.h, which pg_ctl reads too).
 */
export const findPostmasterFile = (cluster: string): PostmasterFile | undefined => {
  try {
    const lines = fs.readFileSync(pidFile(cluster), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * The server that runs on this cluster now. Its process id alone proves nothing: after a crash or in a new container
 * another program may have it, and the server would then refuse to start.
 */
export const findRunningPostmaster = (cluster: string): PostmasterFile | undefined => {
  const file = findPostmasterFile(cluster)
  if (file === undefined || !(file.pid > 0)) return undefined
  const [program = '', ...args] = commandOf(file.pid)
  return path.basename(program) === 'postgres' && args.includes(cluster) ? file : undefined
}

/**
 * Removes a `postmaster.pid` whose server is gone. The server does so itself, unless the process id belongs to another
 * program by now or to a dead process that nobody has waited for, as in a container without an init. Should processes
 * of that server still end, the new one notices by their shared memory and refuses.
 */
export const clearStalePid = (cluster: string) => {
  if (findRunningPostmaster(cluster) === undefined) fs.rmSync(pidFile(cluster), { force: true })
}

const pidFile = (cluster: string) => path.join(cluster, 'postmaster.pid')

/** The arguments of a process, none if it is gone. */
const commandOf = (pid: number): string[] => {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 5_000,
    })
    return (stdout ?? '')
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '')
  }
  try {
    return fs
      .readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .filter((word) => word !== '')
  } catch {
    return []
  }
}
