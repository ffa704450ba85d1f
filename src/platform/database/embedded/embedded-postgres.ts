import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findSecretInDataDir, secretInDataDir } from '../../config/secret-files.ts'
import { ExclusiveLock } from '../../process/exclusive-lock.ts'
import { restartDelays } from '../../process/restart-delay.ts'
import { StartFault } from '../../process/start-fault.ts'
import { makePrivateDir, writePrivateFile } from './account.ts'
import { type Binaries, locateBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import { choosePort, rememberPort } from './free-port.ts'
import { findHome, type Home, openHome } from './home.ts'
import { Postmaster } from './postmaster.ts'
import { findRunningPostmaster } from './postmaster-file.ts'
import { pruneServerLogs } from './server-log.ts'
import { serverSettings } from './settings.ts'

export type EmbeddedPostgresOptions = {
  dataDir: string
  /** Receives lines for whoever runs Backlot. */
  log: (line: string) => void
  /** Gives up the start. */
  signal?: AbortSignal
  /** Server settings over those of Backlot, as tests have. */
  settings?: Record<string, string>
  /** Whether the application's role may make databases of its own, as tests do. */
  mayCreateDatabases?: boolean
}

const portAttempts = 5
const pruneLogsEveryMs = 600_000

/**
 * Starts the PostgreSQL of a data directory, or takes over the one that outlived an earlier Backlot, and keeps it up: a
 * server that ends is started again on the same port.
 * @throws StartFault when another Backlot uses the directory, or the server cannot start.
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const { dataDir, log, signal = new AbortController().signal } = options
  const home = openHome(dataDir, log)
  const lock = ExclusiveLock.take(lockFile(home), home.account)
  if (!(lock instanceof ExclusiveLock)) throw new StartFault(inUse(dataDir, lock.heldBy))
  try {
    const binaries = await locateBinaries(home.account, log)
    const password = secretInDataDir(dataDir, 'postgres-password')
    const mayCreateDatabases = options.mayCreateDatabases ?? false
    await ensureCluster({ home, binaries, password, mayCreateDatabases, signal })
    makePrivateDir(home.logs, home.account)
    writePrivateFile(path.join(home.cluster, 'backlot.conf'), serverSettings(options.settings), home.account)
    const adopted = await Postmaster.adopt({ home, log, signal })
    if (adopted !== undefined)
      log(`PostgreSQL was still running (process ${adopted.pid}) and is used further`)
    const postmaster = adopted ?? (await startOnFreePort(home, binaries, log, signal))
    rememberPort(home, postmaster.port)
    return new EmbeddedPostgres(
      { home, binaries, log, lock, url: embeddedUrl(password, postmaster.port) },
      postmaster,
    )
  } catch (error) {
    lock.close()
    throw error
  }
}

/** The address of the server that runs on this data directory now, for commands beside a running Backlot. */
export const runningEmbeddedUrl = (dataDir: string): string | undefined => {
  const home = findHome(dataDir)
  const password = findSecretInDataDir(dataDir, 'postgres-password')
  const running = home === undefined ? undefined : findRunningPostmaster(home.cluster)
  if (running === undefined || !running.isReady || password === undefined) return undefined
  return embeddedUrl(password, running.port)
}

/** Keeps every server off a data directory until it is closed. @throws StartFault when one runs there. */
export const lockDataDir = (dataDir: string): ExclusiveLock | undefined => {
  const home = findHome(dataDir)
  if (home === undefined) return undefined
  const lock = ExclusiveLock.take(lockFile(home), home.account)
  if (!(lock instanceof ExclusiveLock)) throw new StartFault(inUse(dataDir, lock.heldBy))
  const running = findRunningPostmaster(home.cluster)
  if (running === undefined) return lock
  lock.close()
  throw new StartFault(
    `The PostgreSQL of ${dataDir} still runs (process ${running.pid}). Start Backlot and stop it in order.`,
  )
}

type Parts = { home: Home; binaries: Binaries; log: (line: string) => void; lock: ExclusiveLock; url: string }

/** The embedded server while this process runs. */
export class EmbeddedPostgres {
  readonly url: string
  readonly #parts: Parts
  readonly #closing = new AbortController()
  readonly #pruning: NodeJS.Timeout
  #postmaster: Postmaster
  #keepingUp: Promise<void>

  constructor(parts: Parts, postmaster: Postmaster) {
    this.url = parts.url
    this.#parts = parts
    this.#postmaster = postmaster
    this.#pruning = setInterval(() => pruneServerLogs(parts.home.logs), pruneLogsEveryMs).unref()
    pruneServerLogs(parts.home.logs)
    this.#keepingUp = this.#keepUp()
  }

  get pid(): number {
    return this.#postmaster.pid
  }

  /** Ends the server, within 30 s. With `immediate` it stops as in a crash and recovers at the next start. */
  async stop({ immediate = false } = {}): Promise<void> {
    this.#closing.abort()
    clearInterval(this.#pruning)
    await this.#postmaster.stop({ immediate })
    await this.#keepingUp
    this.#parts.lock.close()
  }

  async #keepUp() {
    const delays = restartDelays()
    const { signal } = this.#closing
    let upSince = performance.now()
    for (;;) {
      await this.#postmaster.ended
      if (signal.aborted) return
      const waitMs = delays.nextMs(performance.now() - upSince)
      this.#parts.log(`PostgreSQL ended unexpectedly; it is started again in ${waitMs} ms`)
      await delay(waitMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      upSince = performance.now()
      await this.#restart()
    }
  }

  /** A start that fails leaves the ended server in place, so that the next round tries again. */
  async #restart() {
    const { home, binaries, log } = this.#parts
    try {
      const port = this.#postmaster.port
      this.#postmaster = await Postmaster.start({ home, binaries, port, log, signal: this.#closing.signal })
      log(`PostgreSQL runs again (process ${this.#postmaster.pid})`)
    } catch (error) {
      if (!this.#closing.signal.aborted) log(error instanceof Error ? error.message : String(error))
    }
  }
}

/** The port was taken since we found it free, or processes of a server that was killed are still ending. */
export const isPassing = (error: unknown): boolean =>
  error instanceof StartFault &&
  /could not create any TCP\/IP sockets|shared memory block/.test(error.message)

const startOnFreePort = async (
  home: Home,
  binaries: Binaries,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Postmaster> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(home)
    try {
      return await Postmaster.start({ home, binaries, port, log, signal })
    } catch (error) {
      if (!isPassing(error) || attempt === portAttempts) throw error
      await delay(attempt * 200, undefined, { signal })
    }
  }
}

const lockFile = (home: Home) => path.join(home.directory, 'lock')

export const embeddedUrl = (password: string, port: number) =>
  `postgres://backlot:${password}@127.0.0.1:${port}/backlot`

const inUse = (dataDir: string, pid: number) =>
  `Another Backlot${pid > 0 ? ` (process ${pid})` : ''} uses the data directory ${dataDir}. ` +
  'Stop it first, or set BACKLOT_DATA_DIR and PORT for a second one.'
