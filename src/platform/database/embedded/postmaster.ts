import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { StartFault } from '../../process/start-fault.ts'
import { writePrivateFile } from './account.ts'
import type { Binaries } from './binaries.ts'
import { explainFailure, serverEnvironment } from './cluster.ts'
import type { Home } from './home.ts'
import { clearStalePid, findPostmasterFile, findRunningPostmaster } from './postmaster-file.ts'
import { recentLog } from './server-log.ts'

export type StartOptions = {
  home: Home
  binaries: Binaries
  port: number
  log: (line: string) => void
  signal: AbortSignal
  /** Win over every file of settings. */
  settings?: Record<string, string>
}

const pollMs = 15
const watchAdoptedMs = 250
/** Recovery after a crash replays at most `max_wal_size`, which takes seconds on a disk and minutes on a slow one. */
const recoveryTimeoutMs = 600_000
const tellWaitingEveryMs = 10_000
const fastStopMs = 20_000
const immediateStopMs = 5_000

/**
 * One running server: one that we started, in its own process group so that Ctrl-C does not reach it, or one that
 * outlived the Backlot that started it.
 */
export class Postmaster {
  readonly pid: number
  readonly port: number
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  #hasEnded = false

  private constructor(pid: number, port: number, ended: Promise<void>) {
    this.pid = pid
    this.port = port
    this.ended = ended.then(() => {
      this.#hasEnded = true
    })
  }

  /** Starts the server and waits until it takes connections. */
  static async start({
    home,
    binaries,
    port,
    log,
    signal,
    settings = {},
  }: StartOptions): Promise<Postmaster> {
    clearStalePid(home.cluster)
    const output = path.join(home.logs, 'startup.log')
    writePrivateFile(output, '', home.account)
    const outputFd = fs.openSync(output, 'a')
    const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(binaries.postgres, ['-D', home.cluster, '-p', String(port), ...given], {
      ...home.account,
      cwd: home.directory,
      env: serverEnvironment,
      stdio: ['ignore', outputFd, outputFd],
      detached: true,
    })
    fs.closeSync(outputFd)
    const ended = new Promise<void>((resolve, reject) => {
      child.once('exit', () => resolve())
      child.once('error', reject)
    })
    await Promise.race([new Promise((resolve) => child.once('spawn', resolve)), ended])
    child.unref()
    const postmaster = new Postmaster(child.pid ?? 0, port, ended)
    await postmaster.#untilReady({ home, log, signal })
    return postmaster
  }

  /** Takes over the server that runs on this cluster already, if there is one. */
  static async adopt({ home, log, signal }: Omit<StartOptions, 'binaries' | 'port'>) {
    const file = findRunningPostmaster(home.cluster)
    if (file === undefined) return undefined
    const postmaster = new Postmaster(file.pid, file.port, goneOf(home.cluster, file.pid))
    await postmaster.#untilReady({ home, log, signal })
    return postmaster
  }

  /**
   * Ends the server: connections are cut and what is committed is written down (`fast`), or, if that takes longer than
   * 20 s or is not wanted, it stops as in a crash and recovers at the next start (`immediate`).
   */
  async stop({ immediate = false } = {}): Promise<void> {
    if (!immediate && (await this.#endsOn('SIGINT', fastStopMs))) return
    if (await this.#endsOn('SIGQUIT', immediateStopMs)) return
    await this.#endsOn('SIGKILL', immediateStopMs)
  }

  async #endsOn(signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
    if (this.#hasEnded) return true
    sendSignal(this.pid, signal)
    const timer = new AbortController()
    const timeout = delay(withinMs, undefined, { signal: timer.signal }).catch(() => undefined)
    await Promise.race([this.ended, timeout])
    timer.abort()
    return this.#hasEnded
  }

  async #untilReady({ home, log, signal }: Pick<StartOptions, 'home' | 'log' | 'signal'>) {
    const startedAt = performance.now()
    let tellAt = startedAt + tellWaitingEveryMs
    for (;;) {
      if (signal.aborted) {
        await this.stop({ immediate: true })
        throw signal.reason
      }
      const file = findPostmasterFile(home.cluster)
      if (file?.pid === this.pid && file.isReady) return
      if (this.#hasEnded) throw new StartFault(explainFailure('postgres', recentLog(home.logs)))
      if (performance.now() - startedAt > recoveryTimeoutMs) {
        await this.stop({ immediate: true })
        throw new StartFault(`PostgreSQL was not ready after ten minutes. Its log is in ${home.logs}.`)
      }
      if (performance.now() > tellAt) {
        log(`PostgreSQL is still starting; after a crash it first recovers. Its log is in ${home.logs}`)
        tellAt += tellWaitingEveryMs
      }
      await delay(pollMs)
    }
  }
}

/** Another process's end has to be looked for. */
const goneOf = async (cluster: string, pid: number): Promise<void> => {
  while (findRunningPostmaster(cluster)?.pid === pid) await delay(watchAdoptedMs, undefined, { ref: false })
}

const sendSignal = (pid: number, signal: NodeJS.Signals) => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
