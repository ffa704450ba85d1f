import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { type Account, canReach, makePrivateDir } from '../database/embedded/account.ts'
import { type Binaries, sharedDir } from '../database/embedded/binaries.ts'
import { embeddedUrl, isPassing } from '../database/embedded/embedded-postgres.ts'
import { Postmaster } from '../database/embedded/postmaster.ts'
import { findRunningPostmaster } from '../database/embedded/postmaster-file.ts'
import { findFreePort } from '../process/free-port.ts'
import { StartFault } from '../process/start-fault.ts'
import { removeTree } from './copy-tree.ts'

export type ScratchOptions = {
  /** The directory of `makeScratchDirectory`, with a cluster in `cluster`. */
  directory: string
  account: Account | undefined
  binaries: Binaries
  password: string
  signal: AbortSignal
  log: (line: string) => void
}

const namePattern = /^\.backlot-scratch-(\d+)-[0-9a-f]+$/
const portAttempts = 5

/** What is done here is thrown away, and nobody outside hears of it, whatever the operator has set. */
const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  max_connections: '20',
  shared_buffers: '64MB',
  fsync: 'off',
  archive_mode: 'off',
  synchronous_standby_names: '',
  autovacuum: 'off',
  log_directory: '../log',
}

/** Where a copy of the database is tried: the first of `places` that PostgreSQL's account can reach. */
export const makeScratchDirectory = async (
  places: readonly string[],
  account: Account | undefined,
): Promise<string> => {
  await Promise.all(places.map(removeLeftovers))
  const place = places.find((each) => existsSync(each) && canReach(account, each)) ?? sharedDir
  mkdirSync(place, { recursive: true, mode: 0o755 })
  const name = `.backlot-scratch-${process.pid}-${randomBytes(4).toString('hex')}`
  makePrivateDir(path.join(place, name), account)
  return path.join(place, name)
}

/** Ends servers whose process was killed, and removes what they ran on. */
const removeLeftovers = async (place: string) => {
  for (const name of existsSync(place) ? readdirSync(place) : []) {
    const pid = Number(namePattern.exec(name)?.[1])
    if (pid > 0 && !isAlive(pid)) await removeScratchDirectory(path.join(place, name))
  }
}

export const removeScratchDirectory = async (directory: string): Promise<void> => {
  const running = findRunningPostmaster(path.join(directory, 'cluster'))
  if (running !== undefined) process.kill(running.pid, 'SIGQUIT')
  await removeTree(directory)
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A server on a copy of a cluster, which recovers first. */
export class ScratchServer {
  readonly url: string
  readonly #postmaster: Postmaster

  private constructor(url: string, postmaster: Postmaster) {
    this.url = url
    this.#postmaster = postmaster
  }

  /** @throws StartFault when the copy cannot be started */
  static async start(options: ScratchOptions): Promise<ScratchServer> {
    const { directory, account, binaries, password, signal, log } = options
    const home = {
      directory,
      cluster: path.join(directory, 'cluster'),
      logs: path.join(directory, 'log'),
      account,
    }
    makePrivateDir(home.logs, account)
    for (let attempt = 1; ; attempt += 1) {
      const port = await findFreePort()
      if (port === undefined) throw new StartFault('There is no free port for PostgreSQL.')
      try {
        const postmaster = await Postmaster.start({ home, binaries, port, log, signal, settings })
        return new ScratchServer(embeddedUrl(password, port), postmaster)
      } catch (error) {
        if (!isPassing(error) || attempt === portAttempts) throw error
      }
    }
  }

  async stop(): Promise<void> {
    await this.#postmaster.stop({ immediate: true })
  }
}
